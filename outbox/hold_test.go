package outbox_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"confab/chat"
	"confab/outbox"
	"confab/store"
	"confab/store/storetest"
)

// still runs a test on an embedded store in a bubble, where time passes only while everybody waits.
func still(t *testing.T, test func(t testing.TB, p place)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		t.Cleanup(func() { time.Sleep(time.Minute) }) // in which what a closed client has begun ends: it dials once a second
		e, reach := storetest.Memory(t)
		test(t, place{e.URL(), chat.NewIDs(nil), reach})
	})
}

// fill writes one message into each of n threads, and wakes the node.
func (n *node) fill(t testing.TB, threads int) {
	t.Helper()
	for i := range threads {
		thread := chat.ThreadID(fmt.Sprint("thread-", i))
		say(t, n.store, acme, thread, 1, 1)
		n.Wake(acme, thread)
	}
}

// settled tells how many deliveries are done.
func (n *node) settled(t testing.TB) int {
	t.Helper()
	list, _, err := n.Deliveries(t.Context(), acme, store.DeliveryFilter{State: store.DeliveryDone}, "", 100)
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

func TestATryThatOutlastsItsClaimKeepsItsThreadForItself(t *testing.T) {
	still(t, func(t testing.TB, p place) {
		p.account(t, acme, 1)
		const lasts = 40 * time.Second
		kind := &addresses{}
		kind.answer = func(ctx context.Context, _ outbox.Delivery) outbox.Outcome {
			select {
			case <-time.After(lasts):
				return outbox.Outcome{Done: true}
			case <-ctx.Done():
				return outbox.Outcome{Again: time.Millisecond, Error: "It was cut short."}
			}
		}
		a := p.node(t, "a", kind, store.Pace{})
		p.node(t, "b", kind, store.Pace{})
		a.fill(t, kind.AtOnce())
		time.Sleep(lasts - time.Second)
		if n := kind.count(); n != kind.AtOnce() || a.settled(t) != 0 {
			t.Errorf("%d tries, of which %d are over", n, a.settled(t))
		}
		time.Sleep(3 * time.Second)
		if n := kind.count(); n != kind.AtOnce() || a.settled(t) != n || kind.overlapped() {
			t.Errorf("%d tries, of which %d are done; two of a thread at once: %v", n, a.settled(t), kind.overlapped())
		}
	})
}

func TestThePlacesOfADeadNodeAreFreeWhenANodesLeaseHasRunOut(t *testing.T) {
	still(t, func(t testing.TB, p place) {
		target := p.account(t, acme, 1)[0]
		dead, way := make(chan struct{}), newSevered()
		stuck := &addresses{answer: func(context.Context, outbox.Delivery) outbox.Outcome {
			<-dead // what is under way in a process that is dead never ends
			return outbox.Outcome{Again: time.Hour}
		}}
		a := p.node(t, "a", stuck, store.Pace{}, way.lead)
		t.Cleanup(func() { close(dead) })
		kind := &addresses{}
		b := p.node(t, "b", kind, store.Pace{})
		threads := stuck.AtOnce() + 3
		a.fill(t, threads)
		time.Sleep(30 * time.Second)
		if stuck.count() != stuck.AtOnce() || kind.count() != 0 {
			t.Fatalf("%d and %d tries: the places were not all taken and kept", stuck.count(), kind.count())
		}
		way.now()
		died := time.Now()
		for kind.count() < threads && time.Since(died) < time.Minute {
			time.Sleep(10 * time.Millisecond)
		}
		if took := time.Since(died); took > 9*time.Second {
			t.Errorf("all were told %v after the node had died", took)
		}
		for i := range threads {
			kind.inOrder(t, target, chat.ThreadID(fmt.Sprint("thread-", i)), 1)
		}
		if n := b.settled(t); n != threads {
			t.Errorf("%d of %d are done", n, threads)
		}
	})
}

// A node that is cut off from the store lives on, and so does what it asks of an address.
func TestANodeThatIsCutOffEndsItsTriesBeforeAnotherBegins(t *testing.T) {
	still(t, func(t testing.TB, p place) {
		target := p.account(t, acme, 1)[0]
		kind, way := &addresses{}, newSevered()
		cutOff := make(chan struct{})
		kind.answer = func(ctx context.Context, _ outbox.Delivery) outbox.Outcome {
			select {
			case <-cutOff:
				return outbox.Outcome{Done: true}
			default:
			}
			<-ctx.Done()
			return outbox.Outcome{Again: time.Millisecond, Error: "It was cut short."}
		}
		a := p.node(t, "a", kind, store.Pace{}, way.lead)
		b := p.node(t, "b", kind, store.Pace{})
		a.fill(t, kind.AtOnce())
		time.Sleep(11 * time.Second)
		way.now()
		close(cutOff)
		time.Sleep(10 * time.Second)
		for i := range kind.AtOnce() {
			kind.inOrder(t, target, chat.ThreadID(fmt.Sprint("thread-", i)), 1)
		}
		if n := b.settled(t); n != kind.AtOnce() || kind.overlapped() {
			t.Errorf("%d of %d are done; two tries of a thread at once: %v", n, kind.AtOnce(), kind.overlapped())
		}
	})
}
