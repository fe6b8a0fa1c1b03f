package relay

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"confab/chat"
	"confab/wire"
)

// newConn returns a conn that cannot be written to directly, and its peer. wait waits for its flushers.
func newConn(t *testing.T) (c *conn, peer net.Conn, wait func()) {
	t.Helper()
	here, there := net.Pipe()
	flushers := &sync.WaitGroup{}
	c = &conn{raw: here, limits: &chat.Limits, tally: newTally(), flusher: flushers}
	return c, there, flushers.Wait
}

// payloads reads whole frames until one suits last or nothing comes any more.
func payloads(r io.Reader, last func(first byte, payload []byte) bool) (all [][]byte) {
	for {
		var head [2]byte
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return all
		}
		size := int(head[1])
		if size == 126 {
			var more [2]byte
			_, _ = io.ReadFull(r, more[:])
			size = int(binary.BigEndian.Uint16(more[:]))
		}
		payload := make([]byte, size)
		if _, err := io.ReadFull(r, payload); err != nil {
			return all
		}
		all = append(all, payload)
		if last(head[0], payload) {
			return all
		}
	}
}

func numberedFrame(i int) []byte {
	dst, from := openFrame(nil)
	return sealFrame(fmt.Appendf(dst, `{"t":"entry","thread":"thread","seq":%d}`, i), from)
}

func TestTenThousandFramesReachALateReaderInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, peer, wait := newConn(t)
		drained := make(chan struct{}, 1)
		c.drained = func() { drained <- struct{}{} }
		const count = 10_000
		for i := range count {
			c.send(numberedFrame(i), numbered)
		}
		c.send(textFrame(wire.Ping{T: wire.TypePong}), loose)
		end := string(numberedFrame(count - 1)[2:])
		got := payloads(peer, func(_ byte, p []byte) bool { return string(p) == end })
		if len(got) != count {
			t.Fatalf("%d frames came", len(got))
		}
		for i, p := range got {
			if want := numberedFrame(i)[2:]; !bytes.Equal(p, want) {
				t.Fatalf("frame %d is %s", i, p)
			}
		}
		<-drained
		wait()
		c.send(numberedFrame(0), numbered)
		payloads(peer, func(byte, []byte) bool { return true })
		c.cut("test")
		wait()
	})
}

func TestAReaderWhoseQueueOverflowsGetsWholeFramesThenTheClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, peer, wait := newConn(t)
		for i := 0; c.closed() == ""; i++ {
			c.send(numberedFrame(i), numbered)
		}
		if reason := c.closed(); reason != "queue_full" {
			t.Errorf("closed because %s", reason)
		}
		got := payloads(peer, func(first byte, _ []byte) bool { return first == finClose })
		closing := got[len(got)-1]
		if code := binary.BigEndian.Uint16(closing); code != uint16(wire.TooSlow.Code) {
			t.Errorf("the last frame is %q", closing)
		}
		for i, p := range got[:len(got)-1] {
			if want := numberedFrame(i)[2:]; !bytes.Equal(p, want) {
				t.Fatalf("frame %d is %s", i, p)
			}
		}
		c.cut("test")
		wait()
	})
}

func TestNothingComesBeforeTheAnswerToAuth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, peer, wait := newConn(t)
		c.unknown = true
		for i, u := range []urgency{listed, loose, numbered} {
			c.send(numberedFrame(i+1), u)
		}
		c.answer(numberedFrame(0))
		c.send(numberedFrame(4), numbered)
		got := payloads(peer, func(_ byte, p []byte) bool { return string(p) == string(numberedFrame(4)[2:]) })
		if len(got) != 5 {
			t.Fatalf("%d frames came: %s", len(got), got)
		}
		for i, p := range got {
			if want := numberedFrame(i)[2:]; !bytes.Equal(p, want) {
				t.Errorf("frame %d is %s", i, p)
			}
		}
		c.cut("test")
		wait()
	})
}

func TestWhatWaitsForTheAnswerToAuthIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, peer, wait := newConn(t)
		c.unknown = true
		for i := range 10 * maxEarly {
			c.send(numberedFrame(i+1), listed)
		}
		c.answer(numberedFrame(0))
		end := numberedFrame(-1)
		c.send(end, numbered)
		if got := payloads(peer, func(_ byte, p []byte) bool { return bytes.Equal(p, end[2:]) }); len(got) != maxEarly+2 {
			t.Errorf("%d frames came", len(got))
		}
		c.cut("test")
		wait()
	})
}

func TestAReaderWhoTakesNothingIsCutAfterTheQueuesTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _, wait := newConn(t)
		begun := time.Now()
		c.send(numberedFrame(0), numbered)
		wait()
		if took := time.Since(begun); c.closed() != "queue_old" || took != time.Duration(chat.Limits.QueueMillis)*time.Millisecond {
			t.Errorf("ended after %v because %s", took, c.closed())
		}
	})
}

func TestWhatMayBeDroppedIsDroppedFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, peer, wait := newConn(t)
		blocks := make([]byte, flushBytes) // taken by the flusher, which waits for the reader
		c.send(blocks, numbered)
		synctest.Wait()
		c.send(make([]byte, loosePressure+1), numbered)
		before := c.queued
		c.send([]byte("loose"), loose)
		if c.queued != before {
			t.Error("typing was queued behind messages")
		}
		c.send(make([]byte, c.limits.QueueBytes/2), numbered)
		before = c.queued
		c.send([]byte("listed"), listed)
		if c.queued != before || c.closed() != "" {
			t.Error("a list was queued behind half a queue of messages")
		}
		go func() { _, _ = io.Copy(io.Discard, peer) }()
		wait()
		c.cut("test")
	})
}
