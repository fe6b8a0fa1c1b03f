package faulttest

import "confab/chat"

// checkMarkers follows each person's markers as a client saw them.
func (c *checker) checkMarkers(client *ClientHistory, thread chat.ThreadID) {
	last := map[string]MarkerPair{}
	highest := max(c.top(thread), c.everSeen(thread))
	for _, e := range client.Events {
		if e.Thread != thread {
			continue
		}
		if e.What == Reset || e.What == Forked { // a lost history takes its markers along
			clear(last)
		}
		if e.What != Marked {
			continue
		}
		who, before := e.Who.Key(), last[e.Who.Key()]
		if e.Marker.Delivered < before.Delivered || e.Marker.Seen < before.Seen {
			c.report("I5", client.Name, thread, "marker of %s fell from %d/%d to %d/%d",
				who, before.Delivered, before.Seen, e.Marker.Delivered, e.Marker.Seen)
		}
		if max(e.Marker.Delivered, e.Marker.Seen) > highest {
			c.report("I5", client.Name, thread, "marker of %s is at %d/%d, and no entry is above %d",
				who, e.Marker.Delivered, e.Marker.Seen, highest)
		}
		if e.Marker.Seen > e.Marker.Delivered {
			c.report("I5", client.Name, thread, "marker of %s says seen %d and delivered %d", who, e.Marker.Seen, e.Marker.Delivered)
		}
		last[who] = e.Marker
	}
}

// everSeen is the highest number that anybody applied, in whatever history.
func (c *checker) everSeen(thread chat.ThreadID) chat.Seq {
	var highest chat.Seq
	for _, client := range c.history.Clients {
		for _, e := range client.Events {
			if e.Thread == thread && (e.What == Applied || e.What == Acked) {
				highest = max(highest, e.Place.Seq)
			}
		}
	}
	return highest
}
