package store

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"hash"
	"strconv"
	"strings"
	"sync"

	"confab/chat"
)

// Classes of entries in the log.
const (
	classPublic  = "0"
	classPrivate = "1"
	classVisitor = "v" // public, and a visitor's message: counts as unread
)

func classOf(e *chat.Entry) string {
	switch {
	case e.Private():
		return classPrivate
	case e.Kind == chat.KindMessage && e.Author.Kind == chat.Visitor && !e.Auto:
		return classVisitor
	}
	return classPublic
}

// bodyHash names what the author wrote, to tell a repetition from another text under the same id.
func bodyHash(e *chat.Entry) string {
	h := sha1.New()
	h.Write([]byte(strconv.FormatBool(e.Note) + strconv.FormatBool(e.Auto) + ":" + e.Text))
	if e.File != nil {
		h.Write([]byte("\x00file:" + string(e.File.ID))) // no text holds a NUL
	}
	if len(e.Choices) > 0 {
		h.Write([]byte("\x00choices:" + strings.Join(e.Choices, "\n")))
	}
	switch e.Kind {
	case chat.KindMessageEdited, chat.KindMessageDeleted:
		h.Write([]byte("\x00" + string(e.Kind) + ":" + string(e.Target)))
	case chat.KindConversationRated:
		h.Write([]byte("\x00" + string(e.Kind) + ":" + string(e.Conversation) + strconv.Itoa(e.Score) + e.Comment))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

const contentBytes = 10

// contentHash is the part of an entry's checksum that is known before it has a number.
func contentHash(class string, raw []byte) string {
	h := sha1.New()
	h.Write([]byte(class + ":"))
	h.Write(raw)
	return hex.EncodeToString(h.Sum(nil)[:contentBytes])
}

// checksum covers number, class and content; append.lua makes the same. The number stands in it as it is: it is a
// second copy to compare with the entry's place, and costs Redis no hashing.
func checksum(seq, contentHash string) string { return seq + ":" + contentHash }

// parseLog reads the reply of XRANGE. An entry of the log has one field, for each costs the reader a string of the reply:
// checksum, class, identity and JSON, between single spaces.
func (s *Store) parseLog(val any) []Numbered {
	rows, _ := val.([]any)
	entries := make([]Numbered, 0, len(rows))
	for _, row := range rows {
		if pair, ok := row.([]any); ok && len(pair) == 2 {
			id, _ := pair[0].(string)
			fields, _ := pair[1].([]any)
			entries = append(entries, s.parseEntry(id, fields))
		}
	}
	return entries
}

func (s *Store) parseEntry(id string, fields []any) Numbered {
	number, _, _ := strings.Cut(id, "-")
	seq, _ := strconv.ParseInt(number, 10, 64)
	var value string
	if len(fields) >= 2 {
		value, _ = fields[1].(string)
	}
	sum, value, _ := strings.Cut(value, " ")
	class, value, _ := strings.Cut(value, " ")
	eid, raw, _ := strings.Cut(value, " ")
	n := Numbered{Seq: chat.Seq(seq), EID: chat.EntryID(eid), Private: class == classPrivate, Raw: []byte(raw)}
	if !sealed(number, class, n.Raw, sum) || !begins(n.Raw, eid) {
		s.metrics.damaged.Inc()
		n.Raw, n.Private = damaged(n.EID), false
	}
	return n
}

// sealed tells whether sum is the checksum of an entry. It is made as contentHash and checksum make it, without
// allocating: when a node died, every entry of ten thousand threads is read at once.
func sealed(number, class string, raw []byte, sum string) bool {
	s := sealers.Get().(*sealer)
	defer sealers.Put(s)
	s.Reset()
	s.Write(append(append(s.text[:0], class...), ':'))
	s.Write(raw)
	content := s.Sum(s.sum[:0])[:contentBytes]
	return string(hex.AppendEncode(append(append(s.text[:0], number...), ':'), content)) == sum
}

// sealer is a hash with room for what it takes and gives: a number with a colon, a hash in hex, and a bare one.
type sealer struct {
	hash.Hash
	text [21 + 2*sha1.Size]byte
	sum  [sha1.Size]byte
}

var sealers = sync.Pool{New: func() any { return &sealer{Hash: sha1.New()} }}

// begins tells whether the JSON of an entry begins with that id.
func begins(raw []byte, eid string) bool {
	const before = `{"eid":"`
	rest, ok := bytes.CutPrefix(raw, []byte(before))
	return ok && len(rest) > len(eid) && string(rest[:len(eid)]) == eid && rest[len(eid)] == '"'
}

func damaged(eid chat.EntryID) []byte {
	raw, _ := json.Marshal(struct { // two strings cannot fail
		EID  chat.EntryID `json:"eid"`
		Kind chat.Kind    `json:"kind"`
	}{eid, chat.KindDamaged})
	return raw
}
