package relay

import (
	"time"

	"confab/chat"
	"confab/plant"
)

// outgoing is a message on its way. Once acknowledged it is a copy kept for repair, with its place.
type outgoing struct {
	id      chat.ClientMessageID
	message ClientMessage

	place chat.Cursor // where it was acknowledged; zero before
	at    chat.Millis
	lost  bool // a reset took its entry away, and it has not come back
}

// clientOutbox holds one thread's messages in the order of writing. The first pending one is in flight or next.
type clientOutbox struct {
	pending  []outgoing
	inFlight bool
	retryAt  time.Time // the first pending one may not be sent before; zero: at once
	kept     []outgoing
}

func (o *clientOutbox) add(m outgoing) { o.pending = append(o.pending, m) }

// next returns the message to send now and marks it as in flight.
func (o *clientOutbox) next(now time.Time) (outgoing, bool) {
	if o.inFlight || len(o.pending) == 0 || now.Before(o.retryAt) {
		return outgoing{}, false
	}
	if last := len(o.pending) - 1; plant.Is(plant.Reorder) {
		o.pending[0], o.pending[last] = o.pending[last], o.pending[0]
	}
	o.inFlight, o.retryAt = true, time.Time{}
	return o.pending[0], true
}

// acked moves the message to the kept copies; false if it was not pending.
func (o *clientOutbox) acked(id chat.ClientMessageID, place chat.Cursor, at chat.Millis) (outgoing, bool) {
	m, ok := o.remove(id)
	if !ok {
		return m, false
	}
	m.place, m.at, m.lost = place, at, false
	o.kept = append(o.kept, m)
	o.forgetOld(at)
	return m, true
}

// forgetOld keeps the copies within their limits of number and age.
func (o *clientOutbox) forgetOld(now chat.Millis) {
	first := max(0, len(o.kept)-chat.Limits.OutboxMessages)
	for first < len(o.kept) && o.kept[first].at < now-chat.Millis(chat.Limits.OutboxMillis) {
		first++
	}
	if first > 0 {
		o.kept = append(o.kept[:0], o.kept[first:]...)
	}
}

// refused takes the message out for good.
func (o *clientOutbox) refused(id chat.ClientMessageID) bool {
	_, ok := o.remove(id)
	return ok
}

// retry lets the message in flight wait.
func (o *clientOutbox) retry(id chat.ClientMessageID, at time.Time) bool {
	if len(o.pending) == 0 || o.pending[0].id != id {
		return false
	}
	o.inFlight, o.retryAt = false, at
	return true
}

// disconnected makes what was in flight due again.
func (o *clientOutbox) disconnected() {
	switch {
	case !o.inFlight || len(o.pending) == 0:
	case plant.Is(plant.ForgetUnacked):
		o.pending = o.pending[1:]
	case plant.Is(plant.NewIDOnRetry):
		o.pending[0].id += "-again"
	}
	o.inFlight, o.retryAt = false, time.Time{}
}

// cutBack marks the copies that stood above common as lost until they are seen again.
func (o *clientOutbox) cutBack(common chat.Seq) {
	for i := range o.kept {
		if o.kept[i].place.Seq > common {
			o.kept[i].lost = true
		}
	}
}

// found tells that the log has the message.
func (o *clientOutbox) found(id chat.ClientMessageID, place chat.Cursor) {
	for i := range o.kept {
		if o.kept[i].id == id {
			o.kept[i].place, o.kept[i].lost = place, false
		}
	}
}

// compare marks the copies that do not stand where they were acknowledged. One marked
// wrongly does no harm: offered again, it gets its old place.
func (o *clientOutbox) compare(trail *clientTrail) {
	for i := range o.kept {
		place := o.kept[i].place
		eid, known := trail.at(place.Seq)
		if place.Seq > trail.last().Seq || known && eid != place.EID {
			o.kept[i].lost = true
		}
	}
}

// reoffer moves the lost copies in front of what is pending, behind a message in flight, and returns their ids.
func (o *clientOutbox) reoffer() []chat.ClientMessageID {
	var lost, kept []outgoing
	var ids []chat.ClientMessageID
	for _, m := range o.kept {
		if !m.lost {
			kept = append(kept, m)
			continue
		}
		ids = append(ids, m.id)
		lost = append(lost, outgoing{id: m.id, message: m.message})
	}
	if len(lost) == 0 || plant.Is(plant.NoRepair) {
		return nil
	}
	front := 0
	if o.inFlight {
		front = 1
	}
	pending := append(append(append([]outgoing(nil), o.pending[:front]...), lost...), o.pending[front:]...)
	o.pending, o.kept = pending, kept
	return ids
}

func (o *clientOutbox) remove(id chat.ClientMessageID) (outgoing, bool) {
	for i, m := range o.pending {
		if m.id != id {
			continue
		}
		o.pending = append(o.pending[:i], o.pending[i+1:]...)
		if i == 0 {
			o.inFlight, o.retryAt = false, time.Time{}
		}
		return m, true
	}
	return outgoing{}, false
}
