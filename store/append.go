package store

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"

	"confab/chat"
)

//go:embed append.lua
var appendLua string

const maxEntries = 16 // of one Commit

// Append queues the commit: in one step the entries are numbered, kept and announced, or nothing happens.
// done runs on the store's answering goroutine, in the order of queueing, and must not block; if the queue is full it runs
// before Append returns. The answer comes within 2 s.
//
// One sender's CMID appended twice is kept once and answers the first number both times, so that whoever lost the
// answer asks again.
//
// Errors: *Stale if the state has another version; ErrBehind if the log has another top than one that was named; a
// chat.Conflict refusal if the CMID was used for another text; chat.ErrDeleted if the entry is about a message that was
// deleted; a chat.Unavailable refusal if Redis does not answer: then
// nothing is known, and asking again is right.
func (s *Store) Append(c Commit, done func(Committed, error)) {
	p, err := s.parcelOf(&c)
	if err != nil {
		done(Committed{}, err)
		return
	}
	s.queueUp(&operation{parcel: p, done: func(r []reply) { done(s.committed(&c, r[0])) }})
}

// parcel is what append.lua is told of one commit.
type parcel struct {
	account    chat.AccountID
	keys, args []any
}

const (
	parcelsOfScript = 64      // commits that travel in one script: Redis serves nobody else meanwhile
	bytesOfScript   = 1 << 18 // of their arguments, about
)

func (s *Store) parcelOf(c *Commit) (*parcel, error) {
	if err := checkCommit(c); err != nil {
		return nil, err
	}
	main := &c.Entries[c.Main]
	p := &parcel{account: c.Account, keys: []any{s.logKey(c.Account, c.Thread), s.threadKey(c.Account, c.Thread)}}
	p.args = make([]any, 0, 13+7*len(c.Entries))
	p.args = append(p.args, string(c.Expect), c.dedupeField(), bodyHash(main), string(c.Thread), int64(main.At),
		len(c.Entries), c.Main+1, "", string(main.Conversation), 0, "", amendment(main), "")
	if c.Top > 0 {
		p.args[10] = int64(c.Top)
	}
	if next := c.changed(); next != nil {
		state, err := json.Marshal(next)
		if err != nil {
			return nil, fmt.Errorf("encode conversation %s: %w", next.ID, err)
		}
		p.keys = append(p.keys, s.stateKeys(c.Account, next)...)
		p.args[7], p.args[8], p.args[9] = state, string(next.ID), int64(next.StartedAt)
	}
	if c.Earlier != nil {
		p.args[12] = "e"
	}
	for i := range c.Entries {
		if err := p.add(c, i); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// size is about how many bytes the arguments have.
func (p *parcel) size() int {
	n := 0
	for _, a := range p.args {
		if raw, ok := a.([]byte); ok {
			n += len(raw)
		}
	}
	return n
}

// shipment is the call of append.lua that carries parcels of one account.
type shipment struct {
	call
	at             int // its place in the flight
	parcels, bytes int
}

func (s *Store) newShipment(account chat.AccountID, at int) *shipment {
	return &shipment{at: at, call: call{
		script: s.scripts.append,
		keys:   []any{s.feedKey(account), s.inboxKey(account), s.outboxKey(account), s.messagesKey(account)},
		args:   []any{s.publish, s.feedChannel(account)},
	}}
}

func (sh *shipment) hasRoom(p *parcel) bool {
	return sh.parcels < parcelsOfScript && sh.bytes+p.size() <= bytesOfScript
}

// add puts a parcel in and returns its place. The first may have any size.
func (sh *shipment) add(p *parcel) (place int) {
	sh.keys, sh.args = append(sh.keys, p.keys...), append(sh.args, p.args...)
	sh.bytes += p.size()
	sh.parcels++
	return sh.parcels - 1
}

func checkCommit(c *Commit) error {
	if len(c.Entries) == 0 || len(c.Entries) > maxEntries || c.Main < 0 || c.Main >= len(c.Entries) {
		return fmt.Errorf("commit to %s: %d entries, main %d", c.Thread, len(c.Entries), c.Main)
	}
	if c.Next != nil && c.Earlier != nil {
		return fmt.Errorf("commit to %s: two conversations change", c.Thread)
	}
	if err := checkID("account", string(c.Account)); err != nil {
		return err
	}
	if changed := c.changed(); changed != nil {
		if err := checkID("conversation", string(changed.ID)); err != nil {
			return err
		}
	}
	for _, id := range []string{string(c.Entries[c.Main].Conversation), string(c.Entries[c.Main].Target), c.Origin} {
		if !plain(id) {
			return &chat.Refusal{Code: chat.BadField, Message: "This is no id."}
		}
	}
	for i := range c.Entries {
		if err := checkID("entry", string(c.Entries[i].EID)); err != nil {
			return err
		}
	}
	return checkID("thread", string(c.Thread))
}

func (c *Commit) dedupeField() string {
	main, sender := &c.Entries[c.Main], c.Sender
	if main.CMID == "" {
		return ""
	}
	if sender.Kind == "" {
		sender = main.Author
	}
	return dedupeField(sender, main.CMID)
}

func dedupeField(sender chat.Actor, id chat.ClientMessageID) string {
	return "d:" + sender.Key() + "|" + string(id)
}

// changed is the conversation whose state the commit changes, nil if it changes none.
func (c *Commit) changed() *chat.Conversation {
	if c.Earlier != nil {
		return c.Earlier
	}
	return c.Next
}

// stateKeys are the keys that move with the conversation's state: its record, its list, the lists it is not in.
func (s *Store) stateKeys(account chat.AccountID, next *chat.Conversation) []any {
	keys := []any{s.conversationKey(account, next.ID), s.listKey(account, next.State)}
	for _, state := range []chat.State{chat.Waiting, chat.Active, chat.Over} {
		if state != next.State {
			keys = append(keys, s.listKey(account, state))
		}
	}
	return append(keys, s.listKey(account, ""), s.VisitorListKey(account, next.Visitor))
}

func (p *parcel) add(c *Commit, i int) error {
	e := &c.Entries[i]
	raw, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("encode entry %s: %w", e.EID, err)
	}
	bell := Bell{Thread: c.Thread, Conversation: e.Conversation, Private: e.Private()}
	if i == c.Main {
		bell.Origin = c.Origin
	}
	message := ""
	if e.Kind == chat.KindMessage {
		message = "m"
	}
	class := classOf(e)
	p.args = append(p.args, string(e.EID), class, contentHash(class, raw), bellTail(bell), raw, message, sideOf(e))
	return nil
}

// sideOf tells whose turn a message by hand ends: "va" the visitor wrote, "aa" somebody answered.
func sideOf(e *chat.Entry) string {
	switch {
	case e.Kind != chat.KindMessage || e.Auto || e.Note || e.Author.Kind == chat.System:
		return ""
	case e.Author.Kind == chat.Visitor:
		return "va"
	}
	return "aa"
}

func (s *Store) committed(c *Commit, r reply) (Committed, error) {
	if r.err != nil {
		return Committed{}, fmt.Errorf("append to %s: %w", c.Thread, r.err)
	}
	f := texts(r.val)
	switch {
	case len(f) == 3 && f[0] == "ok" && integer(f[1]) > 0 && f[2] == string(c.Entries[c.Main].EID):
		main, version := &c.Entries[c.Main], c.Expect
		if c.changed() != nil {
			version = c.Entries[len(c.Entries)-1].EID
		}
		return Committed{Main: chat.Cursor{Seq: chat.Seq(integer(f[1])), EID: main.EID}, At: main.At, Version: version}, nil
	case len(f) == 5 && f[0] == "known" && integer(f[1]) > 0 && f[2] != "":
		return Committed{
			Known:   true,
			Main:    chat.Cursor{Seq: chat.Seq(integer(f[1])), EID: chat.EntryID(f[2])},
			At:      chat.Millis(integer(f[3])),
			Version: chat.EntryID(f[4]),
		}, nil
	case len(f) == 4 && f[0] == "stale":
		current, err := parseThread(c.Thread, f[1], f[2], f[3])
		if err != nil {
			return Committed{}, err
		}
		return Committed{}, &Stale{current}
	case len(f) == 2 && f[0] == "broken":
		return Committed{}, fmt.Errorf("append to %s: %w", c.Thread, s.fault(errors.New(f[1])))
	case len(f) == 1 && f[0] == "behind":
		return Committed{}, ErrBehind
	case len(f) == 1 && f[0] == "conflict":
		return Committed{}, &chat.Refusal{Code: chat.Conflict, Message: "This client message id was used for another text.", Field: "cmid"}
	case len(f) == 1 && f[0] == "deleted":
		return Committed{}, chat.ErrDeleted()
	case len(f) == 1 && f[0] == "erased":
		return Committed{}, chat.Refuse(chat.NotFound, "This thread was erased.")
	}
	return Committed{}, fmt.Errorf("append to %s: %w", c.Thread, s.fault(fmt.Errorf("%w: %q", errAnswer, f)))
}
