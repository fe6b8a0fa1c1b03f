package store

import (
	"fmt"
	"slices"
	"strconv"

	"confab/chat"
	"confab/plant"
)

// Since reads on after cur, at most Limits.CatchUpPage entries; without a cursor the last Limits.HistoryPage of the
// log. A cursor holds if the entry at its number has its identity. If it does not, Reset is set and the page goes on
// after Common, the highest of known that holds ({0, ""} if none does).
//
// done runs like Append's. Entries that do not fit their checksum come as kind "damaged".
func (s *Store) Since(account chat.AccountID, thread chat.ThreadID, cur *chat.Cursor, known []chat.Cursor, done func(Page, error)) {
	if cur == nil {
		s.lastPage(account, thread, done)
		return
	}
	s.readAfter(account, thread, *cur, func(p Page, holds bool, err error) {
		switch {
		case err != nil || holds:
			done(p, err)
		default:
			s.findCommon(account, thread, known, done)
		}
	})
}

func (s *Store) topCall(a chat.AccountID, t chat.ThreadID) call {
	return command("HMGET", s.threadKey(a, t), "top", "topEid", "amended")
}

func parseTop(val any) (top chat.Cursor, amended bool) {
	f := texts(val)
	if len(f) != 3 {
		return chat.Cursor{}, false
	}
	return chat.Cursor{Seq: chat.Seq(integer(f[0])), EID: chat.EntryID(f[1])}, f[2] != ""
}

func streamID(seq chat.Seq) string { return strconv.FormatInt(int64(max(seq, 0)), 10) + "-0" }

func (s *Store) lastPage(account chat.AccountID, thread chat.ThreadID, done func(Page, error)) {
	s.submit(func(r []reply) {
		vals, err := values(r)
		if err != nil {
			done(Page{}, fmt.Errorf("read %s: %w", thread, err))
			return
		}
		entries := s.parseLog(vals[0])
		slices.Reverse(entries)
		top, amended := parseTop(vals[1])
		s.shown(account, thread, entries, amended, func(err error) { done(Page{Entries: entries, Top: top}, err) })
	}, command("XREVRANGE", s.logKey(account, thread), "+", "-", "COUNT", s.limits.HistoryPage), s.topCall(account, thread))
}

// readAfter reads from cur on, inclusive, so as to see whether it holds.
func (s *Store) readAfter(account chat.AccountID, thread chat.ThreadID, cur chat.Cursor, done func(p Page, holds bool, err error)) {
	page := s.limits.CatchUpPage
	s.submit(func(r []reply) {
		vals, err := values(r)
		if err != nil {
			done(Page{}, false, fmt.Errorf("read %s after %d: %w", thread, cur.Seq, err))
			return
		}
		top, amended := parseTop(vals[1])
		p := Page{Entries: s.parseLog(vals[0]), Top: top}
		holds := p.leave(cur)
		if len(p.Entries) > page {
			p.Entries, p.More = p.Entries[:page], !plant.Is(plant.OnePageOnly)
		}
		s.shown(account, thread, p.Entries, amended, func(err error) { done(p, holds, err) })
	}, command("XRANGE", s.logKey(account, thread), streamID(cur.Seq), "+", "COUNT", page+2), s.topCall(account, thread))
}

// leave takes the cursor's own entry out of the page and tells whether the cursor holds.
func (p *Page) leave(cur chat.Cursor) bool {
	switch {
	case cur.Seq <= 0 && len(p.Entries) == 0, len(p.Entries) == 0 && plant.Is(plant.ResumeByNumber):
		return true
	case len(p.Entries) == 0:
		return false // above the top: those entries are of a history that is no more
	case p.Entries[0].Seq == cur.Seq:
		holds := p.Entries[0].EID == cur.EID || plant.Is(plant.ResumeByNumber)
		p.Entries = p.Entries[1:]
		return holds
	}
	// The entry at the cursor was trimmed away, and with it the means to check it.
	if first := p.Entries[0].Seq; first > cur.Seq+1 {
		p.Truncated = first
	}
	return true
}

// findCommon looks for the highest known cursor that holds and goes on after it.
func (s *Store) findCommon(account chat.AccountID, thread chat.ThreadID, known []chat.Cursor, done func(Page, error)) {
	known = s.sortedCursors(known)
	resume := func(common chat.Cursor) {
		s.readAfter(account, thread, common, func(p Page, _ bool, err error) {
			p.Reset, p.Common = true, common
			done(p, err)
		})
	}
	if len(known) == 0 {
		resume(chat.Cursor{})
		return
	}
	calls := make([]call, len(known))
	for i, k := range known {
		calls[i] = command("XRANGE", s.logKey(account, thread), streamID(k.Seq), streamID(k.Seq))
	}
	s.submit(func(r []reply) {
		vals, err := values(r)
		if err != nil {
			done(Page{}, fmt.Errorf("compare cursors of %s: %w", thread, err))
			return
		}
		for i, k := range known {
			if e := s.parseLog(vals[i]); len(e) == 1 && e[0].EID == k.EID {
				resume(k)
				return
			}
		}
		resume(chat.Cursor{})
	}, calls...)
}

// sortedCursors returns the highest first, at most Limits.KnownCursors of them.
func (s *Store) sortedCursors(known []chat.Cursor) []chat.Cursor {
	out := slices.DeleteFunc(slices.Clone(known), func(c chat.Cursor) bool { return c.Seq <= 0 })
	slices.SortFunc(out, func(a, b chat.Cursor) int { return int(b.Seq - a.Seq) })
	return out[:min(len(out), s.limits.KnownCursors)]
}

// After reads at most limit entries (Limits.CatchUpPage at most) that come after the given number, in rising order. more tells
// that the log may go on after them. done runs like Append's.
func (s *Store) After(account chat.AccountID, thread chat.ThreadID, after chat.Seq, limit int, done func(entries []Numbered, more bool, err error)) {
	limit = min(max(limit, 1), s.limits.CatchUpPage)
	s.submit(func(r []reply) {
		if _, err := values(r); err != nil {
			done(nil, false, fmt.Errorf("read %s after %d: %w", thread, after, err))
			return
		}
		entries := s.parseLog(r[0].val)
		s.shown(account, thread, entries, text(r[1].val) != "", func(err error) { done(entries, len(entries) == limit, err) })
	}, command("XRANGE", s.logKey(account, thread), streamID(after+1), "+", "COUNT", limit), s.amendedCall(account, thread))
}

// Before reads at most limit entries that come before the given number, in rising order; 0 stands for the end.
// A page shorter than limit reaches the beginning of what is kept. done runs like Append's.
func (s *Store) Before(account chat.AccountID, thread chat.ThreadID, before chat.Seq, limit int, done func([]Numbered, error)) {
	limit = min(max(limit, 1), s.limits.HistoryPage)
	if before == 1 {
		done(nil, nil)
		return
	}
	end := "+"
	if before > 1 {
		end = streamID(before - 1)
	}
	s.submit(func(r []reply) {
		if _, err := values(r); err != nil {
			done(nil, fmt.Errorf("read %s before %d: %w", thread, before, err))
			return
		}
		entries := s.parseLog(r[0].val)
		slices.Reverse(entries)
		s.shown(account, thread, entries, text(r[1].val) != "", func(err error) { done(entries, err) })
	}, command("XREVRANGE", s.logKey(account, thread), end, "-", "COUNT", limit), s.amendedCall(account, thread))
}
