package store

import (
	"reflect"
	"strings"
	"testing"
)

func TestBellsTravelUnchanged(t *testing.T) {
	first := Bell{Kind: BellTyping, Thread: "t1", Origin: "c1", Private: true, Conversation: "k1", Before: "e1", Data: []byte(`{"text":"a b\nc"}`)}
	second := Bell{Kind: BellVisitor, Data: []byte("{}")}
	for _, want := range [][]Bell{{first}, {first, second}, {second, first, second}} {
		var parts []string
		for _, b := range want {
			parts = append(parts, encodeBell(b))
		}
		if got, err := parseBells(strings.Join(parts, "\n")); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%+v, %v; want %+v", got, err, want)
		}
	}
}

func TestBellsBeforeABadOneRing(t *testing.T) {
	got, err := parseBells("T 0 - 0 - 0 - thread - -\n{}\nE 2 abc\n{}")
	if err == nil || len(got) != 1 || got[0].Thread != "thread" {
		t.Fatalf("%+v, %v", got, err)
	}
}

func FuzzBell(f *testing.F) {
	f.Add("E 2 abc 7 def 1 conv thread origin before\n{\"eid\":\"def\"}")
	f.Add("E 2 abc 7 def 1 conv thread origin before\n{\"eid\":\"def\"}\nT 0 - 0 - 0 - thread - -\n{}")
	f.Add("T 0 - 0 - 0 - thread - -\n{}")
	f.Add("E 2 abc\n")
	f.Add("E -1 - 0 - 0 - - - -\n")
	f.Fuzz(func(t *testing.T, payload string) {
		bells, err := parseBells(payload)
		if err == nil && len(bells) == 0 {
			t.Fatalf("%q rings nothing and is no error", payload)
		}
		for _, b := range bells {
			if b.N < 0 || b.Seq < 0 || strings.ContainsAny(string(b.Thread)+b.Origin+b.Prev+string(b.Before)+string(b.Data), "\n") {
				t.Fatalf("%q became %+v", payload, b)
			}
			if b.N == 0 && b.Kind < 0x80 && b.Prev == "" && b.Seq == 0 && b.EID == "" {
				if again, err := parseBells(encodeBell(b)); err != nil || len(again) != 1 || !reflect.DeepEqual(again[0], b) {
					t.Fatalf("%+v became %+v, %v", b, again, err)
				}
			}
		}
	})
}
