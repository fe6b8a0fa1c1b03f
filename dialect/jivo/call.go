package jivo

import (
	"confab/calls"
	"confab/chat"
	"confab/outbox"
)

// call tells of a call's new status, each once, and of its recording when it is there; one that is ready only after the call
// makes another event of its end.
func (w *walk) call(e *outbox.Entry) error {
	c := e.Call
	if c == nil {
		return nil
	}
	last := &w.state.Call
	if last.ID != c.ID {
		*last = ring{ID: c.ID}
	}
	if e.Author.Kind == chat.Agent {
		last.Agent = chat.AgentID(e.Author.ID)
	}
	ended := c.Status == string(calls.Ended)
	recorded := ended && c.RecordURL != ""
	if last.Status == c.Status && (last.Recorded || !recorded) {
		return nil
	}
	last.Status, last.Recorded = c.Status, recorded
	told := call{Type: "callback", Phone: c.Phone, Status: c.Status}
	if c.Status == string(calls.Failed) {
		told.Reason = c.Reason
	}
	if recorded {
		told.RecordURL = c.RecordURL
	}
	ev, err := w.ofCall(e)
	if err != nil {
		return err
	}
	ev.Call = &told
	return w.tell(e.At, e.Conversation, ev)
}

// ofCall names the chat and the agent of a call: the chat that goes on or, without one, the visitor's last, 0 if there was
// none; and who has the call, or is in the chat, or is the first whom it rings.
func (w *walk) ofCall(e *outbox.Entry) (event, error) {
	t := &talk{No: w.state.Last}
	if e.Conversation != "" {
		var err error
		if t, err = w.talk(e.Conversation); err != nil {
			return event{}, err
		}
	}
	by, err := w.callee(t)
	if err != nil {
		return event{}, err
	}
	return w.about(callEvent, t, by)
}

func (w *walk) callee(t *talk) (chat.Actor, error) {
	if id := w.state.Call.Agent; id != "" {
		return actorOf(id), nil
	}
	if len(t.Agents) > 0 {
		return w.present(t)
	}
	return w.firstInLine(t.Group)
}
