package relay_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"confab/chat"
	"confab/relay/relaytest"
	"confab/store/storetest"
	"confab/wire"
)

// outage is a way in which Redis stops to answer, and comes back.
type outage struct {
	begin, end func(*testing.T, *relaytest.World)
}

func outages() map[string]outage {
	check := func(t *testing.T, err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	return map[string]outage{
		"killed": {
			func(_ *testing.T, w *relaytest.World) { w.Redis.Kill() },
			func(t *testing.T, w *relaytest.World) { w.Redis.Launch(t) },
		},
		"frozen": {
			func(t *testing.T, w *relaytest.World) { check(t, w.Redis.Freeze()) },
			func(t *testing.T, w *relaytest.World) { check(t, w.Redis.Thaw()) },
		},
	}
}

func TestWithoutRedisMessagesAreRefusedInTimeAndDrainInOrderWhenItIsBack(t *testing.T) {
	for name, o := range outages() {
		t.Run(name, func(t *testing.T) {
			// After refused dials go-redis tries in the background, and sees only after a second that its pool is closed.
			sound(t, goleak.IgnoreAnyFunction("github.com/redis/go-redis/v9/internal/pool.(*ConnPool).tryDial"))
			w := relaytest.NewReal(t)
			a, b := w.Start(generous), w.Start(generous)
			visitor := a.Conversation("0")
			anna := b.Agent(relaytest.Anna, false)
			anna.Subscribe(visitor.Thread, nil)
			o.begin(t, w)
			refusedInTime(t, visitor, 2) // not for as long as leases last
			visitor.Ping()
			anna.Ping()
			o.end(t, w)
			for i := range 5 {
				sendUntilKept(visitor, outboxed(i))
			}
			got := strings.Join(messages(t, live(anna.Until(isText("text 4")))), ", ")
			if want := "text 0, text 1, text 2, text 3, text 4"; got != want {
				t.Errorf("read %q, want %q", got, want)
			}
			anna.Post(visitor.Thread, "welcome back")
			visitor.Until(isText("welcome back"))
		})
	}
}

// outboxed is the i-th message of an outbox.
func outboxed(i int) wire.Send {
	return wire.Send{T: wire.TypeSend, CMID: relaytest.CMID(i), Text: fmt.Sprint("text ", i)}
}

// refusedInTime sends messages one by one as a client does, each of which must be answered by a refusal.
func refusedInTime(t *testing.T, s *relaytest.Socket, n int) {
	t.Helper()
	for i := range n {
		m := outboxed(i)
		watch := storetest.Watch()
		s.Send(m)
		f := s.Next(wire.TypeAck, wire.TypeNack)
		if f.T != wire.TypeNack || f.Code != chat.Unavailable || !f.Retryable || f.CMID != m.CMID {
			t.Fatalf("got %s", f.Raw)
		}
		if took := watch(); took > 2500*time.Millisecond { // 2 s, and what Redis has to wait for on a busy machine
			t.Errorf("refused after %v", took)
		}
	}
}

// sendUntilKept offers a message again after each refusal that allows it.
func sendUntilKept(s *relaytest.Socket, m wire.Send) {
	for {
		s.Send(m)
		f := s.Next(wire.TypeAck, wire.TypeNack)
		for f.CMID != m.CMID {
			f = s.Next(wire.TypeAck, wire.TypeNack)
		}
		if f.T == wire.TypeAck {
			return
		}
		<-time.After(time.Duration(f.AfterMillis) * time.Millisecond)
	}
}

func TestAConsoleIsToldWhenItMayHaveMissedSomething(t *testing.T) {
	sound(t, goleak.IgnoreAnyFunction("github.com/redis/go-redis/v9/internal/pool.(*ConnPool).tryDial"))
	w := relaytest.NewReal(t)
	n := w.Start(generous)
	anna, visitor := n.Agent(relaytest.Anna, true), n.Visitor()
	for _, f := range anna.Ping() {
		if f.T == wire.TypeStale {
			t.Fatal("told before there was anything to miss")
		}
	}
	kill := outages()["killed"]
	kill.begin(t, w)
	refusedInTime(t, visitor, 2)
	kill.end(t, w)
	anna.Next(wire.TypeStale)
	for _, f := range visitor.Ping() {
		if f.T == wire.TypeStale {
			t.Error("a visitor, who has no lists, is told too")
		}
	}
}
