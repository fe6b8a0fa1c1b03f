package chat

import (
	"crypto/rand"
	"io"
)

// Every id is text. Ids made here have 17 characters of an alphabet without look-alikes, about 98 random bits:
// nobody guesses one, and they fit wherever a foreign API asks for 17 characters.
type (
	AccountID      string
	AgentID        string
	GroupID        string
	VisitorID      string
	ContactID      string
	ThreadID       string
	ConversationID string
	EpisodeID      string

	// EntryID names one entry of a log for ever, whatever number it bears. Made by the server, never reused.
	EntryID string
	// ClientMessageID is made by the author's client when the person presses send, and repeated on every retry.
	ClientMessageID string
	// RequestID is made by a client for what is asked of the server, and repeated on every retry.
	RequestID string
	// FileID names an uploaded file.
	FileID string
)

const (
	idLength   = 17
	idAlphabet = "23456789ABCDEFGHJKLMNPQRSTWXYZabcdefghijkmnopqrstuvwxyz"
)

// IDs makes new ids from a source of random bytes. Safe for concurrent use if the source is.
type IDs struct{ random io.Reader }

// NewIDs returns a maker that draws from random; nil stands for crypto/rand.
func NewIDs(random io.Reader) IDs {
	if random == nil {
		random = rand.Reader
	}
	return IDs{random}
}

// New returns a fresh id. It panics only if the source of randomness fails, for nothing can be right after that.
func (m IDs) New() string {
	const limit = 256 - 256%len(idAlphabet) // rejecting above it keeps every character equally likely
	id := make([]byte, 0, idLength)
	var buf [idLength * 2]byte
	for {
		if _, err := io.ReadFull(m.random, buf[:]); err != nil {
			panic("chat: no randomness: " + err.Error())
		}
		for _, b := range buf {
			if int(b) >= limit {
				continue
			}
			id = append(id, idAlphabet[int(b)%len(idAlphabet)])
			if len(id) == idLength {
				return string(id)
			}
		}
	}
}
