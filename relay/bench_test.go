package relay

import (
	"fmt"
	"os"
	"testing"

	"confab/chat"
	"confab/desk"
	"confab/store"
	"confab/wire"
)

// newBench returns a node without anything below it, and a thread with so many live readers whose sockets take
// everything at once.
func newBench(b *testing.B, readers int) (*Node, []*session) {
	b.Helper()
	sink, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { sink.Close() })
	fd, err := sink.SyscallConn()
	if err != nil {
		b.Fatal(err)
	}
	n := &Node{limits: &chat.Limits, tally: newTally(), o: Options{IDs: chat.NewIDs(nil)}}
	n.hub = newHub(n)
	f := &feed{hub: n.hub, account: "acme", threads: map[chat.ThreadID]*thread{}, follow: following}
	n.hub.feeds["acme"] = f
	sessions := make([]*session, readers)
	for i := range sessions {
		s := newSession(n, &guest{})
		s.conn.fd, s.feed, s.actor = fd, f, chat.Actor{Kind: chat.Visitor, ID: fmt.Sprint("visitor", i)}
		sub := &subscription{session: s, state: subLive}
		f.attach("RgNvTkiEYRLRBzBzF", sub)
		s.subs = []*subscription{sub}
		sessions[i] = s
	}
	return n, sessions
}

// bells rings entries of one thread, one after the other.
type bells struct {
	n   int
	eid chat.EntryID
}

func (r *bells) next(origin string, cmid chat.ClientMessageID) store.Bell {
	before := r.eid
	r.n++
	r.eid = chat.EntryID(fmt.Sprintf("entry%012d", r.n))
	entry := chat.Entry{
		EID: r.eid, Kind: chat.KindMessage, Author: chat.Actor{Kind: chat.Visitor, ID: "v3HfJkLmNpQrStWxY", Name: "guest-7"},
		At: 1790000000123, Conversation: "k3HfJkLmNpQrStWxY", Text: "a message of the usual length, which is not long", CMID: cmid,
	}
	return store.Bell{
		Kind: store.BellEntry, Thread: "RgNvTkiEYRLRBzBzF", Seq: chat.Seq(r.n), EID: r.eid, Before: before,
		Conversation: entry.Conversation, Origin: origin, Data: wire.Encode(entry),
	}
}

func BenchmarkDeliver(b *testing.B) {
	for _, readers := range []int{1, 2, 1000} {
		b.Run(fmt.Sprint(readers), func(b *testing.B) {
			n, _ := newBench(b, readers)
			var r bells
			ring := make([]store.Bell, 1000)
			for i := range ring {
				ring[i] = r.next("", "")
			}
			t := n.hub.feeds["acme"].threads["RgNvTkiEYRLRBzBzF"]
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if i%len(ring) == 0 {
					b.StopTimer()
					rewind(t)
					b.StartTimer()
				}
				n.hub.Bell("acme", ring[i%len(ring)])
			}
		})
	}
}

// rewind lets a thread begin anew.
func rewind(t *thread) {
	t.top = chat.Cursor{}
	for _, s := range t.subs {
		s.at = chat.Cursor{}
	}
}

// BenchmarkAck is all that the relay does between the end of a message's frame and its ack, but for the store.
func BenchmarkAck(b *testing.B) {
	n, sessions := newBench(b, 1)
	s := sessions[0]
	const cmid = "Zk3nTq0x8VwJrL2mXb9aYg"
	var r bells
	ring := make([]store.Bell, 1000)
	for i := range ring {
		ring[i] = r.next(s.id, cmid)
	}
	raw := []byte(`{"t":"send","thread":"RgNvTkiEYRLRBzBzF","cmid":"` + cmid + `","text":"a message of the usual length, which is not long"}`)
	t := n.hub.feeds["acme"].threads["RgNvTkiEYRLRBzBzF"]
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if i%len(ring) == 0 {
			b.StopTimer()
			rewind(t)
			b.StartTimer()
		}
		kind, frame, err := wire.Decode(raw)
		if err != nil {
			b.Fatal(err)
		}
		n.tally.framed(kind, true)
		send := frame.(*wire.Send)
		s.flying = send.CMID
		bell := ring[i%len(ring)]
		n.hub.Bell("acme", bell)
		s.posted(*send, desk.Posted{Cursor: chat.Cursor{Seq: bell.Seq, EID: bell.EID}, At: 1790000000123}, nil)
	}
}
