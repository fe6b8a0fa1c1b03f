package desk

import (
	"context"
	"testing"

	"go.uber.org/zap/zaptest"

	"confab/chat"
	"confab/store"
)

func TestTimersOfOtherRoomsAreGivenToThem(t *testing.T) {
	log := zaptest.NewLogger(t)
	embedded, err := store.StartEmbedded(log)
	if err != nil {
		t.Fatal(err)
	}
	defer embedded.Close()
	ids := chat.NewIDs(nil)
	s, err := store.Open(t.Context(), store.Options{URL: embedded.URL(), Node: "node-0", IDs: ids, Log: log, Embedded: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	told := make(chan store.Timer, 2)
	d := New(Options{Store: s, IDs: ids, Log: log, Timers: map[string]func(context.Context, store.Timer) error{
		"other": func(ctx context.Context, timer store.Timer) error {
			told <- timer
			return s.FinishTimer(ctx, timer)
		},
	}})
	for _, kind := range []string{"unknown", "other"} {
		if err := s.TimerSet(t.Context(), account, kind, "it", 0); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.workAccount(t.Context(), account); err != nil {
		t.Fatal(err)
	}
	if got := <-told; got.Kind != "other" || got.ID != "it" || got.Account != account || len(told) != 0 {
		t.Errorf("told of %+v, and of %d more", got, len(told))
	}
}
