package presence

import (
	"strings"

	"confab/chat"
)

// The keys of an account. Persons are "visitor:<id>" and "agent:<id>".
//
//	p:visitor:<id>  hash   one visitor: connections "c:<id>" -> lease and their number n, what he said, page, whose his visits
//	                       are (owner), what was so of the visit when he last did something, when he left, version
//	p:agent:<id>    hash   one agent: connections likewise, name, chosen, held, when he left, version
//	p:visits:<id>   hash   the visits of a contact, or of a visitor who is none: how many (no), of the latest at, last, pages, entry,
//	                       ref and utm, milliseconds of all (spent), where he was last (place); kept as long as the person
//	p:trail:<id>    list   a visitor's pages, newest first: "<at> <visit> <page as JSON>"; it and his hash run out 400 days after his
//	                       last act, 30 if he has had no conversation
//	p:conns         zset   "<lease> <person> <connection>", ordered by name: what hangs on a lease
//	p:due           zset   persons without a connection, by the moment they count as gone
//	p:roster        zset   ids of visitors who are here, ordered by name
//	p:threads       zset   "<thread> <visitor>" of visitors who are here, ordered by name
//	p:agents        zset   ids of agents who ever were here, ordered by name
//
// One key is for all accounts, cf:nodes, a zset of what falls due when:
//
//	l:<lease>       a node's lease, by the moment it runs out
//	d:<lease>       a dead lease whose connections are being removed, by the moment of the next try
//	a:<account>     an account in which somebody counts as gone then
//	k:<account>     an account that a sweeper looks at, by the moment at which another one does
//	s               when was last swept
func (p *Presence) personKey(account chat.AccountID, person Person) string {
	return p.o.Store.Key(account, "p", string(person.Kind), person.ID)
}

func (p *Presence) trailKey(account chat.AccountID, visitor string) string {
	return p.o.Store.Key(account, "p", "trail", visitor)
}

// talksKey is where the store lists the visitor's conversations.
func (p *Presence) talksKey(account chat.AccountID, visitor string) string {
	return p.o.Store.VisitorListKey(account, chat.VisitorID(visitor))
}

func (p *Presence) visitsKey(account chat.AccountID, owner chat.ContactID) string {
	return p.o.Store.Key(account, "p", "visits", string(owner))
}

func (p *Presence) connsKey(account chat.AccountID) string {
	return p.o.Store.Key(account, "p", "conns")
}
func (p *Presence) dueKey(account chat.AccountID) string { return p.o.Store.Key(account, "p", "due") }
func (p *Presence) rosterKey(account chat.AccountID) string {
	return p.o.Store.Key(account, "p", "roster")
}
func (p *Presence) threadsKey(account chat.AccountID) string {
	return p.o.Store.Key(account, "p", "threads")
}
func (p *Presence) agentsKey(account chat.AccountID) string {
	return p.o.Store.Key(account, "p", "agents")
}
func (p *Presence) nodesKey() string { return p.o.Store.GlobalKey("nodes") }

func (p Person) String() string { return string(p.Kind) + ":" + p.ID }

func parsePerson(text string) (Person, bool) {
	kind, id, ok := strings.Cut(text, ":")
	return Person{chat.ActorKind(kind), id}, ok && id != ""
}

// parseConn takes a member of p:conns apart. The lease may hold blanks, for operators name nodes.
func parseConn(member string) (person Person, connection string, ok bool) {
	rest, connection, ok := cutLast(member)
	if !ok {
		return Person{}, "", false
	}
	_, name, ok := cutLast(rest)
	if !ok {
		return Person{}, "", false
	}
	person, ok = parsePerson(name)
	return person, connection, ok
}

func cutLast(text string) (before, after string, ok bool) {
	at := strings.LastIndexByte(text, ' ')
	if at < 0 {
		return "", "", false
	}
	return text[:at], text[at+1:], true
}
