package faulttest

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"time"
)

const (
	bellBytes   = "*3\r\n$7\r\nmessage\r\n$4\r\nfeed\r\n$5\r\nhello\r\n"
	spareBytes  = "*3\r\n$7\r\nmessage\r\n$5\r\nprobe\r\n$1\r\n1\r\n"
	answerBytes = "*2\r\n:1\r\n$-1\r\n+OK\r\n$3\r\na\r\n\r\n*3\r\n$9\r\nsubscribe\r\n$4\r\nfeed\r\n:1\r\n"
)

// piece is what a filter passed, and how late.
type piece struct {
	text  string
	after time.Duration
}

// filtered sends text through a filter in portions of the given size.
func filtered(d Doorbells, text string, portion int) []piece {
	var passed []piece
	f := DoorbellFilter(rand.New(rand.NewPCG(1, 2)), func() Doorbells { return d }, func(channel []byte) bool { return string(channel) == "probe" })
	for b := []byte(text); len(b) > 0; {
		n := min(portion, len(b))
		f(b[:n], func(p []byte, after time.Duration) { passed = append(passed, piece{string(p), after}) })
		b = b[n:]
	}
	return passed
}

func together(pieces []piece) string {
	var b bytes.Buffer
	for _, p := range pieces {
		b.WriteString(p.text)
	}
	return b.String()
}

func TestDoorbellFilterTouchesNothingButBells(t *testing.T) {
	text := answerBytes + bellBytes + spareBytes + answerBytes
	for portion := 1; portion <= len(text); portion++ {
		if got := together(filtered(Doorbells{}, text, portion)); got != text {
			t.Fatalf("in portions of %d: %q", portion, got)
		}
		if got := together(filtered(Doorbells{Drop: 1}, text, portion)); got != answerBytes+spareBytes+answerBytes {
			t.Fatalf("all bells dropped, in portions of %d: %q", portion, got)
		}
	}
}

func TestDoorbellFilterDoublesAndDelays(t *testing.T) {
	double := filtered(Doorbells{Double: 1}, bellBytes, 7)
	if len(double) != 2 || double[0] != double[1] || double[0] != (piece{bellBytes, 0}) {
		t.Errorf("doubled: %v", double)
	}
	late := filtered(Doorbells{Delay: 1, MaxDelay: time.Second}, answerBytes+bellBytes, 100)
	for _, p := range late {
		if isBell := p.text == bellBytes; isBell != (p.after > 0) || p.after >= time.Second {
			t.Errorf("%q is late by %v", p.text, p.after)
		}
	}
}

func TestDoorbellFilterUnderstandsPushes(t *testing.T) {
	push := ">3\r\n$8\r\nsmessage\r\n$4\r\nfeed\r\n$0\r\n\r\n"
	if got := filtered(Doorbells{Drop: 1}, push+"%1\r\n+a\r\n*1\r\n:2\r\n", 5); together(got) != "%1\r\n+a\r\n*1\r\n:2\r\n" {
		t.Errorf("passed %v", got)
	}
}
