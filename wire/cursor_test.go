package wire

import (
	"encoding/json"
	"testing"
)

func TestACursorIsANumberAndAnIdentity(t *testing.T) {
	for raw, want := range map[string]Cursor{
		`[0,""]`: {}, `[12,"d9nKoegKSjmCtyK78"]`: {Seq: 12, EID: "d9nKoegKSjmCtyK78"}, ` [ 1 , "a" ] `: {Seq: 1, EID: "a"},
	} {
		var got Cursor
		if err := json.Unmarshal([]byte(raw), &got); err != nil || got != want {
			t.Errorf("%s: got %v, %v", raw, got, err)
		}
	}
	for _, raw := range []string{`[]`, `[1]`, `[1,"a",2]`, `{"seq":1}`, `["1","a"]`, `[1.5,"a"]`, `[-1,"a"]`, `[1,2]`, `[9223372036854775808,"a"]`, `"1,a"`} {
		var got Cursor
		if err := json.Unmarshal([]byte(raw), &got); err == nil {
			t.Errorf("%s was taken for %v", raw, got)
		}
	}
}

// FuzzCursor holds that whatever is taken for a cursor is encoded to what is taken for the same cursor.
func FuzzCursor(f *testing.F) {
	for _, seed := range []string{`[0,""]`, `[12,"d9nKoegKSjmCtyK78"]`, `[1,"\u0000\ud800"]`, `null`, `[null,null]`, `[1e3,"a"]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var first, second Cursor
		if json.Unmarshal(raw, &first) != nil {
			return
		}
		if first.Seq < 0 {
			t.Fatalf("%q gave the number %d", raw, first.Seq)
		}
		again, err := json.Marshal(first)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(again, &second); err != nil || second != first {
			t.Fatalf("%q gave %v, encoded to %s, which gave %v, %v", raw, first, again, second, err)
		}
	})
}
