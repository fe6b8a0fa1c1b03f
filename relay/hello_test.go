package relay

import (
	"bytes"
	"testing"

	"confab/account"
	"confab/chat"
	"confab/people"
	"confab/store"
	"confab/wire"
)

func TestFramesBuiltByHandAreThoseOfTheProtocol(t *testing.T) {
	n := &Node{o: Options{Node: "node-1", Store: &store.Store{}}, limits: &chat.Limits, limitsJSON: wire.Encode(&chat.Limits)}
	for _, name := range []string{"Ada", "<b>\"Ada\" & Zoë</b>\n", ""} {
		s, a := &session{node: n, id: "c"}, &account.Account{ID: "acme", Name: name}
		shown := wire.Availability{Online: true, Agents: []wire.ShownAgent{{Name: name}}}
		for _, o := range []people.Opened{
			{Visitor: store.Visitor{ID: "v", Name: name, No: 1}, Thread: "t", Level: people.Anonymous},
			{Visitor: store.Visitor{ID: "v", Name: name, Email: "a@x.test", No: 7}, Thread: "t", Level: people.Claimed, Token: "v.s",
				User: people.User{ID: "v", No: 7, Blocked: true, Name: name, Attributes: map[string]any{"plan": name}, Consents: map[string]bool{"terms": true}}},
		} {
			got := s.visitorHello(a, &o, wire.Encode(shown))
			h := s.hello(a, chat.Limits.VisitorHeartbeatMillis)
			h.Visitor = &wire.HelloVisitor{ID: o.Visitor.ID, Token: o.Token, Thread: o.Thread, Level: o.Level, Name: o.Visitor.Name, Email: o.Visitor.Email,
				No: o.Visitor.No}
			h.Availability, h.User = &shown, wire.Encode(o.User)
			if want := textFrame(h); !bytes.Equal(withoutTime(got), withoutTime(want)) {
				t.Errorf("hello\ngot  %s\nwant %s", got, want)
			}
		}
	}
	for _, markers := range [][]wire.Marker{nil, {{Who: chat.Actor{Kind: chat.Agent, ID: "a"}, Delivered: 2, Seen: 1}}} {
		got := appendCaughtUp(nil, "t", chat.Cursor{Seq: 7, EID: "e"}, markers)
		if markers == nil {
			markers = []wire.Marker{}
		}
		if want := textFrame(wire.CaughtUp{T: wire.TypeCaughtUp, Thread: "t", Seq: 7, EID: "e", Markers: markers}); !bytes.Equal(got, want) {
			t.Errorf("caught_up\ngot  %s\nwant %s", got, want)
		}
	}
}

// withoutTime blanks the milliseconds, which have the same number of digits for a long while.
func withoutTime(frame []byte) []byte {
	const field = `"time":`
	at := bytes.Index(frame, []byte(field)) + len(field)
	return append(append(bytes.Clone(frame[:at]), "0"...), frame[at+13:]...)
}
