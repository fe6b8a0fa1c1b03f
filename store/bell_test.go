package store

import (
	"reflect"
	"strings"
	"testing"
)

func TestABellTravelsUnchanged(t *testing.T) {
	want := Bell{Kind: BellTyping, Thread: "t1", Origin: "c1", Private: true, Conversation: "k1", Before: "e1", Data: []byte("{\"text\":\"a b\\nc\"}\nmore")}
	got, err := parseBell(encodeBell(want))
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("%+v, %v", got, err)
	}
}

func FuzzBell(f *testing.F) {
	f.Add("E 2 abc 7 def 1 conv thread origin before\n{\"eid\":\"def\"}")
	f.Add("T 0 - 0 - 0 - thread - -\n{}")
	f.Add("E 2 abc\n")
	f.Add("E -1 - 0 - 0 - - - -\n")
	f.Fuzz(func(t *testing.T, payload string) {
		b, err := parseBell(payload)
		if err != nil {
			return
		}
		if b.N < 0 || b.Seq < 0 || strings.ContainsAny(string(b.Thread)+b.Origin+b.Prev+string(b.Before), " \n") {
			t.Fatalf("%q became %+v", payload, b)
		}
		if b.N == 0 && b.Kind < 0x80 && b.Prev == "" && b.Seq == 0 && b.EID == "" {
			if again, err := parseBell(encodeBell(b)); err != nil || !reflect.DeepEqual(again, b) {
				t.Fatalf("%+v became %+v, %v", b, again, err)
			}
		}
	})
}
