package faulttest

import (
	"maps"
	"slices"
	"time"

	"confab/chat"
)

// span is a stretch of time; a zero to is the end of the run.
type span struct{ from, to time.Time }

func (s span) has(at time.Time) bool {
	return !at.Before(s.from) && (s.to.IsZero() || at.Before(s.to))
}

// checkPresence compares what each client heard of each person with when the person was really there.
func (c *checker) checkPresence() {
	there, grace := map[string][]span{}, map[string]time.Duration{}
	for _, l := range c.history.Lives {
		who := l.Who.Key()
		there[who] = append(there[who], span{l.From, l.To})
		if grace[who] = c.history.Bounds.Grace; l.Who.Kind == chat.Agent {
			grace[who] = c.history.Bounds.AgentGrace
		}
	}
	for who, spans := range there {
		there[who] = joined(spans, grace[who])
	}
	for _, client := range c.history.Clients {
		heard, watched := heardBy(client)
		if len(watched) == 0 {
			continue
		}
		for _, who := range slices.Sorted(maps.Keys(there)) {
			c.checkTold(client.Name, who, heard[who])
			c.checkTrue(client.Name, who, heard[who], there[who])
			c.checkHeard(client.Name, who, heard[who], there[who], watched)
		}
	}
}

// joined merges spans that overlap or whose gap is shorter than the grace time.
func joined(spans []span, grace time.Duration) []span {
	slices.SortFunc(spans, func(a, b span) int { return a.from.Compare(b.from) })
	var out []span
	for _, s := range spans {
		if n := len(out); n > 0 && (out[n-1].to.IsZero() || s.from.Sub(out[n-1].to) < grace) {
			if !out[n-1].to.IsZero() && (s.to.IsZero() || s.to.After(out[n-1].to)) {
				out[n-1].to = s.to
			}
			continue
		}
		out = append(out, s)
	}
	return out
}

// heardBy sorts a client's presence events by person, and tells when it could hear: from Sighted to Blinded.
func heardBy(client *ClientHistory) (map[string][]Event, []span) {
	heard := map[string][]Event{}
	var watched []span
	for _, e := range client.Events {
		switch e.What {
		case SawCome, SawGo:
			heard[e.Who.Key()] = append(heard[e.Who.Key()], e)
		case Sighted:
			watched = append(watched, span{from: e.At})
		case Blinded:
			if n := len(watched); n > 0 && watched[n-1].to.IsZero() {
				watched[n-1].to = e.At
			}
			for who := range heard { // what is heard next may repeat what was heard before
				heard[who] = append(heard[who], Event{What: Blinded, At: e.At})
			}
		}
	}
	return heard, watched
}

// checkTold finds transitions that were told twice.
func (c *checker) checkTold(client, who string, heard []Event) {
	var last What
	for _, e := range heard {
		if e.What == SawGo && last == SawGo {
			c.report("I6", client, "", "%s is said to be gone twice, the second time at %s", who, clock(e.At))
		}
		last = e.What
	}
}

// checkTrue finds goings that were told of somebody who was there.
func (c *checker) checkTrue(client, who string, heard []Event, there []span) {
	for _, e := range heard {
		if e.What != SawGo {
			continue
		}
		for _, s := range there {
			// Who came back a moment ago may be told gone by a word that was already on the way.
			if s.has(e.At) && e.At.Sub(s.from) >= c.history.Bounds.ComeWithin {
				c.report("I6", client, "", "%s is said to be gone at %s, and was there from %s to %s", who, clock(e.At), clock(s.from), clock(s.to))
			}
		}
	}
}

// checkHeard finds comings and goings that were not told in time to a client that could hear all the while.
func (c *checker) checkHeard(client, who string, heard []Event, there, watched []span) {
	b := c.history.Bounds
	for i, s := range there {
		if due := s.from.Add(b.ComeWithin); c.mustHear(span{s.from, due}, watched) && lasts(s, due) &&
			!saidWithin(heard, SawCome, s.from, due) && !lastSaid(heard, s.from, SawCome) {
			c.report("I6", client, "", "%s came at %s and nobody said so by %s", who, clock(s.from), clock(due))
		}
		if s.to.IsZero() {
			continue
		}
		due := s.to.Add(b.GoWithin)
		back := i+1 < len(there) && there[i+1].from.Before(due)
		if !back && c.mustHear(span{s.to, due}, watched) && !saidWithin(heard, SawGo, s.to, due) {
			c.report("I6", client, "", "%s went at %s and nobody said so by %s", who, clock(s.to), clock(due))
		}
	}
}

// mustHear tells that a client could hear during all of the span, and the run lasted beyond it.
func (c *checker) mustHear(s span, watched []span) bool {
	if s.to.After(c.history.Bounds.End) {
		return false
	}
	return slices.ContainsFunc(watched, func(w span) bool {
		return !w.from.After(s.from) && (w.to.IsZero() || !w.to.Before(s.to))
	})
}

func lasts(s span, until time.Time) bool { return s.to.IsZero() || s.to.After(until) }

func saidWithin(heard []Event, what What, from, to time.Time) bool {
	return slices.ContainsFunc(heard, func(e Event) bool {
		return e.What == what && !e.At.Before(from) && !e.At.After(to)
	})
}

// lastSaid tells what was the last word before a moment.
func lastSaid(heard []Event, before time.Time, what What) bool {
	var last What
	for _, e := range heard {
		if e.At.After(before) {
			break
		}
		last = e.What
	}
	return last == what
}

func clock(at time.Time) string {
	if at.IsZero() {
		return "the end"
	}
	return at.UTC().Format("15:04:05.000")
}
