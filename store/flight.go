package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"
	"go.uber.org/zap"

	"confab/chat"
)

// flight is one pipeline: the calls of a batch in their order, and what Redis said.
type flight struct {
	store   *Store
	calls   []call
	cmds    []*redis.Cmd
	replies []reply // to each call
}

// newFlight lists the calls of a batch. The commits of one account between two other operations travel in one script, in
// their order, at the place of the first: the feed is read and written once for all of them, and rung once. Commits of
// different accounts touch nothing in common, so that their order means nothing.
func (s *Store) newFlight(batch []*operation) *flight {
	f := &flight{store: s, calls: make([]call, 0, len(batch))}
	var shipments []*shipment
	open := map[chat.AccountID]*shipment{}
	for _, o := range batch {
		if o.parcel == nil {
			o.at = len(f.calls)
			f.calls = append(f.calls, o.calls...)
			clear(open)
			continue
		}
		sh := open[o.parcel.account]
		if sh == nil || !sh.hasRoom(o.parcel) {
			sh = s.newShipment(o.parcel.account, len(f.calls))
			open[o.parcel.account], shipments = sh, append(shipments, sh)
			f.calls = append(f.calls, call{})
		}
		o.at, o.place = sh.at, sh.add(o.parcel)
	}
	for _, sh := range shipments {
		f.calls[sh.at] = sh.call
	}
	return f
}

func (f *flight) run(ctx context.Context) {
	pipe := f.store.client.Pipeline()
	f.cmds = make([]*redis.Cmd, len(f.calls))
	for i, c := range f.calls {
		f.cmds[i] = c.push(ctx, pipe, false)
	}
	if _, err := pipe.Exec(ctx); err != nil { // the first error of any command; each has its own
		f.repeatUnknown(ctx)
	}
	f.replies = make([]reply, len(f.calls))
	for i := range f.calls {
		f.replies[i] = f.reply(i)
	}
}

// repeatUnknown runs again, by text and in order, the scripts that Redis did not know and so did not run, after it was
// given all of them again.
func (f *flight) repeatUnknown(ctx context.Context) {
	s := f.store
	pipe := s.client.Pipeline()
	for i, cmd := range f.cmds {
		if f.calls[i].script != nil && isNoScript(cmd.Err()) {
			f.cmds[i] = f.calls[i].push(ctx, pipe, true)
		}
	}
	if pipe.Len() == 0 {
		return
	}
	s.library.forget()
	s.teach(ctx)
	s.metrics.faults.WithLabelValues("noscript").Inc()
	if _, err := pipe.Exec(ctx); err != nil {
		s.log.Debug("repeating scripts by their text", zap.Error(err)) // each command reports its own
	}
}

// repliesTo returns one reply for each call of an operation. A commit gets its own part of the script's answer.
func (f *flight) repliesTo(o *operation) []reply {
	replies := f.replies[o.at : o.at+o.replies()]
	if o.parcel == nil || replies[0].err != nil {
		return replies
	}
	list, _ := replies[0].val.([]any)
	if o.place >= len(list) {
		return []reply{{err: f.store.fault(fmt.Errorf("%w: %d answers to commits", errAnswer, len(list)))}}
	}
	return []reply{{val: list[o.place]}}
}

func (f *flight) reply(i int) reply {
	val, err := f.cmds[i].Result()
	if errors.Is(err, redis.Nil) {
		val, err = nil, nil
	}
	if err == nil && !f.calls[i].fits(val) {
		err = fmt.Errorf("%w: %T", errAnswer, val)
	}
	if err != nil {
		return reply{err: f.store.fault(err)}
	}
	return reply{val: val}
}
