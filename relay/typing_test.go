package relay

import "testing"

func TestAFrameThatTheNetworkPushedForwardIsNotDropped(t *testing.T) {
	const gap = 1000
	for _, c := range []struct {
		now, last int64
		want      bool
	}{
		{now: 10_000, last: 0},
		{now: 10_000, last: 9_000},
		{now: 10_000, last: 9_050}, // sent a gap apart, one of them was 50 ms late
		{now: 10_000, last: 9_501, want: true},
		{now: 10_000, last: 10_000, want: true},
	} {
		if got := tooSoon(c.now, c.last, gap); got != c.want {
			t.Errorf("%d after %d: too soon is %v", c.now, c.last, got)
		}
	}
}
