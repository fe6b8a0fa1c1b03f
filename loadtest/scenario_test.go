package loadtest

import (
	"context"
	"net/http"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"confab/faulttest"
)

// against runs a scenario against a model server in a bubble.
func against(t *testing.T, o Options, bugs faulttest.ModelBugs) *Result {
	t.Helper()
	var result *Result
	synctest.Test(t, func(t *testing.T) {
		network, model := faulttest.NewNetwork(), faulttest.NewModel()
		model.Bugs = bugs
		l, err := network.Listen("node:80")
		if err != nil {
			t.Fatal(err)
		}
		server := &http.Server{Handler: model}
		go server.Serve(l)
		o.URLs, o.Account, o.AgentEmail, o.AgentPassword = []string{"ws://node:80"}, "demo", "agent@demo.test", "secret"
		o.Dial = network.Dialer("load")
		o.Duration, o.Warmup, o.Settle, o.Parallel, o.Size = 10*time.Second, time.Second, 10*time.Second, 8, 128
		if result, err = Run(t.Context(), o); err != nil {
			t.Error(err)
		}
		server.Close()
		model.Wait()
	})
	return result
}

func TestChatOfAGoodServerIsClean(t *testing.T) {
	for _, both := range []bool{false, true} {
		for _, persistent := range []bool{false, true} {
			r := against(t, Options{Scenario: Chat, Connections: 20, Rate: 100, BothWays: both, Persistent: persistent}, faulttest.ModelBugs{})
			if err := r.Verdict(); err != nil || r.Sent != 1100 || r.Delivered != 1000 || r.Delivery.Count != 1000 || r.Answer.Count != 1000 {
				t.Errorf("both ways %v, persistent %v: %v\n%s", both, persistent, err, r.Table())
			}
		}
	}
}

func TestPersistentChatOutlivesLostAnswersAndRefusals(t *testing.T) {
	r := against(t, Options{Scenario: Chat, Connections: 20, Rate: 50, Persistent: true}, faulttest.ModelBugs{DropAck: 50, Refuse: 31, DoubleEntry: 13})
	if err := r.Verdict(); err != nil || r.Disconnects == 0 {
		t.Errorf("%v\n%s", err, r.Table())
	}
}

func TestChatCountsWhatWasRefusedOrNeverAnswered(t *testing.T) {
	r := against(t, Options{Scenario: Chat, Connections: 20, Rate: 50}, faulttest.ModelBugs{Refuse: 31})
	if r.Verdict() == nil || r.Faults.Refused == 0 {
		t.Errorf("refusals: not found:\n%s", r.Table())
	}
	r = against(t, Options{Scenario: Chat, Connections: 20, Rate: 50}, faulttest.ModelBugs{DropAck: 50})
	if r.Verdict() == nil || r.Faults.Lost == 0 {
		t.Errorf("dropped answers: not found:\n%s", r.Table())
	}
}

func TestChatFindsPlantedFaults(t *testing.T) {
	for name, test := range map[string]struct {
		bugs  faulttest.ModelBugs
		found func(Faults) bool
	}{
		"acknowledged and not kept": {faulttest.ModelBugs{AckUnkept: 100}, func(f Faults) bool { return f.Lost+f.Reordered > 0 }},
		"kept twice":                {faulttest.ModelBugs{KeepTwice: 100}, func(f Faults) bool { return f.Doubled > 0 }},
		"another's text":            {faulttest.ModelBugs{SwapText: 100}, func(f Faults) bool { return f.Doubled > 0 && f.Lost > 0 }},
	} {
		t.Run(name, func(t *testing.T) {
			for _, persistent := range []bool{false, true} {
				r := against(t, Options{Scenario: Chat, Connections: 20, Rate: 100, Persistent: persistent}, test.bugs)
				if !test.found(r.Faults) || r.Verdict() == nil {
					t.Errorf("persistent %v: not found:\n%s", persistent, r.Table())
				}
			}
		})
	}
}

func TestIdleSocketsStayConnected(t *testing.T) {
	r := against(t, Options{Scenario: Idle, Connections: 50}, faulttest.ModelBugs{})
	if err := r.Verdict(); err != nil || r.Disconnects != 0 {
		t.Errorf("%v\n%s", err, r.Table())
	}
}

func TestReconnectComparesTheHistory(t *testing.T) {
	r := against(t, Options{Scenario: Reconnect, Connections: 50, History: 5}, faulttest.ModelBugs{})
	if err := r.Verdict(); err != nil || r.Storm.Recovered != 50 || r.Storm.Entries != 200 {
		t.Errorf("%v\n%s", err, r.Table())
	}
}

func TestReconnectFindsALostMessage(t *testing.T) {
	r := against(t, Options{Scenario: Reconnect, Connections: 50, History: 5}, faulttest.ModelBugs{AckUnkept: 100})
	if r.Verdict() == nil || r.Faults.Lost == 0 {
		t.Errorf("not found:\n%s", r.Table())
	}
}

func TestCeilingIsMeasured(t *testing.T) {
	for _, connections := range []int{1, 40} {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		o := Options{Connections: connections, Size: 128, NodePIDs: []int{os.Getpid()}}
		c, err := measureCeiling(ctx, o, 20*time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		// More than a frame in half a microsecond is no write but a clock that stands.
		for _, rate := range []float64{c.LibraryPerCPUSecond, c.BarePerCPUSecond} {
			if rate < 100 || rate > 2e6 {
				t.Errorf("%d sockets: %+v", connections, c)
			}
		}
	}
}
