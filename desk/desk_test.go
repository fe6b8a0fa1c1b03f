package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"go.uber.org/zap/zaptest"

	"confab/chat"
	"confab/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	account = chat.AccountID("acme")
	thread  = chat.ThreadID("thread-of-maya")
)

var (
	maya = chat.Actor{Kind: chat.Visitor, ID: "maya"}
	anna = chat.Actor{Kind: chat.Agent, ID: "anna", Name: "Anna"}
	ben  = chat.Actor{Kind: chat.Agent, ID: "ben", Name: "Ben"}
)

// nodes are desks on one store, each with a store client of its own, as on as many nodes.
func nodes(t *testing.T, n int) []*Desk {
	t.Helper()
	log := zaptest.NewLogger(t)
	embedded, err := store.StartEmbedded(log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := embedded.Close(); err != nil {
			t.Error(err)
		}
	})
	var desks []*Desk
	for i := range n {
		desks = append(desks, newDesk(t, embedded.URL(), fmt.Sprintf("node-%d", i)))
	}
	return desks
}

func newDesk(t *testing.T, url, name string) *Desk {
	t.Helper()
	log := zaptest.NewLogger(t)
	s, err := store.Open(t.Context(), store.Options{URL: url, Node: name, IDs: chat.NewIDs(nil), Log: log, Embedded: true})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := s.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	d := New(Options{Store: s, IDs: chat.NewIDs(nil), Log: log})
	t.Cleanup(func() {
		d.tasks.Wait()
		stop()
		running.Wait()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

type outcome struct {
	Posted
	err error
}

// post posts and waits for the outcome.
func post(d *Desk, by chat.Actor, cmid, text string) outcome {
	result := make(chan outcome, 1)
	d.Post(message(by, cmid, text), func(p Posted, err error) { result <- outcome{p, err} })
	return <-result
}

func message(by chat.Actor, cmid, text string) Post {
	return Post{
		Account: account, Thread: thread, Visitor: chat.VisitorID(maya.ID),
		Draft: chat.Draft{Author: by, CMID: chat.ClientMessageID(cmid), Text: text},
	}
}

func conversation(t *testing.T, d *Desk) store.Summary {
	t.Helper()
	list, _, err := d.Conversations(t.Context(), account, "", "", 10)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) == 0 {
		t.Fatal("there is no conversation")
	}
	return list[0]
}

func TestMessagesOfOneThreadKeepTheOrderOfPosting(t *testing.T) {
	d := nodes(t, 1)[0]
	const n = 300
	results := make(chan chat.Seq, n)
	for i := range n {
		d.Post(message(maya, fmt.Sprintf("cmid-%08d", i), fmt.Sprint(i)), func(p Posted, err error) {
			if err != nil {
				t.Errorf("message %d: %v", i, err)
			}
			results <- p.Cursor.Seq
		})
	}
	// The first message comes third: the conversation and its episode start before it.
	for i := range n {
		if got, want := <-results, chat.Seq(i+3); got != want {
			t.Fatalf("message %d has number %d, want %d", i, got, want)
		}
	}
}

func TestTheSameMessagePostedTwiceIsKeptOnce(t *testing.T) {
	desks := nodes(t, 2)
	first := post(desks[0], maya, "cmid-0001", "hello")
	again := post(desks[1], maya, "cmid-0001", "hello")
	if first.err != nil || again.err != nil {
		t.Fatal(first.err, again.err)
	}
	if again.Cursor != first.Cursor || !again.Known || again.At != first.At {
		t.Errorf("first %+v, again %+v", first, again)
	}
	if other := post(desks[1], maya, "cmid-0001", "something else"); !errors.Is(other.err, &chat.Refusal{Code: chat.Conflict}) {
		t.Errorf("another text under the same id: %v", other.err)
	}
}

func TestOfManyAgentsOnManyNodesExactlyOneTakesTheConversation(t *testing.T) {
	desks := nodes(t, 3)
	if o := post(desks[0], maya, "cmid-0001", "hello"); o.err != nil {
		t.Fatal(o.err)
	}
	id := conversation(t, desks[0]).ID
	results := make(chan error, 12)
	for i := range 12 {
		agent := chat.Actor{Kind: chat.Agent, ID: fmt.Sprintf("agent-%d", i)}
		go func() {
			_, err := desks[i%3].Accept(t.Context(), account, id, agent, nil)
			results <- err
		}()
	}
	winners := 0
	for range 12 {
		switch err := <-results; {
		case err == nil:
			winners++
		case !errors.Is(err, &chat.Refusal{Code: chat.Taken}):
			t.Errorf("got %v, want taken", err)
		}
	}
	if winners != 1 {
		t.Errorf("%d agents won", winners)
	}
}

func TestARememberedStateNeverRefusesWhatTheStoreWouldAllow(t *testing.T) {
	desks := nodes(t, 2)
	if o := post(desks[0], maya, "cmid-0001", "hello"); o.err != nil {
		t.Fatal(o.err)
	}
	id := conversation(t, desks[0]).ID
	if _, err := desks[0].Accept(t.Context(), account, id, anna, nil); err != nil {
		t.Fatal(err)
	}
	// Desk 0 remembers that Anna has it; she leaves on the other node.
	if _, err := desks[1].Leave(t.Context(), account, id, anna, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := desks[0].Accept(t.Context(), account, id, ben, nil); err != nil {
		t.Errorf("Ben was refused: %v", err)
	}
}

func TestAMessageToAConversationClosedElsewhereStartsTheNext(t *testing.T) {
	desks := nodes(t, 2)
	if o := post(desks[0], maya, "cmid-0001", "hello"); o.err != nil {
		t.Fatal(o.err)
	}
	first := conversation(t, desks[0])
	if _, err := desks[1].Close(t.Context(), account, first.ID, anna, nil, chat.AgentClosed); err != nil {
		t.Fatal(err)
	}
	if o := post(desks[0], maya, "cmid-0002", "one more thing"); o.err != nil {
		t.Fatal(o.err)
	}
	second := conversation(t, desks[1])
	if second.ID == first.ID || second.State != chat.Waiting || second.No == first.No {
		t.Errorf("second conversation is %+v", second.Conversation)
	}
	if _, err := desks[0].Accept(t.Context(), account, first.ID, anna, nil); !errors.Is(err, &chat.Refusal{Code: chat.Closed}) {
		t.Errorf("accepting the closed one: %v", err)
	}
}

func TestWritersOnDifferentNodesLoseNothingAndStartOneConversation(t *testing.T) {
	desks := nodes(t, 3)
	const each = 40
	var all sync.WaitGroup
	for i, d := range desks {
		by := []chat.Actor{maya, anna, ben}[i]
		all.Go(func() {
			for n := range each {
				if o := post(d, by, fmt.Sprintf("cmid-%s-%04d", by.ID, n), "hello"); o.err != nil {
					t.Errorf("%s %d: %v", by.ID, n, o.err)
				}
			}
		})
	}
	all.Wait()
	counts := map[chat.Kind]int{}
	var after chat.Seq
	for {
		entries, more, err := desks[0].Messages(t.Context(), account, thread, after, 50)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			after++
			if e.Seq != after {
				t.Fatalf("entry %d where %d was to come", e.Seq, after)
			}
			counts[kindOf(t, e)]++
		}
		if !more {
			break
		}
	}
	if counts[chat.KindMessage] != 3*each || counts[chat.KindConversationStarted] != 1 || counts[chat.KindEpisodeStarted] != 1 {
		t.Errorf("log holds %v", counts)
	}
}

func TestEveryMessageIsReadHoweverLongThePageIs(t *testing.T) {
	d := nodes(t, 1)[0]
	const n = 230
	for i := range n {
		if o := post(d, maya, fmt.Sprintf("cmid-%08d", i), fmt.Sprint(i)); o.err != nil {
			t.Fatal(o.err)
		}
	}
	for _, limit := range []int{1, 49, 50, 51, 200, 1000} {
		var last chat.Seq
		for more := true; more; {
			var page []store.Numbered
			var err error
			if page, more, err = d.Messages(t.Context(), account, thread, last, limit); err != nil {
				t.Fatal(err)
			}
			if len(page) > limit {
				t.Fatalf("%d entries where at most %d were asked for", len(page), limit)
			}
			for _, e := range page {
				if last++; e.Seq != last {
					t.Fatalf("pages of %d: entry %d where %d was to come", limit, e.Seq, last)
				}
			}
		}
		if last != n+2 { // and the beginning of conversation and episode
			t.Errorf("pages of %d end with %d", limit, last)
		}
	}
}

func TestBadDraftsAreRefusedBeforeTheyReachTheStore(t *testing.T) {
	d := nodes(t, 1)[0]
	for cmid, want := range map[string]chat.Code{"short": chat.BadField, "has space here": chat.BadField} {
		if o := post(d, maya, cmid, "hello"); !errors.Is(o.err, &chat.Refusal{Code: want}) {
			t.Errorf("id %q: %v", cmid, o.err)
		}
	}
	if o := post(d, maya, "cmid-0001", "  "); !errors.Is(o.err, &chat.Refusal{Code: chat.MissingField}) {
		t.Errorf("empty text: %v", o.err)
	}
}

func TestADueTimerEndsTheEpisodeOnWhicheverNodeHoldsTheJob(t *testing.T) {
	desks := nodes(t, 2)
	if o := post(desks[0], maya, "cmid-0001", "hello"); o.err != nil {
		t.Fatal(o.err)
	}
	if err := desks[0].store.TimerSet(t.Context(), account, chat.TimerVisitorGone, string(thread), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := desks[0].store.PutDoc(t.Context(), account, "account", string(account), []byte("{}"), store.AnyVersion); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	var running sync.WaitGroup
	for i, d := range desks {
		running.Go(func() {
			if err := d.Run(ctx, fmt.Sprintf("node-%d", i)); err != nil {
				t.Error(err)
			}
		})
	}
	for conversation(t, desks[1]).Episode.Running() && ctx.Err() == nil {
	}
	stop()
	running.Wait()
	if got := conversation(t, desks[0]).Episode; got.FinishReason != chat.VisitorLeft {
		t.Errorf("episode is %+v", got)
	}
}

func TestAConversationInWhichSomebodyHasJustWrittenIsNotClosedAsIdle(t *testing.T) {
	desks := nodes(t, 2)
	first := post(desks[0], maya, "cmid-0001", "hello")
	if late := post(desks[1], maya, "cmid-0002", "wait!"); first.err != nil || late.err != nil {
		t.Fatal(first.err, late.err)
	}
	idle := &job{visitor: chat.VisitorID(maya.ID), top: first.Cursor.Seq, decide: closeIdle}
	if err := desks[0].wait(t.Context(), laneKey{account, thread}, idle); !errors.Is(err, store.ErrBehind) {
		t.Errorf("got %v", err)
	}
	if c := conversation(t, desks[0]); !c.Open() {
		t.Errorf("it was closed: %+v", c.Conversation)
	}
}

func kindOf(t *testing.T, e store.Numbered) chat.Kind {
	t.Helper()
	var entry chat.Entry
	if err := json.Unmarshal(e.Raw, &entry); err != nil {
		t.Fatal(err)
	}
	return entry.Kind
}
