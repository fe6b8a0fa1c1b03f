package store

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"

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
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// contentHash is the part of an entry's checksum that is known before it has a number.
func contentHash(class string, raw []byte) string {
	h := sha1.New()
	h.Write([]byte(class + ":"))
	h.Write(raw)
	return hex.EncodeToString(h.Sum(nil)[:10])
}

// checksum covers number, class and content; append.lua makes the same. The number stands in it as it is: it is a
// second copy to compare with the entry's place, and costs Redis no hashing.
func checksum(seq, contentHash string) string { return seq + ":" + contentHash }

// parseLog reads the reply of XRANGE.
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
	var raw, sum, class, eid string
	for i := 0; i+1 < len(fields); i += 2 {
		name, _ := fields[i].(string)
		value, _ := fields[i+1].(string)
		switch name {
		case "e":
			raw = value
		case "s":
			sum = value
		case "p":
			class = value
		case "i":
			eid = value
		}
	}
	n := Numbered{Seq: chat.Seq(seq), EID: chat.EntryID(eid), Private: class == classPrivate, Raw: []byte(raw)}
	if checksum(number, contentHash(class, n.Raw)) != sum || !bytes.HasPrefix(n.Raw, eidPrefix(eid)) {
		s.metrics.damaged.Inc()
		n.Raw, n.Private = damaged(n.EID), false
	}
	return n
}

// eidPrefix is how the JSON of an entry with that id begins.
func eidPrefix(eid string) []byte { return []byte(`{"eid":"` + eid + `"`) }

func damaged(eid chat.EntryID) []byte {
	raw, _ := json.Marshal(struct { // two strings cannot fail
		EID  chat.EntryID `json:"eid"`
		Kind chat.Kind    `json:"kind"`
	}{eid, chat.KindDamaged})
	return raw
}
