package outbox

import (
	"testing"
	"time"

	"confab/store"
)

func TestATargetThatIsWellIsNotLeftAloneForWhatItDoesNotTake(t *testing.T) {
	for why, c := range map[string]struct {
		out    Outcome
		state  store.DeliveryState
		target int
	}{
		"done":                      {Outcome{Done: true}, store.DeliveryDone, 1},
		"failed":                    {Outcome{Again: time.Minute}, store.DeliveryWaiting, -1},
		"failed, and well":          {Outcome{Again: time.Minute, Well: true}, store.DeliveryWaiting, 0},
		"not asked":                 {Outcome{Again: time.Minute, Untried: true}, store.DeliveryWaiting, 0},
		"given up without answer":   {Outcome{GiveUp: true}, store.DeliveryParked, -1},
		"given up by its answer":    {Outcome{GiveUp: true, Status: 404}, store.DeliveryParked, 0},
		"given up, and well":        {Outcome{GiveUp: true, Status: 550, Well: true}, store.DeliveryParked, 0},
		"given up for its own good": {Outcome{GiveUp: true, Well: true}, store.DeliveryParked, 0},
	} {
		if s := settlementOf(store.Delivery{}, c.out); s.State != c.state || s.Target != c.target {
			t.Errorf("%s: %s, %d", why, s.State, s.Target)
		}
	}
}
