package loadtest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"time"

	"confab/chat"
	"confab/wire"
)

// door is a node as those see it who come back: its address looked up once.
type door struct {
	url     *url.URL
	address netip.AddrPort
	dial    func(ctx context.Context, network, addr string) (net.Conn, error) // nil: to address
	watch   *watch                                                            // nil: Go's poller does it
}

func (r *run) doors(ctx context.Context) ([]*door, error) {
	doors := make([]*door, len(r.o.URLs))
	for i, node := range r.o.URLs {
		u, err := plainURL(node)
		if err != nil {
			return nil, err
		}
		doors[i] = &door{url: u, dial: r.o.Dial}
		if r.o.Dial != nil {
			continue
		}
		found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", u.Hostname())
		if err != nil {
			return nil, fmt.Errorf("find %s: %w", u.Host, err)
		}
		port, err := net.DefaultResolver.LookupPort(ctx, "tcp", u.Port())
		if err != nil {
			return nil, fmt.Errorf("find %s: %w", u.Host, err)
		}
		doors[i].address = netip.AddrPortFrom(found[0].Unmap(), uint16(port))
		if found[0].Zone() == "" { // the watch knows no zones
			doors[i].watch = r.watcher()
		}
	}
	return doors, nil
}

// quiet dials without probes of its own: four system calls less.
var quiet = net.Dialer{KeepAlive: -1}

func (d *door) open(ctx context.Context) (net.Conn, error) {
	if d.dial != nil {
		return d.dial(ctx, "tcp", d.url.Host)
	}
	if d.watch != nil {
		return d.watch.dial(d.address)
	}
	return quiet.DialContext(ctx, "tcp", d.address.String())
}

// pack makes ready what the visitor will say on coming back: that he has the first entry; and room for what he is told,
// for new memory costs as much as reading into it.
func (v *returner) pack() error {
	var key [16]byte
	_, _ = rand.Read(key[:])
	v.request = handshake(v.door.url, v.run.o.Origin, key)
	a := visitor(v.run.o.Account, v.token)
	a.T = wire.TypeAuth
	if len(v.have) > 0 {
		a.Cursor = (*wire.Cursor)(&v.have[0])
	}
	raw, err := json.Marshal(a)
	if err != nil {
		return err
	}
	v.auth = appendClientFrame(nil, opText, raw)
	v.ear = make([]byte, earSize)
	return nil
}

// cut drops the visitor's connection without a word.
func (v *returner) cut() {
	if v.socket != nil {
		v.socket.cut()
		v.socket = nil
	}
	if v.conn != nil {
		_ = v.conn.Close()
	}
}

// comeBack connects, shows the position and keeps what follows, up to caught_up. Failures to connect are tried again
// until ctx ends.
func (v *returner) comeBack(ctx context.Context) error {
	for try := 0; ; try++ {
		err := v.tryBack(ctx)
		if err == nil {
			return nil
		}
		v.run.disconnects.Add(1)
		select {
		case <-time.After(min(time.Duration(try+1)*50*time.Millisecond, time.Second)):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (v *returner) tryBack(ctx context.Context) error {
	conn, err := v.door.open(ctx)
	if err != nil {
		return fmt.Errorf("connect to %s: %w", v.door.url.Host, err)
	}
	v.conn = conn
	_ = conn.SetDeadline(time.Now().Add(socketTimeout))
	if err = v.resume(); err != nil {
		_ = conn.Close()
	}
	return err
}

const (
	earSize     = 4 << 10 // more than most have to be told
	switched    = "HTTP/1.1 101 "
	endOfHeader = "\r\n\r\n"
)

func (v *returner) resume() error {
	if _, err := v.conn.Write(v.request); err != nil {
		return err
	}
	from, size := -1, 0
	for from < 0 {
		n, err := v.listen(size)
		if err != nil {
			return err
		}
		size += n
		from = bytes.Index(v.ear[:size], []byte(endOfHeader))
	}
	if !bytes.HasPrefix(v.ear, []byte(switched)) {
		return fmt.Errorf("the server answered %q", v.ear[:from])
	}
	if _, err := v.conn.Write(v.auth); err != nil {
		return err
	}
	from += len(endOfHeader)
	for at := from; ; {
		next, done, err := v.hear(v.ear[:size], at)
		switch {
		case err != nil:
			return err
		case done:
			v.heard = v.ear[from:next]
			return nil
		case next > at:
			at = next
			continue
		}
		n, err := v.listen(size)
		if err != nil {
			return err
		}
		size += n
	}
}

// listen reads behind what is there.
func (v *returner) listen(size int) (int, error) {
	if size == len(v.ear) {
		if size >= maxFrame {
			return 0, fmt.Errorf("the server sent %d bytes", size)
		}
		v.ear = append(v.ear, make([]byte, size)...)
	}
	return v.conn.Read(v.ear[size:])
}

// hear looks at the frame that begins at at. It returns where it ends, at if it is not whole yet; done tells that
// nothing is to follow.
func (v *returner) hear(all []byte, at int) (next int, done bool, err error) {
	op, payload, size, err := cutFrame(all[at:])
	if err != nil || size == 0 {
		return at, false, err
	}
	switch op {
	case opText:
		switch frameType(payload) {
		case wire.TypeError:
			return at, false, fmt.Errorf("the server answered %s", payload)
		case wire.TypeCaughtUp, wire.TypeReset, wire.TypeTruncated:
			done = true
		}
	case opPing:
		_, err = v.conn.Write(appendClientFrame(nil, opPong, payload))
	case opClose:
		err = closeOf(payload)
	}
	return at + size, done, err
}

var errNotBack = errors.New("the visitor did not come back")

// compare decodes what came and holds it against what was there before the cut. It returns how many entries came.
func (v *returner) compare() (int, error) {
	if v.heard == nil {
		return 0, errNotBack
	}
	before := v.have
	v.have = append([]chat.Cursor(nil), before[:min(1, len(before))]...)
	count, done, greeted := 0, false, false
	for rest := v.heard; len(rest) > 0; {
		op, payload, size, err := cutFrame(rest)
		if err != nil || size == 0 {
			return count, errors.Join(err, fmt.Errorf("%d bytes are no frame", len(rest)))
		}
		if rest = rest[size:]; op != opText {
			continue
		}
		switch frameType(payload) {
		case wire.TypeHello:
			var hello wire.Hello
			if err := json.Unmarshal(payload, &hello); err != nil || hello.Visitor == nil {
				return count, errors.Join(err, fmt.Errorf("no hello: %s", payload))
			}
			greeted = true
		case wire.TypeReset, wire.TypeTruncated:
			return count, &recoveryFault{fmt.Sprintf("instead of the rest of the history came %s", payload)}
		case wire.TypeCaughtUp:
			if err := v.caughtUp(payload); err != nil {
				return count, err
			}
			done = true
		default:
			n, err := v.take(payload)
			if err != nil {
				return count, err
			}
			count += n
		}
	}
	if !greeted || !done {
		return count, &recoveryFault{"hello or caught_up is missing"}
	}
	return count, sameHistory(before, v.have)
}

// caughtUp checks that the position the server names is that of the last entry.
func (v *returner) caughtUp(raw []byte) error {
	var f wire.CaughtUp
	if err := json.Unmarshal(raw, &f); err != nil {
		return err
	}
	var last chat.Cursor
	if len(v.have) > 0 {
		last = v.have[len(v.have)-1]
	}
	if at := (chat.Cursor{Seq: f.Seq, EID: f.EID}); at != last {
		return &recoveryFault{fmt.Sprintf("caught up to %v, the last entry is %v", at, last)}
	}
	return nil
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
