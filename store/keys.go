package store

import (
	"strings"

	"confab/chat"
)

// Every key of an account carries its hash tag, so that one script may touch all of them on a Cluster. What belongs
// to no account lives under a tag of its own.
//
//	t:<thread>          stream: the log, entry ids <seq>-0, fields e (JSON), s (checksum), p (class), i (eid)
//	t:<thread>:h        hash: top, topEid, version, state, owner, erased, unread, lastVisitorSeq, agentSeen,
//	                    d:<author>|<cmid> "seq eid bodyhash at", last:<conversation> (number of its last message),
//	                    va:<conversation> and aa:<conversation> (when each side last wrote)
//	                    m:<eid> "e|d<seq> at" (what became of that message), amended (there is such a field)
//	t:<thread>:m        hash: <actor> "delivered seen json" (markers)
//	f                   hash: n, e: number and identity of the feed's newest bell
//	                    wants: what commits keep besides (Want)
//	out                 sorted set: threads in which something happened that the outbox has not looked at, by when to look
//	messages            hash: eid of a message to "thread seq", if the account wants it
//	told:<target>:<thread>    hash: v (identity of this record), seq, eid (the last entry that was encoded), known (earlier such
//	                          positions, newest first), state (JSON of the kind)
//	deliveries                sorted set: ids by their number; deliveries:n counts; deliveries:t:<thread> likewise, of a thread
//	delivery:<id>             hash: what is told, and how it went (parseDelivery)
//	deliveries:ended          sorted set: ids of those that are over, by when
//	deliveries:targets        set: targets that were ever told anything
//	to:<target>               hash: how it answered of late (Target)
//	to:<target>:q:<thread>    sorted set: ids that wait, by number
//	to:<target>:waiting       sorted set: ids that wait, by since when
//	to:<target>:due           sorted set: threads by when to try their first; to:<target>:busy those under way, by how long at most
//	inbox               sorted set: thread by the feed's number of its last change
//	c:<conversation>    JSON of the conversation
//	cs:<state>, cs:all  sorted sets: conversation by the feed's number of its last change of state
//	v:<visitor>         hash: store.Visitor
//	v:<visitor>:cs      sorted set: the visitor's conversations by their start
//	v:<visitor>:did     list: ids of what he did, oldest first; v:<visitor>:did:l a hash of those ids to JSON
//	ci:<column>         sorted set: "<value>\x00<contact>", the index of contacts, for its order
//	claims              sorted set: "<claim>\n<visitor>" of the visitors who are found by what they claim, for its order
//	p:<contact>:did     as of a visitor, what a contact did of which others told; p:<contact>:did:l likewise
//	timers              sorted set: <kind>|<id> by when it is due, ms of Redis' clock
//	doc:<kind>          hash: id "version json"; doc:<kind>:ids a sorted set of the ids, for paging
//	ix:<index>          hash: value to id. ix:person: what identifies somebody to the contact; ix:merged: a contact that is no
//	                    more to the one that it became a part of
//	no                  hash: running numbers
//	limit:<bucket>      rate limit; window:<bucket>  sorted set: what was done in the last stretch of time, by when
//	t:<thread>:files    set: ids of the thread's files; their documents are doc:file, and ix:file of all accounts tells whose
//	upload:<author>:<request>  the ticket of a wish to send a file; uploads:<author>  hash: files, bytes of a day
//
// Of no account: rewrite, how often the files of Redis were asked to be written anew since they were; ticket:<ticket>, what may be sent there; files:unused, a sorted set of files by when they came.
const (
	accountPrefix = "cf:{"
	globalPrefix  = "cfg:{confab}"
)

// Key spells the key of an account's thing: "cf:{account}:a:b".
func (s *Store) Key(account chat.AccountID, parts ...string) string {
	return join(accountPrefix+string(account)+"}", parts)
}

// GlobalKey spells the key of a thing that belongs to no account.
func (s *Store) GlobalKey(parts ...string) string { return join(globalPrefix, parts) }

func (s *Store) keyIn(account chat.AccountID, parts ...string) string {
	if account == "" {
		return s.GlobalKey(parts...)
	}
	return s.Key(account, parts...)
}

func join(prefix string, parts []string) string {
	n := len(prefix)
	for _, p := range parts {
		n += 1 + len(p)
	}
	var b strings.Builder
	b.Grow(n)
	b.WriteString(prefix)
	for _, p := range parts {
		b.WriteByte(':')
		b.WriteString(p)
	}
	return b.String()
}

func (s *Store) logKey(a chat.AccountID, t chat.ThreadID) string { return s.Key(a, "t", string(t)) }
func (s *Store) threadKey(a chat.AccountID, t chat.ThreadID) string {
	return s.Key(a, "t", string(t), "h")
}
func (s *Store) markersKey(a chat.AccountID, t chat.ThreadID) string {
	return s.Key(a, "t", string(t), "m")
}
func (s *Store) conversationKey(a chat.AccountID, id chat.ConversationID) string {
	return s.Key(a, "c", string(id))
}
func (s *Store) visitorKey(a chat.AccountID, id chat.VisitorID) string {
	return s.Key(a, "v", string(id))
}
func (s *Store) feedKey(a chat.AccountID) string     { return s.Key(a, "f") }
func (s *Store) inboxKey(a chat.AccountID) string    { return s.Key(a, "inbox") }
func (s *Store) outboxKey(a chat.AccountID) string   { return s.Key(a, "out") }
func (s *Store) messagesKey(a chat.AccountID) string { return s.Key(a, "messages") }
func (s *Store) feedChannel(a chat.AccountID) string { return s.Key(a, "feed") }

// checkID keeps what would name another key, or break a bell's header, out of keys.
func checkID(what, id string) error {
	if id == "" {
		return &chat.Refusal{Code: chat.MissingField, Message: "The " + what + " has no id.", Field: what}
	}
	if len(id) > 128 || !plain(id) {
		return &chat.Refusal{Code: chat.BadField, Message: "This is no id of a " + what + ".", Field: what}
	}
	return nil
}

func plain(id string) bool {
	for i := range len(id) {
		if c := id[i]; c <= ' ' || c >= 0x7f || c == ':' || c == '{' || c == '}' || c == '|' {
			return false
		}
	}
	return true
}
