package chat

// BestScore is the best of a Rating's scores; the worst is 1.
const BestScore = 5

// Rating is what a visitor thinks of a conversation.
type Rating struct {
	Score   int    `json:"score"` // 1 to BestScore
	Comment string `json:"comment,omitempty"`
	At      Millis `json:"at"`
}

// Rate decides about a visitor's judgement of c, a conversation of his thread: one that is closed, or in which an agent has
// been. A later judgement replaces the one before.
func Rate(c *Conversation, by Actor, id ClientMessageID, r Rating, f Fresh, now Millis) (Change, error) {
	switch {
	case by.Kind != Visitor:
		return Change{}, Refuse(Forbidden, "Only visitors rate conversations.")
	case r.Score < 1 || r.Score > BestScore:
		return Change{}, &Refusal{BadField, "A score is 1 to 5.", "score"}
	case c.Open() && c.AcceptedAt == 0:
		return Change{}, Refuse(Forbidden, "No agent has been in this conversation yet.")
	}
	r.Comment, r.At = Clean(r.Comment, Limits.TextRunes), now
	next := c.clone()
	next.Rating = &r
	return Change{Next: next, Entries: []Entry{{
		EID: f.EID(), CMID: id, Kind: KindConversationRated, Author: by, At: now,
		Conversation: c.ID, Score: r.Score, Comment: r.Comment,
	}}}, nil
}
