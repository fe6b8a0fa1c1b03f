package loadtest

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestPacerKeepsItsMoments(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now().Add(time.Second)
		p := pacer{start: start, rate: 250, end: start.Add(2 * time.Second)}
		sent := p.run(t.Context(), func(n int, due time.Time) {
			if want := start.Add(time.Duration(n) * 4 * time.Millisecond); !due.Equal(want) || !time.Now().Equal(want) {
				t.Fatalf("number %d: due %v, sent %v, want %v", n, due, time.Now(), want)
			}
		})
		if sent != 500 {
			t.Errorf("%d sent", sent)
		}
	})
}

func TestPacerDoesNotForgiveAStall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		p := pacer{start: start, rate: 100, end: start.Add(time.Second)}
		late := time.Duration(0)
		sent := p.run(t.Context(), func(n int, due time.Time) {
			if n == 10 {
				time.Sleep(500 * time.Millisecond) // the bubble's clock: a stalled sender
			}
			late = max(late, time.Since(due))
		})
		if sent != 100 || late < 490*time.Millisecond {
			t.Errorf("%d sent, at most %v late: the stall must show", sent, late)
		}
	})
}

func TestPacerStopsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		p := pacer{start: time.Now(), rate: 1, end: time.Now().Add(time.Hour)}
		if sent := p.run(ctx, func(int, time.Time) {}); sent != 1 {
			t.Errorf("%d sent", sent)
		}
	})
}
