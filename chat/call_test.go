package chat

import "testing"

func TestACallIsToldWithoutChangingAnything(t *testing.T) {
	b := newBench(t)
	call := Call{ID: "call-1", Phone: "+14084987855", Status: "start"}
	told := func(want ConversationID) {
		t.Helper()
		c := TellCall(b.thread, maya, "call-1-1", call, b.fresh(), 5)
		if c.Next != nil || len(c.Entries) != 1 {
			t.Fatalf("it changes %+v", c)
		}
		if e := c.Entries[c.Main]; e.Kind != KindCall || *e.Call != call || e.CMID != "call-1-1" || e.Conversation != want || !e.Private() {
			t.Errorf("told %+v", e)
		}
	}
	told("")
	b.post(maya, "hello")
	told("c2")
	b.apply(Close(b.thread, anna, AgentClosed, b.fresh(), 3))
	told("")
}
