package store

import (
	"errors"
	"strconv"
	"strings"

	"confab/chat"
)

// A bell travels as one header line of fields between single spaces, "-" for what is empty, then its data:
//
//	kind n prev seq eid private conversation thread origin before\ndata
//
// Data is JSON on one line, and bells that ring together follow each other with one more line feed between them.
// append.lua and mark.lua write the same.
const bellFields = 10

var errBell = errors.New("this is no bell")

// bellTail is the part of the header that is known before the bell is numbered.
func bellTail(b Bell) string {
	private := "0"
	if b.Private {
		private = "1"
	}
	return private + " " + dash(string(b.Conversation)) + " " + dash(string(b.Thread)) + " " + dash(b.Origin)
}

// encodeBell is for bells without a number.
func encodeBell(b Bell) string {
	return string(rune(b.Kind)) + " 0 - 0 - " + bellTail(b) + " " + dash(string(b.Before)) + "\n" + string(b.Data)
}

func dash(field string) string {
	if field == "" {
		return "-"
	}
	return field
}

func undash(field string) string {
	if field == "-" {
		return ""
	}
	return field
}

// parseBells reads what came over the bus: those before the first that is none. Unknown kinds are for the listener to
// ignore.
func parseBells(payload string) ([]Bell, error) {
	bells := make([]Bell, 0, 1+strings.Count(payload, "\n")/2)
	for {
		header, rest, ok := strings.Cut(payload, "\n")
		if !ok {
			return bells, errBell
		}
		data, next, more := strings.Cut(rest, "\n")
		b, err := parseBell(header, data)
		if err != nil {
			return bells, err
		}
		bells = append(bells, b)
		if !more {
			return bells, nil
		}
		payload = next
	}
}

func parseBell(header, data string) (Bell, error) {
	var f [bellFields]string
	for i := range f {
		field, rest, more := strings.Cut(header, " ")
		if field == "" || more != (i < bellFields-1) {
			return Bell{}, errBell
		}
		f[i], header = field, rest
	}
	n, errN := strconv.ParseInt(f[1], 10, 64)
	seq, errSeq := strconv.ParseInt(f[3], 10, 64)
	if len(f[0]) != 1 || errN != nil || errSeq != nil || n < 0 || seq < 0 {
		return Bell{}, errBell
	}
	return Bell{
		Kind: BellKind(f[0][0]), N: n, Prev: undash(f[2]), Seq: chat.Seq(seq), EID: chat.EntryID(undash(f[4])),
		Private: f[5] == "1", Conversation: chat.ConversationID(undash(f[6])), Thread: chat.ThreadID(undash(f[7])),
		Origin: undash(f[8]), Before: chat.EntryID(undash(f[9])), Data: []byte(data),
	}, nil
}
