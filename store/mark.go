package store

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"

	"confab/chat"
)

//go:embed mark.lua
var markLua string

// Mark lets somebody's markers rise: never above the newest entry, never back. Seen counts as delivered too.
// changed tells whether one rose, which is then announced. done runs like Append's.
func (s *Store) Mark(account chat.AccountID, thread chat.ThreadID, who chat.Actor, delivered, seen chat.Seq, done func(changed bool, err error)) {
	person, err := json.Marshal(who)
	if err == nil {
		err = checkID("thread", string(thread))
	}
	if err != nil {
		done(false, fmt.Errorf("mark %s: %w", thread, err))
		return
	}
	isAgent := "0"
	if who.Kind == chat.Agent {
		isAgent = "1"
	}
	keys := []string{s.logKey(account, thread), s.threadKey(account, thread), s.markersKey(account, thread), s.feedKey(account), s.inboxKey(account)}
	s.submit(func(r []reply) {
		if r[0].err != nil {
			done(false, fmt.Errorf("mark %s: %w", thread, r[0].err))
			return
		}
		done(r[0].val == int64(1), nil)
	}, s.scripts.mark.call(keys, s.publish, s.feedChannel(account), string(thread), who.Key(), person,
		int64(max(delivered, 0)), int64(max(seen, 0)), s.ids.New(), isAgent))
}

// Markers reads how far everybody has got in a thread. done runs like Append's.
func (s *Store) Markers(account chat.AccountID, thread chat.ThreadID, done func([]Marker, error)) {
	s.submit(func(r []reply) {
		if r[0].err != nil {
			done(nil, fmt.Errorf("markers of %s: %w", thread, r[0].err))
			return
		}
		var markers []Marker
		for _, v := range texts(r[0].val) {
			if m, ok := parseMarker(v); ok {
				markers = append(markers, m)
			}
		}
		done(markers, nil)
	}, command("HVALS", s.markersKey(account, thread)))
}

// parseMarker reads "delivered seen json".
func parseMarker(v string) (m Marker, ok bool) {
	parts := strings.SplitN(v, " ", 3)
	if len(parts) != 3 || json.Unmarshal([]byte(parts[2]), &m.Who) != nil {
		return Marker{}, false
	}
	m.Delivered, m.Seen = chat.Seq(integer(parts[0])), chat.Seq(integer(parts[1]))
	return m, true
}
