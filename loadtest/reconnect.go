package loadtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	"confab/chat"
	"confab/wire"
)

// reconnect gives visitors a history, cuts all sockets at once, and lets everybody come back with the cursor of the
// first entry: each must get exactly the rest of what it had.
func (r *run) reconnect(ctx context.Context) error {
	returners := make([]*returner, r.o.Connections)
	r.progress.phase.Store("writing the history")
	begun := time.Now()
	err := r.each(ctx, len(returners), func(ctx context.Context, i int) error {
		returners[i] = &returner{run: r, index: i, pick: r.o.node(i)}
		err := returners[i].prepare(ctx)
		var fault *recoveryFault
		if errors.As(err, &fault) {
			returners[i].note(fault)
			return nil
		}
		return err
	})
	defer func() {
		for _, v := range returners {
			if v != nil && v.socket != nil {
				v.socket.cut()
			}
		}
	}()
	if err != nil {
		return err
	}
	prepared := time.Since(begun)
	for _, v := range returners {
		v.socket.cut()
		v.socket = nil
	}
	return r.storm(ctx, returners, prepared)
}

func (r *run) storm(ctx context.Context, returners []*returner, prepared time.Duration) error {
	r.progress.phase.Store("recovering")
	gauge := newGauge(r.o)
	gauge.begin()
	each := newLatency()
	var recovered, entries atomic.Int64
	bounded, cancel := context.WithTimeout(ctx, r.o.Settle+r.o.Duration)
	defer cancel()
	cut := time.Now()
	err := r.each(bounded, len(returners), func(ctx context.Context, i int) error {
		n, whole, err := returners[i].comeBack(ctx)
		if err != nil || !whole {
			return err
		}
		each.record(i, time.Since(cut))
		recovered.Add(1)
		entries.Add(int64(n))
		r.delivered.Add(int64(n))
		return nil
	})
	took := time.Since(cut)
	if err != nil && (ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded)) {
		return err
	}
	nodes, redis, err := gauge.end()
	if err != nil {
		return err
	}
	r.found.Storm = &Recovery{
		Clients: len(returners), Recovered: int(recovered.Load()), Entries: int(entries.Load()),
		Seconds: took.Seconds(), Each: each.quantiles(), FirstConnecting: prepared.Seconds(),
	}
	if nodes.cpu > 0 {
		r.found.Storm.PerNodeCPU = float64(recovered.Load()) / nodes.cpu.Seconds()
	}
	r.found.NodeCPUSeconds, r.found.RedisCPUSeconds = nodes.cpu.Seconds(), redis.cpu.Seconds()
	return nil
}

// returner is a visitor with a history.
type returner struct {
	run    *run
	index  int
	pick   string // its node
	socket *socket
	token  string
	have   []chat.Cursor // the whole thread, by number from 1
}

// prepare connects anew, writes the history one message after the other, and keeps what the thread then is.
func (v *returner) prepare(ctx context.Context) error {
	s, err := dialSocket(ctx, &v.run.o, v.pick)
	if err != nil {
		return err
	}
	v.socket = s
	hello, err := s.greet(visitor(v.run.o.Account, ""))
	if err != nil {
		return fmt.Errorf("visitor %d: %w", v.index, err)
	}
	v.token = hello.Visitor.Token
	for n := range v.run.o.History {
		if err := v.write(ctx, n); err != nil {
			return fmt.Errorf("visitor %d: message %d of the history: %w", v.index, n, err)
		}
		v.run.sent.Add(1)
	}
	return nil
}

// write sends one message, again if it must, and waits for its acknowledgement.
func (v *returner) write(ctx context.Context, n int) error {
	id := chat.ClientMessageID("history-" + strconv.Itoa(n))
	text := payload{stream: v.index, n: n, due: time.Now()}.text(v.run.o.Size)
	for {
		if err := v.socket.send(wire.Send{T: wire.TypeSend, CMID: id, Text: text}); err != nil {
			return err
		}
		done, wait, err := v.until(id)
		if done || err != nil {
			return err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// until reads until the message is answered: done, or to be sent again after wait. Entries on the way are kept.
func (v *returner) until(id chat.ClientMessageID) (done bool, wait time.Duration, err error) {
	for {
		raw, err := v.socket.read()
		if err != nil {
			return false, 0, err
		}
		switch frameType(raw) {
		case wire.TypeAck:
			var a wire.Ack
			if err := json.Unmarshal(raw, &a); err != nil {
				return false, 0, err
			}
			return true, 0, v.keep(a.Seq, a.EID)
		case wire.TypeNack:
			var n wire.Nack
			if err := json.Unmarshal(raw, &n); err != nil || !n.Retryable {
				return false, 0, errors.Join(err, fmt.Errorf("refused: %s", raw))
			}
			return false, time.Duration(max(n.AfterMillis, 10)) * time.Millisecond, nil
		default:
			if _, err := v.take(raw); err != nil {
				return false, 0, err
			}
		}
	}
}

// take keeps the entries of a frame; it returns how many.
func (v *returner) take(raw []byte) (int, error) {
	var frame struct {
		T       wire.Type       `json:"t"`
		Seq     chat.Seq        `json:"seq"`
		Entry   json.RawMessage `json:"entry"`
		Entries []wire.Numbered `json:"entries"`
	}
	switch frameType(raw) {
	case wire.TypeEntry, wire.TypeEntries:
	default:
		return 0, nil
	}
	if err := json.Unmarshal(raw, &frame); err != nil {
		return 0, err
	}
	if frame.T == wire.TypeEntry {
		frame.Entries = []wire.Numbered{{Seq: frame.Seq, Raw: frame.Entry}}
	}
	for _, e := range frame.Entries {
		var id struct {
			EID chat.EntryID `json:"eid"`
		}
		if err := json.Unmarshal(e.Raw, &id); err != nil {
			return 0, err
		}
		if err := v.keep(e.Seq, id.EID); err != nil {
			return 0, err
		}
	}
	return len(frame.Entries), nil
}

// keep puts an entry at its number.
func (v *returner) keep(seq chat.Seq, eid chat.EntryID) error {
	for chat.Seq(len(v.have)) < seq {
		v.have = append(v.have, chat.Cursor{})
	}
	at := &v.have[seq-1]
	if at.EID != "" && at.EID != eid {
		return &recoveryFault{fmt.Sprintf("entry %d was %s and is now %s", seq, at.EID, eid)}
	}
	*at = chat.Cursor{Seq: seq, EID: eid}
	return nil
}

// comeBack resumes from the first entry and compares what follows. Failures to connect are tried again until ctx
// ends. It returns how many entries were recovered, and whether the history is whole.
func (v *returner) comeBack(ctx context.Context) (n int, whole bool, err error) {
	for try := 0; ; try++ {
		n, err := v.resume(ctx)
		var fault *recoveryFault
		if errors.As(err, &fault) {
			v.note(fault)
			return n, false, nil
		}
		if err == nil {
			return n, true, nil
		}
		v.run.disconnects.Add(1)
		select {
		case <-time.After(min(time.Duration(try+1)*50*time.Millisecond, time.Second)):
		case <-ctx.Done():
			return 0, false, ctx.Err()
		}
	}
}

// recoveryFault is a history that came back wrong.
type recoveryFault struct{ what string }

func (f *recoveryFault) Error() string { return f.what }

// note counts a wrong history among the faults of the run.
func (v *returner) note(fault *recoveryFault) {
	r := v.run
	r.mu.Lock()
	defer r.mu.Unlock()
	r.found.Faults.Lost++
	r.found.Faults.example("visitor %d: %v", v.index, fault)
}

func (v *returner) resume(ctx context.Context) (int, error) {
	s, err := dialSocket(ctx, &v.run.o, v.run.o.node(v.index+1))
	if err != nil {
		return 0, err
	}
	v.socket = s
	before := v.have
	v.have = append([]chat.Cursor(nil), before[:min(1, len(before))]...)
	n, err := v.catchUp(visitorFrom(v.run.o.Account, v.token, v.have))
	if err == nil {
		err = sameHistory(before, v.have)
	}
	if err != nil {
		v.have = before
		s.cut()
	}
	return n, err
}

func visitorFrom(account chat.AccountID, token string, have []chat.Cursor) wire.Auth {
	a := visitor(account, token)
	if len(have) > 0 {
		a.Cursor = (*wire.Cursor)(&have[len(have)-1])
	}
	return a
}

func (v *returner) catchUp(auth wire.Auth) (int, error) {
	if _, err := v.socket.greet(auth); err != nil {
		return 0, err
	}
	_ = v.socket.conn.SetReadDeadline(time.Now().Add(socketTimeout))
	for count := 0; ; {
		raw, err := v.socket.read()
		if err != nil {
			return count, err
		}
		switch frameType(raw) {
		case wire.TypeCaughtUp:
			return count, nil
		case wire.TypeReset, wire.TypeTruncated:
			return count, &recoveryFault{fmt.Sprintf("instead of the rest of the history came %s", raw)}
		}
		n, err := v.take(raw)
		if err != nil {
			return count, err
		}
		count += n
	}
}

func sameHistory(before, after []chat.Cursor) error {
	if len(after) < len(before) {
		return &recoveryFault{fmt.Sprintf("%d entries before the cut, %d after", len(before), len(after))}
	}
	for i := range before {
		if after[i] != before[i] {
			return &recoveryFault{fmt.Sprintf("entry %d was %s before the cut and %q after", i+1, before[i].EID, after[i].EID)}
		}
	}
	return nil
}
