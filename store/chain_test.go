package store

import "testing"

func TestTheChainTellsWhatABellMeans(t *testing.T) {
	type bell struct {
		n         int64
		prev, eid string
		want      verdict
	}
	for name, bells := range map[string][]bell{
		"in order":                  {{5, "d", "e", inOrder}, {6, "e", "f", inOrder}, {7, "f", "g", inOrder}},
		"doubled":                   {{5, "d", "e", inOrder}, {6, "e", "f", inOrder}, {5, "d", "e", repeated}, {6, "e", "f", repeated}},
		"lost":                      {{5, "d", "e", inOrder}, {7, "f", "g", gap}, {8, "g", "h", inOrder}},
		"late":                      {{5, "d", "e", inOrder}, {7, "f", "g", gap}, {6, "e", "f", repeated}, {8, "g", "h", inOrder}},
		"same number, another name": {{5, "d", "e", inOrder}, {5, "d", "x", forked}},
		"smaller number":            {{5, "d", "e", inOrder}, {3, "b", "x", forked}},
		"another one before it":     {{5, "d", "e", inOrder}, {6, "x", "f", forked}},
	} {
		var c chain
		for i, b := range bells {
			if got := c.take(b.n, b.prev, b.eid); got != b.want {
				t.Errorf("%s, bell %d: %d, want %d", name, i, got, b.want)
			}
		}
	}
}

func TestTheHeadMayBeBehindBellsButNotBehindWhatWasHeardBeforeAsking(t *testing.T) {
	var c chain
	c.take(5, "d", "e")
	asked := c.last
	c.take(6, "e", "f")
	c.take(7, "f", "g")
	for _, r := range []struct {
		head position
		want verdict
	}{{position{7, "g"}, inOrder}, {position{6, "f"}, repeated}, {position{5, "e"}, repeated}, {position{9, "z"}, gap},
		{position{4, "d"}, forked}, {position{5, "x"}, forked}, {position{6, "x"}, forked}} {
		if got := c.meet(asked, r.head); got != r.want {
			t.Errorf("head %v: %d, want %d", r.head, got, r.want)
		}
	}
}
