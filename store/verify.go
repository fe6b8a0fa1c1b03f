package store

import (
	"context"
	"fmt"

	"confab/chat"
)

const verifyBatch = 1000 // threads compared in one operation

// VerifyTops compares what a node holds of each thread with the log. moved are threads that went on; forked are those
// whose log has another entry, or none, at the cursor: their readers must start over.
func (s *Store) VerifyTops(ctx context.Context, account chat.AccountID, tops map[chat.ThreadID]chat.Cursor) (moved, forked []chat.ThreadID, err error) {
	threads := make([]chat.ThreadID, 0, verifyBatch)
	flush := func() error {
		m, f, err := s.verifySome(ctx, account, threads, tops)
		moved, forked, threads = append(moved, m...), append(forked, f...), threads[:0]
		return err
	}
	for t := range tops {
		if threads = append(threads, t); len(threads) == verifyBatch {
			if err := flush(); err != nil {
				return nil, nil, err
			}
		}
	}
	if len(threads) > 0 {
		err = flush()
	}
	return moved, forked, err
}

func (s *Store) verifySome(ctx context.Context, account chat.AccountID, threads []chat.ThreadID, tops map[chat.ThreadID]chat.Cursor) (moved, forked []chat.ThreadID, err error) {
	calls := make([]call, 0, 2*len(threads))
	for _, t := range threads {
		at := streamID(max(tops[t].Seq, 1))
		calls = append(calls, s.topCall(account, t), command("XRANGE", s.logKey(account, t), at, at))
	}
	vals, err := s.ask(ctx, calls...)
	if err != nil {
		return nil, nil, fmt.Errorf("compare %d threads: %w", len(threads), err)
	}
	for i, t := range threads {
		held, at := tops[t], s.parseLog(vals[2*i+1])
		top, _ := parseTop(vals[2*i])
		switch {
		case held.Seq > top.Seq, held.Seq > 0 && len(at) == 1 && at[0].EID != held.EID:
			forked = append(forked, t)
		case held.Seq < top.Seq:
			moved = append(moved, t)
		}
	}
	return moved, forked, nil
}
