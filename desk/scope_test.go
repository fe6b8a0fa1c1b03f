package desk

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"confab/chat"
	"confab/desk/desktest"
)

var (
	clerk = chat.Actor{Kind: chat.Agent, ID: "clerk", Name: "Cleo"}
	sales = &chat.Scope{Agent: "clerk", Groups: []chat.GroupID{"sales"}}
)

// act is something that an agent does to a conversation in which he has written a message.
type act struct {
	name  string
	joins bool // he has to be in it
	looks int  // decisions until the one that counts, if the conversation is an earlier one of its thread
	do    func(ctx context.Context, d *Desk, id chat.ConversationID, message chat.EntryID, scope *chat.Scope) error
}

func says(note bool) func(context.Context, *Desk, chat.ConversationID, chat.EntryID, *chat.Scope) error {
	return func(ctx context.Context, d *Desk, id chat.ConversationID, _ chat.EntryID, scope *chat.Scope) error {
		_, _, err := d.PostTo(ctx, account, id, chat.Draft{Author: clerk, CMID: "cmid-said", Text: "a word", Note: note, Scope: scope})
		return err
	}
}

var acts = []act{
	{"accept", false, 2, func(ctx context.Context, d *Desk, id chat.ConversationID, _ chat.EntryID, scope *chat.Scope) error {
		_, err := d.Accept(ctx, account, id, clerk, scope)
		return err
	}},
	{"leave", true, 2, func(ctx context.Context, d *Desk, id chat.ConversationID, _ chat.EntryID, scope *chat.Scope) error {
		_, err := d.Leave(ctx, account, id, clerk, scope)
		return err
	}},
	{"close", false, 2, func(ctx context.Context, d *Desk, id chat.ConversationID, _ chat.EntryID, scope *chat.Scope) error {
		_, err := d.Close(ctx, account, id, clerk, scope, chat.AgentClosed)
		return err
	}},
	{"assign", false, 2, func(ctx context.Context, d *Desk, id chat.ConversationID, _ chat.EntryID, scope *chat.Scope) error {
		_, err := d.Assign(ctx, account, id, clerk, scope, chat.Assignment{Agent: &clerk})
		return err
	}},
	{"link", false, 2, func(ctx context.Context, d *Desk, id chat.ConversationID, _ chat.EntryID, scope *chat.Scope) error {
		_, err := d.Link(ctx, account, id, clerk, scope, "https://crm.example/1")
		return err
	}},
	{"write", false, 1, says(false)},
	{"note", false, 1, says(true)},
	{"edit", false, 2, func(ctx context.Context, d *Desk, id chat.ConversationID, message chat.EntryID, scope *chat.Scope) error {
		_, err := d.Edit(ctx, account, id, message, chat.Amendment{By: clerk, Scope: scope, Text: "another"})
		return err
	}},
	{"delete", false, 2, func(ctx context.Context, d *Desk, id chat.ConversationID, message chat.EntryID, scope *chat.Scope) error {
		return d.Delete(ctx, account, id, message, chat.Amendment{By: clerk, Scope: scope})
	}},
}

// mine starts a conversation of the clerk's group in which he has written, and returns it with his message.
func mine(t *testing.T, d *Desk, joins bool) (chat.ConversationID, chat.EntryID) {
	t.Helper()
	post(d, maya, "cmid-0001", "hello")
	written := post(d, clerk, "cmid-0002", "hi")
	id := conversation(t, d).ID
	if written.err != nil {
		t.Fatal(written.err)
	}
	give(t, d, id, "sales")
	if joins {
		if _, err := d.Accept(t.Context(), account, id, clerk, sales); err != nil {
			t.Fatal(err)
		}
	}
	return id, written.Cursor.EID
}

func give(t *testing.T, d *Desk, id chat.ConversationID, group chat.GroupID) {
	t.Helper()
	if _, err := d.Assign(t.Context(), account, id, anna, nil, chat.Assignment{Group: group}); err != nil {
		t.Error(err)
	}
}

// TestWhatIsDoneToAConversationThatMovesMeanwhileIsRefused has it go to another group when the desk has looked and not written yet.
func TestWhatIsDoneToAConversationThatMovesMeanwhileIsRefused(t *testing.T) {
	for _, a := range acts {
		for _, how := range []struct{ earlier, closed, remembered bool }{
			{}, {remembered: true}, {closed: true, remembered: true}, {earlier: true}, {earlier: true, closed: true},
		} {
			t.Run(fmt.Sprintf("%s %+v", a.name, how), func(t *testing.T) {
				t.Parallel() // most of the time is spent waiting
				desks, turn := nodes(t, 2), &desktest.Turn{}
				d, other := desks[0], desks[1]
				d.ids = turn.IDs()
				id, message := mine(t, d, a.joins)
				at := 1
				if how.earlier {
					start(t, d, "cmid-0003", chat.Draft{Text: "Your invoice"})
					at = a.looks
				}
				key := laneKey{account, thread}
				if !how.remembered {
					d.forget(key)
				}
				if known, ok := d.remembered(key); ok != how.remembered || ok && !sales.Sees(known.Conversation) {
					t.Fatalf("remembered: %v, %+v", ok, known.Conversation)
				}
				var moved chat.Conversation
				var top chat.Seq
				turn.At(at, func() {
					give(t, other, id, "support")
					if how.closed {
						if _, err := other.Close(t.Context(), account, id, anna, nil, chat.AgentClosed); err != nil {
							t.Error(err)
						}
					}
					moved, top = stateOf(t, other, id), topOf(t, other)
				})
				err := a.do(t.Context(), d, id, message, sales)
				if !errors.Is(err, &chat.Refusal{Code: chat.NotFound}) {
					t.Errorf("answered %v", err)
				}
				if !turn.Came() {
					t.Fatal("it has not moved")
				}
				if now, is := topOf(t, d), stateOf(t, d, id); now != top || is.State != moved.State || is.Assignee != "" || is.Group != "support" || is.LinkedTo != "" {
					t.Errorf("%d entries after %d, and the conversation is %+v", now, top, is)
				}
			})
		}
	}
}

// TestWhatIsDoneToAConversationThatStaysIsDone has it change meanwhile, so that the desk decides anew, but not move.
func TestWhatIsDoneToAConversationThatStaysIsDone(t *testing.T) {
	for _, a := range acts {
		for _, earlier := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, an earlier one: %v", a.name, earlier), func(t *testing.T) {
				t.Parallel() // most of the time is spent waiting
				desks, turn := nodes(t, 2), &desktest.Turn{}
				d, other := desks[0], desks[1]
				d.ids = turn.IDs()
				id, message := mine(t, d, a.joins)
				at := 1
				if earlier {
					start(t, d, "cmid-0003", chat.Draft{Text: "Your invoice"})
					at = a.looks
				}
				d.forget(laneKey{account, thread})
				var top chat.Seq
				turn.At(at, func() {
					if _, err := other.Card(t.Context(), account, id, server, chat.Card{URL: "https://crm.example/1"}); err != nil {
						t.Error(err)
					}
					top = topOf(t, other)
				})
				if err := a.do(t.Context(), d, id, message, sales); err != nil || !turn.Came() || topOf(t, d) == top {
					t.Errorf("answered %v, changed meanwhile %v, %d entries", err, turn.Came(), topOf(t, d))
				}
			})
		}
	}
}

func TestAMessageFollowsItsConversationWhenAnotherStartsMeanwhile(t *testing.T) {
	desks, turn := nodes(t, 2), &desktest.Turn{}
	d, other := desks[0], desks[1]
	d.ids = turn.IDs()
	for _, scope := range []*chat.Scope{nil, sales} {
		id, _ := mine(t, d, false)
		turn.At(1, func() {
			start(t, other, chat.ClientMessageID(fmt.Sprintf("cmid-beside-%v", scope == nil)), chat.Draft{Text: "Your invoice"})
		})
		draft := chat.Draft{Author: clerk, CMID: chat.ClientMessageID(fmt.Sprintf("cmid-said-%v", scope == nil)), Text: "about the first", Scope: scope}
		posted, _, err := d.PostTo(t.Context(), account, id, draft)
		if err != nil || !turn.Came() {
			t.Fatalf("another started: %v; %v", turn.Came(), err)
		}
		if e := entryAt(t, d, posted.Cursor.Seq); e.Conversation != id {
			t.Errorf("it is in %s, not in %s", e.Conversation, id)
		}
	}
}

// TestWhoMayNotMeetTheVisitorBeginsNothing has an agent write into a thread whose conversation, his at first, was moved and closed.
func TestWhoMayNotMeetTheVisitorBeginsNothing(t *testing.T) {
	for _, note := range []bool{false, true} {
		for _, meets := range []bool{false, true} {
			t.Run(fmt.Sprintf("note %v, meets %v", note, meets), func(t *testing.T) {
				desks, turn := nodes(t, 2), &desktest.Turn{}
				d, other := desks[0], desks[1]
				d.ids = turn.IDs()
				var asked []chat.VisitorID
				d.mayMeet = func(_ context.Context, a chat.AccountID, scope *chat.Scope, v chat.VisitorID) error {
					if asked = append(asked, v); meets && a == account && scope == sales {
						return nil
					}
					return chat.Refuse(chat.NotFound, "There is no such visitor.")
				}
				if err := d.store.OpenThread(t.Context(), account, thread, chat.VisitorID(maya.ID)); err != nil {
					t.Fatal(err)
				}
				id, _ := mine(t, d, false)
				turn.At(1, func() {
					give(t, other, id, "support")
					if _, err := other.Close(t.Context(), account, id, anna, nil, chat.AgentClosed); err != nil {
						t.Error(err)
					}
				})
				_, err := d.Say(t.Context(), Post{Account: account, Thread: thread, Draft: chat.Draft{Author: clerk, CMID: "cmid-said", Text: "a word", Note: note, Scope: sales}})
				if meets != (err == nil) || err != nil && !errors.Is(err, &chat.Refusal{Code: chat.NotFound}) {
					t.Errorf("answered %v", err)
				}
				if len(asked) == 0 || asked[0] != chat.VisitorID(maya.ID) || !turn.Came() {
					t.Errorf("asked of %v", asked)
				}
			})
		}
	}
}

// TestWhoMightHaveMetTheVisitorIsRefusedWhenOthersAreFaster has the visitor begin to talk to others just then.
func TestWhoMightHaveMetTheVisitorIsRefusedWhenOthersAreFaster(t *testing.T) {
	desks, turn := nodes(t, 2), &desktest.Turn{}
	d, other := desks[0], desks[1]
	d.ids = turn.IDs()
	id, _ := mine(t, d, false)
	if _, err := d.Close(t.Context(), account, id, anna, nil, chat.AgentClosed); err != nil {
		t.Fatal(err)
	}
	var top chat.Seq
	turn.At(1, func() {
		begun := message(maya, "cmid-0003", "something else")
		begun.Draft.Group = "support"
		if _, err := other.Say(t.Context(), begun); err != nil {
			t.Error(err)
		}
		top = topOf(t, other)
	})
	_, err := d.Say(t.Context(), Post{Account: account, Thread: thread, Draft: chat.Draft{Author: clerk, CMID: "cmid-said", Text: "May I help?", Scope: sales}})
	if !errors.Is(err, &chat.Refusal{Code: chat.NotFound}) || !turn.Came() || topOf(t, d) != top {
		t.Errorf("answered %v; begun %v; %d entries after %d", err, turn.Came(), topOf(t, d), top)
	}
}

func topOf(t *testing.T, d *Desk) chat.Seq {
	t.Helper()
	return conversation(t, d).Top
}
