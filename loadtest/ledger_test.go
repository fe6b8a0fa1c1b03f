package loadtest

import (
	"strings"
	"testing"
)

func TestLedgerFindsEachFault(t *testing.T) {
	tests := []struct {
		name    string
		acked   []int
		refused []int
		reads   [][]int // of each reader, in order
		want    Faults
		open    bool // not complete before it is closed
	}{
		{name: "all is well", acked: []int{0, 1, 2}, reads: [][]int{{0, 1, 2}, {0, 1, 2}}},
		{name: "a hole", acked: []int{0, 1, 2}, reads: [][]int{{0, 1, 2}, {0, 2}}, want: Faults{Lost: 1}, open: true},
		{name: "the last is missing", acked: []int{0, 1, 2}, reads: [][]int{{0, 1}, {0, 1, 2}}, want: Faults{Lost: 1}, open: true},
		{name: "nothing arrived", acked: []int{0, 1, 2}, reads: [][]int{{}, {0, 1, 2}}, want: Faults{Lost: 3}, open: true},
		{name: "twice", acked: []int{0, 1, 2}, reads: [][]int{{0, 1, 1, 2}, {0, 1, 2}}, want: Faults{Doubled: 1}},
		{name: "twice, later", acked: []int{0, 1, 2}, reads: [][]int{{0, 1, 2, 0}, {0, 1, 2}}, want: Faults{Doubled: 1}},
		{name: "out of order", acked: []int{0, 1, 2}, reads: [][]int{{0, 2, 1}, {0, 1, 2}}, want: Faults{Reordered: 1}},
		{name: "out of order, then twice", acked: []int{0, 1, 2}, reads: [][]int{{1, 0, 0, 2}, {0, 1, 2}}, want: Faults{Reordered: 1, Doubled: 1}},
		{name: "never sent", acked: []int{0, 1, 2}, reads: [][]int{{0, 1, 2, 3}, {0, 1, 2}}, want: Faults{Unexpected: 1}},
		{name: "never acknowledged", acked: []int{0, 2}, reads: [][]int{{0, 1, 2}, {0, 1, 2}}, want: Faults{Lost: 1}, open: true},
		{name: "neither acknowledged nor read", acked: []int{0, 1}, reads: [][]int{{0, 1}, {0, 1}}, want: Faults{Lost: 1}, open: true},
		{name: "refused", acked: []int{0, 2}, refused: []int{1}, reads: [][]int{{0, 2}, {0, 2}}, want: Faults{Refused: 1}},
		{name: "refused and lost", acked: []int{0, 2}, refused: []int{1}, reads: [][]int{{0}, {0, 2}}, want: Faults{Refused: 1, Lost: 1}, open: true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			l := newLedger("stream", 2)
			for range 3 {
				l.send()
			}
			for _, n := range test.acked {
				l.ack(n)
				l.ack(n) // an acknowledgement may come again
			}
			for _, n := range test.refused {
				l.refuse(n, "why")
			}
			for reader, reads := range test.reads {
				for _, n := range reads {
					l.receive(reader, n)
				}
			}
			if l.complete() == test.open {
				t.Errorf("complete is %v", !test.open)
			}
			got := l.close()
			if got.Any() != (len(got.Examples) > 0) {
				t.Errorf("faults without a word: %+v", got)
			}
			got.Examples = nil
			if got.Lost != test.want.Lost || got.Doubled != test.want.Doubled || got.Reordered != test.want.Reordered ||
				got.Unexpected != test.want.Unexpected || got.Refused != test.want.Refused {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestLedgerCountsADeliveryOnce(t *testing.T) {
	l := newLedger("stream", 1)
	l.send()
	if !l.receive(0, 0) || l.receive(0, 0) {
		t.Error("the second delivery counted")
	}
}

func TestExamplesAreBounded(t *testing.T) {
	l := newLedger("stream", 1)
	for range 100 {
		l.ack(l.send())
	}
	f := l.close()
	if f.Lost != 100 || len(f.Examples) != maxExamples || !strings.Contains(f.Examples[0], "message 0 was acknowledged") {
		t.Errorf("%d lost, examples %q", f.Lost, f.Examples)
	}
}
