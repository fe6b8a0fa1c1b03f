package mail

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"confab/chat"
	"confab/outbox"
)

const (
	// oldest is how long ago an answer may have been given for a mail to tell of it: when mail is switched on, or after a long
	// outage, nobody is told of what is long past.
	oldest    = 24 * time.Hour
	keptTalks = 20 // conversations of a thread that are remembered
	keptAsked = 5  // addresses likewise
)

// state is what Encode remembers of a thread.
type state struct {
	Talks map[chat.ConversationID]*talk `json:"talks,omitempty"`
	Wrote chat.Seq                      `json:"wrote,omitempty"` // the visitor's newest message: until there he has seen all
	Asked []string                      `json:"asked,omitempty"` // marks of addresses that were asked to confirm, newest last
}

// talk is a conversation of the thread.
type talk struct {
	Mailed chat.Seq    `json:"mailed,omitempty"` // the newest entry that a mail told
	Last   chat.Seq    `json:"last,omitempty"`   // the newest answer that none did, 0 if there is none
	Since  chat.Millis `json:"since,omitempty"`  // when the first of these was given
}

func (t *talk) drop() { t.Last, t.Since = 0, 0 }

func (t *talk) newest() chat.Seq { return max(t.Mailed, t.Last) }

func parseState(raw json.RawMessage) (state, error) {
	var s state
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &s); err != nil {
			return s, fmt.Errorf("state of a thread's mail: %w", err)
		}
	}
	if s.Talks == nil {
		s.Talks = map[chat.ConversationID]*talk{}
	}
	return s, nil
}

func (s *state) encode() (json.RawMessage, error) {
	s.prune()
	raw, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("state of a thread's mail: %w", err)
	}
	return raw, nil
}

// prune forgets conversations that are long past.
func (s *state) prune() {
	ids := make([]chat.ConversationID, 0, len(s.Talks))
	for id, t := range s.Talks {
		if t.newest() == 0 {
			delete(s.Talks, id)
			continue
		}
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b chat.ConversationID) int { return int(s.Talks[a].newest() - s.Talks[b].newest()) })
	for _, id := range ids[:max(0, len(ids)-keptTalks)] {
		delete(s.Talks, id)
	}
	s.Asked = s.Asked[max(0, len(s.Asked)-keptAsked):]
}

// take notes an entry of the log.
func (s *state) take(e *outbox.Entry, now chat.Millis) {
	if e.Kind != chat.KindMessage || e.Private() || e.DeletedAt != 0 || e.Conversation == "" {
		return
	}
	switch {
	case e.Author.Kind == chat.Visitor:
		s.Wrote = e.Seq
	case isAnswer(&e.Entry) && now-e.At < chat.Millis(oldest.Milliseconds()):
		t := s.Talks[e.Conversation]
		if t == nil {
			t = &talk{}
			s.Talks[e.Conversation] = t
		}
		if t.Last == 0 {
			t.Since = e.At
		}
		t.Last = e.Seq
	}
}

// isAnswer tells whether a public message was written by one of the team.
func isAnswer(e *chat.Entry) bool { return isTeam(e.Author) && !e.Auto }

func isTeam(who chat.Actor) bool { return who.Kind == chat.Agent || who.Kind == chat.Integration }

// waiting are the conversations with answers that no mail told, the longest waiting first.
func (s *state) waiting() []chat.ConversationID {
	var ids []chat.ConversationID
	for id, t := range s.Talks {
		if t.Last != 0 {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b chat.ConversationID) int { return int(s.Talks[a].Last - s.Talks[b].Last) })
	return ids
}
