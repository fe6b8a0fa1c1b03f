package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"confab/chat"
	"confab/plant"
)

const (
	probeEvery    = time.Second
	silenceBreaks = 3 * time.Second // of the bus: the subscriber connection is given up
	silenceIsRed  = 5 * time.Second // of the bus or of commits: the node is not ready
	probeKept     = time.Minute

	positionsEvery = 4 * time.Second        // at least; N3 wants 5 s ±20 %
	bellsTravel    = 300 * time.Millisecond // a bell may be so much later than its number
)

// PositionsWithin is the longest time from one comparison of an account's bells with its feed to the next.
const PositionsWithin = 5400 * time.Millisecond

// hear notes that one of the line's own probes came back over the bus.
func (f *feed) hear(l *line, payload string) {
	if !strings.HasPrefix(payload, l.id+" ") {
		return // of an earlier line
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.heard[l.address] = time.Now()
}

// probeLoop sends a nonce over every line each second, writes one as commit probe, and gives up lines that are
// silent.
func (s *Store) probeLoop(ctx context.Context) error {
	ticker := time.NewTicker(probeEvery)
	defer ticker.Stop()
	for {
		s.probe()
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

func (s *Store) probe() {
	now := time.Now()
	s.submit(func(r []reply) {
		if r[0].err == nil {
			s.committedAt.Store(time.Now().UnixNano())
		}
	}, command("SET", s.GlobalKey("probe", s.node), now.UnixMilli(), "PX", probeKept.Milliseconds()))
	for _, l := range s.feed.tick(now) {
		l.giveUp()
	}
	s.feed.retryHeads()
	s.feed.expire(now)
}

// tick rings every line's own channel and returns the lines that have been silent for too long.
func (f *feed) tick(now time.Time) (silent []*line) {
	type nonce struct{ channel, payload string }
	var nonces []nonce
	f.mu.Lock()
	for address, l := range f.lines {
		l.serial++
		nonces = append(nonces, nonce{l.probe, l.id + " " + strconv.FormatInt(l.serial, 10)})
		last := f.heard[address]
		if last.Before(l.started) {
			last = l.started
		}
		if now.Sub(last) > silenceBreaks {
			silent = append(silent, l)
		}
	}
	if len(f.lines) > 0 && len(f.unrouted) == 0 { // what is left are masters that have nothing of ours any more
		for address := range f.heard {
			if f.lines[address] == nil {
				delete(f.heard, address)
			}
		}
	}
	f.mu.Unlock()
	for _, n := range nonces {
		f.store.submit(func([]reply) {}, command(f.store.publish, n.channel, n.payload)) // silence is the signal
	}
	return silent
}

// silence is for how long the worst line has not been heard; ok is false if one never was.
func (f *feed) silence(now time.Time) (worst time.Duration, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, last := range f.heard {
		if last.IsZero() {
			return 0, false
		}
		worst = max(worst, now.Sub(last))
	}
	return worst, len(f.heard) > 0
}

// Ready returns nil if, within the last 5 s, a bell of ours came back over the bus and a write was acknowledged, if
// the clocks agree, and if the store keeps what it must; else why not.
func (s *Store) Ready() error {
	now := time.Now()
	silence, heard := s.feed.silence(now)
	committed := s.committedAt.Load()
	switch {
	case !heard:
		return errors.New("the bus has not been heard yet")
	case silence > silenceIsRed:
		return fmt.Errorf("the bus has been silent for %s", silence.Round(time.Second))
	case committed == 0:
		return errors.New("nothing could be written yet")
	case now.Sub(time.Unix(0, committed)) > silenceIsRed:
		return fmt.Errorf("nothing could be written for %s", now.Sub(time.Unix(0, committed)).Round(time.Second))
	}
	if err := s.inTime(); err != nil {
		return err
	}
	return s.durable()
}

// positionLoop compares the head of every followed feed with the bells that came, so that a lost last bell is found.
func (s *Store) positionLoop(ctx context.Context) error {
	for {
		timer := time.NewTimer(positionsEvery + rand.N(PositionsWithin-positionsEvery))
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.C:
		}
		s.feed.payDebts()
		s.checkServer()
		if !plant.Is(plant.NoPositionCheck) {
			s.feed.checkPositions()
		}
	}
}

func (f *feed) checkPositions() {
	f.mu.Lock()
	live := make([]chat.AccountID, 0, len(f.accounts))
	for account, a := range f.accounts {
		if a.live {
			live = append(live, account)
		}
	}
	f.mu.Unlock()
	for _, account := range live {
		f.readHead(account, f.suspect)
	}
}

// suspect looks again a moment later if the head is ahead of the bells, for they may be on their way.
func (f *feed) suspect(account chat.AccountID, asked, head position) {
	switch v, _ := f.compare(account, asked, head, false); v {
	case gap:
		f.store.after(bellsTravel, func() {
			v, since := f.compare(account, asked, head, true)
			f.act(account, v, since)
		})
	case forked:
		f.act(account, forked, 0)
	}
}

// compare judges the head; with accept it takes a gap as found and goes on from the head.
func (f *feed) compare(account chat.AccountID, asked, head position, accept bool) (v verdict, since int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	a := f.accounts[account]
	if a == nil || !a.live {
		return inOrder, 0
	}
	v, since = a.chain.meet(asked, head), a.chain.last.n
	if accept && v == gap {
		a.chain.jump(head)
	}
	return v, since
}

// payDebts reads again what could not be read.
func (f *feed) payDebts() {
	owed := map[chat.AccountID]int64{}
	f.mu.Lock()
	for account, a := range f.accounts {
		if a.owes {
			owed[account] = a.owed
		}
	}
	f.mu.Unlock()
	for account, since := range owed {
		f.catchUp(account, since)
	}
}

// checkServer verifies everything if another process, or another history, answers than before (R5).
func (s *Store) checkServer() {
	if s.cluster != nil {
		return // a new master there breaks its line, which verifies its accounts
	}
	s.submit(func(r []reply) {
		if r[0].err != nil || r[1].err != nil {
			return // not offered, or down; a line that broke verifies too
		}
		identity := infoField(text(r[0].val), "run_id") + infoField(text(r[1].val), "master_replid")
		if s.feed.serverIs(identity) {
			s.feed.verifyAll()
		}
	}, command("INFO", "server"), command("INFO", "replication"))
}

// serverIs notes the server's identity and tells whether it changed.
func (f *feed) serverIs(identity string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	was := f.server
	f.server = identity
	return was != "" && was != identity
}

func (f *feed) verifyAll() {
	f.mu.Lock()
	accounts := make([]chat.AccountID, 0, len(f.accounts))
	for account := range f.accounts {
		accounts = append(accounts, account)
	}
	f.mu.Unlock()
	for _, account := range accounts {
		f.tell(func(l Listener) { l.Verify(account) })
	}
}

func infoField(info, name string) string {
	for line := range strings.Lines(info) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), name+":"); ok {
			return value
		}
	}
	return ""
}
