package loadtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"confab/chat"
	"confab/wire"
)

// returner is a visitor with a history.
type returner struct {
	run    *run
	index  int
	pick   string  // its node
	door   *door   // of the node to which it comes back
	socket *socket // nil once it is cut
	token  string
	have   []chat.Cursor // the whole thread, by number from 1

	request, auth []byte // what it will say on coming back
	conn          net.Conn
	ear           []byte // what the server said
	heard         []byte // of it: the frames up to caught_up
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

// recoveryFault is a history that came back wrong.
type recoveryFault struct{ what string }

func (f *recoveryFault) Error() string { return f.what }

// note counts a wrong history among the faults of the run.
func (v *returner) note(fault error) {
	r := v.run
	r.mu.Lock()
	defer r.mu.Unlock()
	r.found.Faults.Lost++
	r.found.Faults.example("visitor %d: %v", v.index, fault)
}
