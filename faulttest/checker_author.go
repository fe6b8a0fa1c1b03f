package faulttest

import (
	"maps"
	"slices"

	"confab/chat"
)

// message is one sent message's fate.
type message struct {
	id       chat.ClientMessageID
	text     string
	place    chat.Cursor // of the last acknowledgement
	acked    bool
	refused  bool
	repaired bool
}

// checkUnsent finds messages of the clients' persons that no client of theirs ever sent.
func (c *checker) checkUnsent() {
	if !c.history.Alone {
		return
	}
	sent, people := map[authored]bool{}, map[string]bool{}
	for _, client := range c.history.Clients {
		people[client.Person.Key()] = true
		for _, e := range client.Events {
			if e.What == Sent {
				sent[authored{client.Person.Key(), e.CMID}] = true
			}
		}
	}
	for _, thread := range slices.Sorted(maps.Keys(c.history.Log)) {
		for _, l := range c.history.Log[thread] {
			author := l.Entry.Author.Key()
			if l.Entry.CMID != "" && people[author] && !sent[authored{author, l.Entry.CMID}] {
				c.report("I4", "the log", thread, "entry %d is message %s of %s, which nobody sent", l.Seq, l.Entry.CMID, author)
			}
		}
	}
}

// checkAuthor follows each message of a client in a thread from pressing send to the log.
func (c *checker) checkAuthor(client *ClientHistory, thread chat.ThreadID) {
	messages := fates(client, thread)
	for _, m := range messages {
		c.checkFate(client, thread, m)
	}
	c.checkOwnOrder(client, thread, messages)
}

// fates lists the messages in the order of sending.
func fates(client *ClientHistory, thread chat.ThreadID) []*message {
	var list []*message
	byID := map[chat.ClientMessageID]*message{}
	for _, e := range client.Events {
		if e.Thread != thread {
			continue
		}
		m := byID[e.CMID]
		switch {
		case e.What == Sent:
			m = &message{id: e.CMID, text: e.Text}
			byID[e.CMID] = m
			list = append(list, m)
		case m == nil:
		case e.What == Acked:
			m.acked, m.place = true, e.Place
		case e.What == Refused:
			m.refused = true
		case e.What == Repaired:
			m.repaired = true
		}
	}
	return list
}

func (c *checker) checkFate(client *ClientHistory, thread chat.ThreadID, m *message) {
	place, there := c.places[thread][authored{client.Person.Key(), m.id}]
	switch {
	case m.acked && !there:
		c.report("I1", client.Name, thread, "message %s (%q) was acknowledged at %d and is not in the log", m.id, m.text, m.place.Seq)
		return
	case m.acked && place != m.place:
		c.report("I1", client.Name, thread, "message %s was acknowledged at %d/%s and stands at %d/%s",
			m.id, m.place.Seq, m.place.EID, place.Seq, place.EID)
	case m.refused && there:
		c.report("I4", client.Name, thread, "message %s was refused and stands in the log at %d", m.id, place.Seq)
	case c.history.Settled && !m.acked && !m.refused:
		c.report("I1", client.Name, thread, "message %s (%q) was never answered", m.id, m.text)
	}
	if !there {
		return
	}
	if entry, _ := c.logged(thread, place.Seq); entry.Text != m.text {
		c.report("I1", client.Name, thread, "message %s was sent as %q and kept as %q", m.id, m.text, entry.Text)
	}
}

// checkOwnOrder compares the order of sending with the log's. What was repaired after a lost history stands where
// it came back.
func (c *checker) checkOwnOrder(client *ClientHistory, thread chat.ThreadID, messages []*message) {
	var before *message
	var at chat.Seq
	for _, m := range messages {
		place, there := c.places[thread][authored{client.Person.Key(), m.id}]
		if !there || m.repaired {
			continue
		}
		if before != nil && place.Seq < at {
			c.report("I3", client.Name, thread, "message %s was sent after %s and stands before it, at %d and %d",
				m.id, before.id, place.Seq, at)
		}
		before, at = m, place.Seq
	}
}

// view is what a client shows of a thread: entries by number, the first of them at from.
type view struct {
	entries []Event
	known   bool // the position is known: the next number is checked
	next    chat.Seq
}

// checkReader replays what the client applied and compares the outcome with the log.
func (c *checker) checkReader(client *ClientHistory, thread chat.ThreadID) {
	v := &view{}
	followed := false
	for _, e := range client.Events {
		if e.Thread != thread {
			continue
		}
		switch e.What {
		case Followed:
			followed, v = true, &view{}
		case Reset:
			v.cutBack(e.Place.Seq)
		case Truncated:
			v.known, v.next = true, e.Place.Seq
		case Applied:
			followed = true
			c.checkStep(client, thread, v, e)
		}
	}
	c.checkView(client, thread, v)
	if followed && c.history.Settled {
		c.checkComplete(client, thread, v)
	}
}

func (v *view) cutBack(common chat.Seq) {
	v.entries = slices.DeleteFunc(v.entries, func(e Event) bool { return e.Place.Seq > common })
	v.known, v.next = true, common+1
}

func (c *checker) checkStep(client *ClientHistory, thread chat.ThreadID, v *view, e Event) {
	if v.known && e.Place.Seq != v.next {
		rule := "I3"
		if e.Place.Seq < v.next {
			rule = "I2"
		}
		c.report(rule, client.Name, thread, "applied entry %d where %d was next", e.Place.Seq, v.next)
	}
	v.known, v.next = true, e.Place.Seq+1
	v.entries = append(v.entries, e)
}

// checkView compares what the client shows at the end with the log, entry by entry.
func (c *checker) checkView(client *ClientHistory, thread chat.ThreadID, v *view) {
	shown := map[authored]chat.Seq{}
	for _, e := range v.entries {
		entry, there := c.logged(thread, e.Place.Seq)
		switch {
		case !there && e.Place.Seq > c.top(thread):
			c.report("I4", client.Name, thread, "keeps entry %d/%s; the log ends at %d", e.Place.Seq, e.Entry.EID, c.top(thread))
		case there && entry.EID != e.Entry.EID:
			c.report("I4", client.Name, thread, "keeps %s at %d where the log has %s", e.Entry.EID, e.Place.Seq, entry.EID)
		case there && !sameContent(client, entry, e.Entry):
			c.report("I4", client.Name, thread, "shows entry %d as %s %q; the log has %s %q",
				e.Place.Seq, e.Entry.Kind, e.Entry.Text, entry.Kind, entry.Text)
		}
		if e.Entry.CMID == "" {
			continue
		}
		key := authored{e.Entry.Author.Key(), e.Entry.CMID}
		if before, twice := shown[key]; twice {
			c.report("I2", client.Name, thread, "shows message %s at %d and at %d", e.Entry.CMID, before, e.Place.Seq)
		}
		shown[key] = e.Place.Seq
	}
}

// sameContent allows a visitor to see a note only as hidden.
func sameContent(client *ClientHistory, kept, shown chat.Entry) bool {
	if kept.Private() && client.Person.Kind == chat.Visitor {
		return shown.Kind == chat.KindHidden && shown.Text == ""
	}
	return shown.Kind == kept.Kind && shown.Text == kept.Text && shown.Author.Key() == kept.Author.Key()
}

func (c *checker) checkComplete(client *ClientHistory, thread chat.ThreadID, v *view) {
	top := c.top(thread)
	if v.known && v.next > top || top == 0 {
		return
	}
	c.report("I3", client.Name, thread, "has entries up to %d; the log goes up to %d", max(v.next-1, 0), top)
}
