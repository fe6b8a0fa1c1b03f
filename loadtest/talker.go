package loadtest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"confab/chat"
	"confab/wire"
)

// talker is a voice on a lean socket, so that a generator beside Redis on one core measures the nodes and not itself.
// It does not come back: its socket's end is a fault. It sends at the moment due, whether or not the message before
// was acknowledged; the node handles them in order.
type talker struct {
	part
	crowd  *crowd
	socket *socket
	thread chat.ThreadID
	frame  []byte // of the message said last
}

func (t *talker) start(ctx context.Context, life lifetime, thread chat.ThreadID) (chat.ThreadID, error) {
	auth, err := t.auth(ctx)
	if err != nil {
		return "", err
	}
	if t.socket, err = dialSocket(ctx, &t.run.o, t.run.o.node(t.node)); err != nil {
		return "", err
	}
	hello, err := t.socket.greet(auth)
	switch {
	case err != nil:
	case t.agent:
		err = t.socket.send(wire.Subscribe{T: wire.TypeSubscribe, Thread: thread})
	case hello.Visitor == nil:
		err = fmt.Errorf("hello names no visitor")
	default:
		thread = hello.Visitor.Thread
	}
	if err == nil {
		var done wire.CaughtUp
		err = t.socket.await(wire.TypeCaughtUp, &done)
	}
	if err != nil {
		t.socket.cut()
		return "", fmt.Errorf("%s: %w", t.name, err)
	}
	t.thread = thread
	t.crowd.join(t.socket)
	t.crowd.listen(life.ctx, t.socket, t.onFrame)
	return thread, nil
}

func (t *talker) say(due time.Time) {
	p := payload{stream: t.stream, n: t.out.send(), due: due}
	frame := append(t.frame[:0], `{"t":"send","thread":"`...)
	frame = append(frame, t.thread...)
	frame = append(frame, `","cmid":"`...)
	frame = p.appendID(frame, t.run.id)
	frame = append(frame, `","text":"`...)
	frame = p.appendText(frame, t.run.o.Size)
	frame = append(frame, `"}`...)
	t.frame = frame
	_ = t.socket.write(opText, frame) // its reader sees the end
}

func (t *talker) onFrame(raw []byte) {
	switch frameType(raw) {
	case wire.TypeEntry:
		if p, ok := payloadIn(raw); ok {
			t.hear(p)
		}
	case wire.TypeAck:
		if p, ok := idIn(raw, t.run.id); ok {
			t.run.answered(t.out, p.n, p.due)
		}
	case wire.TypeNack:
		var n wire.Nack
		if p, ok := idIn(raw, t.run.id); ok && json.Unmarshal(raw, &n) == nil {
			t.out.refuse(p.n, refusedWhy(n.Code, n.Message))
		}
	}
}

// appendID writes a message id from which the payload can be read: the run's random bits, stream, number and moment.
func (p payload) appendID(b []byte, run string) []byte {
	b = append(b, run...)
	for _, v := range [...]int64{int64(p.stream), int64(p.n), p.due.UnixNano()} {
		b = append(strconv.AppendInt(b, v, 36), '-')
	}
	return b[:len(b)-1]
}

// idIn reads the payload from the id in a frame that answers it; false for ids of others.
func idIn(frame []byte, run string) (payload, bool) {
	const field = `"cmid":"`
	at := bytes.Index(frame, []byte(field))
	if at < 0 {
		return payload{}, false
	}
	id, _, _ := bytes.Cut(frame[at+len(field):], []byte{'"'})
	if len(id) < len(run) || string(id[:len(run)]) != run {
		return payload{}, false
	}
	rest := id[len(run):]
	var v [3]int64
	for i := range v {
		var part []byte
		part, rest, _ = bytes.Cut(rest, []byte{'-'})
		n, err := strconv.ParseInt(string(part), 36, 64)
		if err != nil {
			return payload{}, false
		}
		v[i] = n
	}
	return payload{int(v[0]), int(v[1]), time.Unix(0, v[2])}, true
}
