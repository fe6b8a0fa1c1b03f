package relay_test

import (
	"runtime/pprof"
	"strings"
	"testing"
	"time"

	"confab/relay/relaytest"
)

// atRest waits until no goroutine reads for a session any more.
func atRest(t *testing.T) {
	t.Helper()
	var all strings.Builder
	for begun := time.Now(); time.Since(begun) < relaytest.Patience; {
		all.Reset()
		if err := pprof.Lookup("goroutine").WriteTo(&all, 2); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(all.String(), "relay.(*session).") {
			return
		}
	}
	t.Fatalf("somebody still reads:\n%s", all.String())
}

func TestASocketAtRestHasNoGoroutine(t *testing.T) {
	n := relaytest.New(t).Start(generous)
	v := dialWired(t, n)
	atRest(t)
	whole := clientsFrame(final|text, `{"t":"ping"}`)
	v.write(whole)
	v.next(text)
	atRest(t)
	v.write(append(append([]byte(nil), whole...), whole[:5]...)) // somebody waits for the rest
	v.next(text)
	v.write(whole[5:])
	v.next(text)
	atRest(t)
	v.c.Close()
	n.Stop()
}
