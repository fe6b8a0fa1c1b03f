package chat

// AmendWithin is how long after writing it an agent may change or take back a message.
const AmendWithin Millis = 24 * 60 * 60 * 1000

// Amendment is the wish to change a message that stands in the log, or to take it back. The log keeps what was; an entry
// of its own says what is.
type Amendment struct {
	By  Actor
	Any bool // By may amend what others wrote: an admin
	// Scope is which conversations By sees; nil: all. Who does not see all amends messages of the conversation that he names, and no
	// others of its thread.
	Scope  *Scope
	Within ConversationID // that was named; "" if only the message was
	Target Entry          // as it stands; DeletedAt says that it was taken back
	CMID   ClientMessageID
	Text   string // what an edit makes of it
}

// Edit decides about giving a message another text. What was taken back stays so.
func Edit(a Amendment, f Fresh, now Millis) (Change, error) {
	if err := a.allowed(now); err != nil {
		return Change{}, err
	}
	if a.Target.DeletedAt != 0 {
		return Change{}, ErrDeleted()
	}
	if a.Target.File == nil || a.Text != "" {
		if err := CheckText(a.Text); err != nil {
			return Change{}, err
		}
	}
	return a.entry(KindMessageEdited, f, now), nil
}

// Delete decides about taking a message back. Taking back what was changes nothing.
func Delete(a Amendment, f Fresh, now Millis) (Change, error) {
	if err := a.allowed(now); err != nil {
		return Change{}, err
	}
	if a.Target.DeletedAt != 0 {
		return Change{}, nil
	}
	a.Text = ""
	return a.entry(KindMessageDeleted, f, now), nil
}

// ErrDeleted refuses what cannot be done to a message that was taken back.
func ErrDeleted() error { return Refuse(NotFound, "This message was deleted.") }

func (a *Amendment) allowed(now Millis) error {
	switch {
	case a.Target.Kind != KindMessage, a.Scope != nil && (a.Within == "" || a.Target.Conversation != a.Within):
		return Refuse(NotFound, "There is no such message.")
	case a.By.Kind == Integration:
		return nil
	case a.By.Kind != Agent:
		return Refuse(Forbidden, "Only agents change messages.")
	case !a.Any && a.Target.Author.Key() != a.By.Key():
		return Refuse(Forbidden, "Only an admin changes what others wrote.")
	case now-a.Target.At > AmendWithin:
		return Refuse(Forbidden, "This message is older than a day.")
	}
	return nil
}

// entry is in the target's conversation, whichever is open now, and as private as the target.
func (a *Amendment) entry(kind Kind, f Fresh, now Millis) Change {
	return Change{Entries: []Entry{{
		EID: f.EID(), CMID: a.CMID, Kind: kind, Author: a.By, At: now,
		Conversation: a.Target.Conversation, Note: a.Target.Note, Target: a.Target.EID, Text: a.Text,
	}}}
}
