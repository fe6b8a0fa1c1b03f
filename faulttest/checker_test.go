package faulttest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"confab/chat"
)

const room = chat.ThreadID("room")

var (
	ann = chat.Actor{Kind: chat.Agent, ID: "ann"}
	vic = chat.Actor{Kind: chat.Visitor, ID: "vic"}
	t0  = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
)

// line is an entry of the log: number, identity, author's id and text.
func line(seq chat.Seq, eid, cmid, text string) Logged {
	return Logged{seq, chat.Entry{
		EID: chat.EntryID(eid), CMID: chat.ClientMessageID(cmid), Kind: chat.KindMessage, Author: vic, Text: text,
	}}
}

func log3() []Logged {
	return []Logged{line(1, "e1", "c1", "one"), line(2, "e2", "c2", "two"), line(3, "e3", "c3", "three")}
}

func sent(cmid, text string) Event {
	return Event{What: Sent, Thread: room, CMID: chat.ClientMessageID(cmid), Text: text}
}

func answer(what What, cmid string, seq chat.Seq, eid string) Event {
	return Event{What: what, Thread: room, CMID: chat.ClientMessageID(cmid), Place: chat.Cursor{Seq: seq, EID: chat.EntryID(eid)}}
}

func applied(l Logged) Event {
	return Event{What: Applied, Thread: room, Place: chat.Cursor{Seq: l.Seq, EID: l.Entry.EID}, Entry: l.Entry}
}

func cut(common chat.Seq) Event {
	return Event{What: Reset, Thread: room, Place: chat.Cursor{Seq: common}}
}

func marked(who chat.Actor, delivered, seen chat.Seq) Event {
	return Event{What: Marked, Thread: room, Who: who, Marker: MarkerPair{delivered, seen}}
}

func writer(events ...Event) *ClientHistory {
	return &ClientHistory{Name: "vic", Person: vic, Events: events}
}

func reader(events ...Event) *ClientHistory {
	return &ClientHistory{Name: "ann", Person: ann, Events: append([]Event{{What: Followed, Thread: room}}, events...)}
}

// wrote is a writer to whom all went well.
func wrote() *ClientHistory {
	return writer(sent("c1", "one"), sent("c2", "two"), answer(Acked, "c1", 1, "e1"), sent("c3", "three"),
		answer(Acked, "c2", 2, "e2"), answer(Acked, "c3", 3, "e3"))
}

func readAll() *ClientHistory {
	l := log3()
	return reader(applied(l[0]), applied(l[1]), applied(l[2]))
}

func TestCheckerJudgesMessages(t *testing.T) {
	l := log3()
	alien := line(2, "x2", "", "alien")
	hidden := Logged{2, chat.Entry{EID: "e2", Kind: chat.KindHidden}}
	note := line(2, "e2", "c2", "secret")
	note.Entry.Note, note.Entry.Author = true, ann
	tests := []struct {
		name    string
		log     []Logged
		clients []*ClientHistory
		unquiet bool
		want    string // "rule: part of the text"; empty: nothing broken
	}{
		{name: "all is well", log: l, clients: []*ClientHistory{wrote(), readAll()}},
		{name: "read from the middle on", log: l, clients: []*ClientHistory{wrote(), reader(applied(l[1]), applied(l[2]))}},
		{name: "an empty thread", clients: []*ClientHistory{reader()}},
		{name: "a reset, then the new history", log: l, clients: []*ClientHistory{wrote(),
			reader(applied(l[0]), applied(alien), cut(1), applied(l[1]), applied(l[2]))}},
		{name: "behind in a run that was cut off", log: l, clients: []*ClientHistory{wrote(), reader(applied(l[0]))}, unquiet: true},
		{name: "unanswered in a run that was cut off", log: l, clients: []*ClientHistory{writer(sent("c1", "one"))}, unquiet: true},
		{name: "unanswered and kept", log: l[:1], clients: []*ClientHistory{writer(sent("c1", "one"))}, unquiet: true},
		{name: "truncated", log: l[1:], clients: []*ClientHistory{reader(
			Event{What: Truncated, Thread: room, Place: chat.Cursor{Seq: 2}}, applied(l[1]), applied(l[2]))}},
		{name: "repaired behind others", log: []Logged{line(1, "e1", "c1", "one"), line(2, "e3", "c3", "three"), line(3, "e2b", "c2", "two")},
			clients: []*ClientHistory{writer(sent("c1", "one"), answer(Acked, "c1", 1, "e1"), sent("c2", "two"), answer(Acked, "c2", 2, "e2"),
				sent("c3", "three"), answer(Acked, "c3", 2, "e3"), answer(Repaired, "c2", 0, ""), answer(Acked, "c2", 3, "e2b"))}},
		{name: "a note is hidden from visitors", log: []Logged{l[0], note}, clients: []*ClientHistory{
			{Name: "vic", Person: vic, Events: []Event{applied(l[0]), applied(hidden)}}}},

		{name: "acknowledged, not in the log", log: l[:2], clients: []*ClientHistory{wrote()}, want: "I1: c3"},
		{name: "acknowledged, log empty", clients: []*ClientHistory{wrote()}, want: "I1: not in the log"},
		{name: "acknowledged elsewhere", log: l, clients: []*ClientHistory{writer(sent("c1", "one"), answer(Acked, "c1", 2, "e2"))}, want: "I1: stands at 1/e1"},
		{name: "kept with another text", log: l, clients: []*ClientHistory{writer(sent("c1", "uno"), answer(Acked, "c1", 1, "e1"))}, want: "I1: kept as"},
		{name: "never answered", log: l, clients: []*ClientHistory{writer(sent("c9", "nine"))}, want: "I1: never answered"},
		{name: "another author's message does not count", log: []Logged{{1, chat.Entry{EID: "e1", CMID: "c1", Author: ann, Text: "one"}}},
			clients: []*ClientHistory{writer(sent("c1", "one"), answer(Acked, "c1", 1, "e1"))}, want: "I1: not in the log"},

		{name: "kept twice", log: append(log3(), line(4, "e4", "c2", "two")), clients: []*ClientHistory{wrote()}, want: "I2: c2"},
		{name: "one identity twice", log: append(log3(), line(4, "e2", "c4", "four")), want: "I2: entry id e2"},
		{name: "a hole in the log", log: []Logged{l[0], l[2]}, want: "I2: entry 3 follows"},
		{name: "applied twice", log: l, clients: []*ClientHistory{wrote(), reader(applied(l[0]), applied(l[0]), applied(l[1]), applied(l[2]))}, want: "I2: applied entry 1"},
		{name: "shown at two numbers", log: l, clients: []*ClientHistory{reader(applied(l[0]), applied(line(2, "e2", "c1", "one")), applied(l[2]))}, want: "I2: shows message c1"},

		{name: "a hole at a reader", log: l, clients: []*ClientHistory{reader(applied(l[0]), applied(l[2]))}, want: "I3: applied entry 3 where 2"},
		{name: "behind at the end", log: l, clients: []*ClientHistory{reader(applied(l[0]), applied(l[1]))}, want: "I3: up to 2"},
		{name: "has nothing at the end", log: l, clients: []*ClientHistory{reader()}, want: "I3: up to 0"},
		{name: "sent in another order", log: l, clients: []*ClientHistory{writer(sent("c2", "two"), sent("c1", "one"),
			answer(Acked, "c2", 2, "e2"), answer(Acked, "c1", 1, "e1"))}, want: "I3: c1"},
		{name: "after a reset not from the common point", log: l, clients: []*ClientHistory{
			reader(applied(l[0]), applied(alien), cut(1), applied(l[2]))}, want: "I3: applied entry 3 where 2"},

		{name: "keeps another entry", log: l, clients: []*ClientHistory{reader(applied(l[0]), applied(alien), applied(l[2]))}, want: "I4: keeps x2"},
		{name: "keeps more than the log", log: l[:2], clients: []*ClientHistory{readAll()}, want: "I4: the log ends at 2"},
		{name: "shows another text", log: l, clients: []*ClientHistory{reader(applied(l[0]), applied(line(2, "e2", "c2", "zwei")), applied(l[2]))}, want: "I4: shows entry 2"},
		{name: "refused and kept", log: l, clients: []*ClientHistory{writer(sent("c1", "one"), answer(Refused, "c1", 0, ""))}, want: "I4: was refused"},
		{name: "a visitor reads a note", log: []Logged{l[0], note}, clients: []*ClientHistory{
			{Name: "vic", Person: vic, Events: []Event{applied(l[0]), applied(note)}}}, want: "I4: shows entry 2"},

		{name: "markers rise", log: l, clients: []*ClientHistory{readAll(), reader(applied(l[0]), applied(l[1]), applied(l[2]),
			marked(vic, 1, 0), marked(vic, 2, 1), marked(vic, 2, 1), marked(ann, 1, 1), marked(vic, 3, 3))}},
		{name: "a marker falls", log: l, clients: []*ClientHistory{withMarks(marked(vic, 2, 2), marked(vic, 1, 1))}, want: "I5: fell from 2/2"},
		{name: "seen falls", log: l, clients: []*ClientHistory{withMarks(marked(vic, 2, 2), marked(vic, 3, 1))}, want: "I5: fell"},
		{name: "a marker above the top", log: l, clients: []*ClientHistory{withMarks(marked(vic, 4, 1))}, want: "I5: no entry is above 3"},
		{name: "a marker falls with a lost history", log: l, clients: []*ClientHistory{
			withMarks(marked(vic, 2, 2), Event{What: Forked, Thread: room}, marked(vic, 1, 1))}},
		{name: "seen and not delivered", log: l, clients: []*ClientHistory{withMarks(marked(vic, 1, 2))}, want: "I5: seen 2 and delivered 1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			found := Check(History{Clients: test.clients, Log: map[chat.ThreadID][]Logged{room: test.log}, Settled: !test.unquiet})
			expect(t, found, test.want)
		})
	}
}

func TestCheckerFindsWhatNobodySent(t *testing.T) {
	h := History{Clients: []*ClientHistory{writer(sent("c1", "one"))}, Log: map[chat.ThreadID][]Logged{room: log3()}, Alone: true}
	expect(t, Check(h), "I4: message c2 of visitor:vic, which nobody sent")
	h.Clients = []*ClientHistory{wrote()}
	expect(t, Check(h), "")
}

func withMarks(marks ...Event) *ClientHistory {
	c := readAll()
	c.Events = append(c.Events, marks...)
	return c
}

func expect(t *testing.T, found []Violation, want string) {
	t.Helper()
	if want == "" {
		if len(found) > 0 {
			t.Errorf("found %v", found)
		}
		return
	}
	rule, part, _ := strings.Cut(want, ": ")
	for _, v := range found {
		if v.Rule == rule && strings.Contains(v.Text, part) {
			return
		}
	}
	t.Errorf("wanted %q, found %v", want, found)
}

func at(seconds float64) time.Time { return t0.Add(time.Duration(seconds * float64(time.Second))) }

func saw(what What, seconds float64) Event { return Event{What: what, At: at(seconds), Who: vic} }

func agent(what What, seconds float64) Event { return Event{What: what, At: at(seconds), Who: ann} }

func agents(from, to float64) Life {
	l := life(from, to)
	l.Who = ann
	return l
}

func life(from, to float64) Life {
	l := Life{Who: vic, From: at(from)}
	if to > 0 {
		l.To = at(to)
	}
	return l
}

func TestCheckerJudgesPresence(t *testing.T) {
	bounds := PresenceBounds{ComeWithin: 2 * time.Second, Grace: 10 * time.Second, AgentGrace: 4 * time.Second, GoWithin: 30 * time.Second, End: at(1000)}
	sight := Event{What: Sighted, At: at(0)}
	tests := []struct {
		name  string
		lives []Life
		heard []Event
		want  string
	}{
		{"comes and goes", []Life{life(10, 100)}, []Event{sight, saw(SawCome, 11), saw(SawGo, 115)}, ""},
		{"stays", []Life{life(10, 0)}, []Event{sight, saw(SawCome, 11)}, ""},
		{"a short absence is not told", []Life{life(10, 100), life(105, 200)}, []Event{sight, saw(SawCome, 11), saw(SawGo, 215)}, ""},
		{"two connections", []Life{life(10, 100), life(50, 200)}, []Event{sight, saw(SawCome, 11), saw(SawGo, 215)}, ""},
		{"gone and back", []Life{life(10, 100), life(150, 0)}, []Event{sight, saw(SawCome, 11), saw(SawGo, 112), saw(SawCome, 151)}, ""},
		{"due after the end", []Life{life(10, 990)}, []Event{sight, saw(SawCome, 11)}, ""},
		{"nobody could hear", []Life{life(10, 100)}, []Event{sight, saw(SawCome, 11), {What: Blinded, At: at(90)}, {What: Sighted, At: at(200)}}, ""},
		{"came a moment ago", []Life{life(10, 100), life(120, 0)}, []Event{sight, saw(SawCome, 11), saw(SawGo, 121), saw(SawCome, 121.5)}, ""},
		{"came by while nobody looked", []Life{life(10, 10.5)}, []Event{sight, saw(SawCome, 10.2), saw(SawGo, 25)}, ""},

		{"coming not told", []Life{life(10, 0)}, []Event{sight}, "I6: came at"},
		{"coming told late", []Life{life(10, 0)}, []Event{sight, saw(SawCome, 13)}, "I6: came at"},
		{"going not told", []Life{life(10, 100)}, []Event{sight, saw(SawCome, 11)}, "I6: went at"},
		{"going told late", []Life{life(10, 100)}, []Event{sight, saw(SawCome, 11), saw(SawGo, 131)}, "I6: went at"},
		{"going told twice", []Life{life(10, 100)}, []Event{sight, saw(SawCome, 11), saw(SawGo, 112), saw(SawGo, 113)}, "I6: gone twice"},
		{"told gone while there", []Life{life(10, 0)}, []Event{sight, saw(SawCome, 11), saw(SawGo, 50)}, "I6: was there"},
		{"an agent told gone after his grace", []Life{agents(10, 100), agents(105, 0)}, []Event{sight, agent(SawCome, 11), agent(SawGo, 104.5), agent(SawCome, 105)}, ""},
		{"an agent told gone within his", []Life{agents(10, 100), agents(103, 0)}, []Event{sight, agent(SawCome, 11), agent(SawGo, 102)}, "I6: was there"},
		{"told gone within the grace", []Life{life(10, 100), life(105, 0)}, []Event{sight, saw(SawCome, 11), saw(SawGo, 103)}, "I6: was there"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			found := Check(History{
				Clients: []*ClientHistory{{Name: "ann", Person: ann, Events: test.heard}}, Lives: test.lives, Bounds: bounds,
			})
			expect(t, found, test.want)
		})
	}
}

func TestViolationsExplainThemselves(t *testing.T) {
	v := Violation{"I1", "vic", room, "message c1 is gone"}
	if got := fmt.Sprint(v); got != `I1 vic in thread "room": message c1 is gone` {
		t.Error(got)
	}
}
