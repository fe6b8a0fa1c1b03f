package wire

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"confab/chat"
)

const someText = `"cmid":"abcdefgh","text":"hi"`

func TestEveryFrameOfAClientIsReadAsItsType(t *testing.T) {
	off := false
	at := func(seq chat.Seq, eid chat.EntryID) Cursor { return Cursor{Seq: seq, EID: eid} }
	five := at(5, "e5")
	for raw, want := range map[string]any{
		`{"t":"ping"}`: &Ping{TypePing},
		` { "x" : [1,{"y":null}] , "t" : "ping" } `:                           &Ping{TypePing},
		`{"t":"send","thread":"T",` + someText + `,"note":true,"auto":false}`: &Send{T: TypeSend, Thread: "T", CMID: "abcdefgh", Text: "hi", Note: true},
		`{"text":"\u00e5\ud83d\ude00\n\/","cmid":"abcdefgh","t":"send"}`:      &Send{T: TypeSend, CMID: "abcdefgh", Text: "å😀\n/"},
		`{"t":"send","cmid":"abcdefgh","text":"\ud83d!"}`:                     &Send{T: TypeSend, CMID: "abcdefgh", Text: "\uFFFD!"},
		`{"t":"send","cmid":"abcdefgh","text":"\ud83d\u0041"}`:                &Send{T: TypeSend, CMID: "abcdefgh", Text: "\uFFFDA"},
		`{"\u0074":"ping"}`: &Ping{TypePing},
		`{"t":"subscribe","thread":"T","cursor":[5,"e5"],"known":[[4,"e4"],[1,"e1"]]}`: &Subscribe{TypeSubscribe, "T", &five, []Cursor{at(4, "e4"), at(1, "e1")}},
		`{"t":"subscribe","thread":"T","cursor":null}`:                                 &Subscribe{T: TypeSubscribe, Thread: "T"},
		`{"t":"unsubscribe","thread":"T"}`:                                             &Unsubscribe{TypeUnsubscribe, "T"},
		`{"t":"history","before":13}`:                                                  &History{T: TypeHistory, Before: 13, Limit: chat.Limits.HistoryPage},
		`{"t":"history","thread":"T","before":0,"limit":7}`:                            &History{TypeHistory, "T", 0, 7},
		`{"t":"typing","on":true,"text":"x"}`:                                          &Typing{T: TypeTyping, On: true, Text: "x"},
		`{"t":"seen","seq":9007199254740991}`:                                          &Mark{T: TypeSeen, Seq: 1<<53 - 1},
		`{"t":"delivered","thread":"T","seq":2}`:                                       &Mark{TypeDelivered, "T", 2},
		`{"t":"page","url":"https://a.test/","title":"A"}`:                             &Page{TypePage, chat.Page{URL: "https://a.test/", Title: "A"}},
		`{"t":"auth","agent":{"token":"x"},"inbox":true,"presence":false}`:             &Auth{T: TypeAuth, Agent: &AgentProof{"x"}, Inbox: true, Presence: &off},
		`{"t":"auth","account":"acme","visitor":{"token":"k","id":"7","hmac":"ff","jwt":"j","clientId":"c","email":"a@b","name":"N"},"page":{"url":"u"},"device":{"language":"en","timezone":"Z","screen":"1x1"},"cursor":[0,""],"known":[]}`: &Auth{
			T: TypeAuth, Account: "acme", Visitor: &Proof{Token: "k", ID: "7", HMAC: "ff", JWT: "j", ClientID: "c", Email: "a@b", Name: "N"},
			Page: &chat.Page{URL: "u"}, Device: &Device{Language: "en", Timezone: "Z", Screen: "1x1"}, Cursor: &Cursor{},
		},
	} {
		_, got, err := Decode([]byte(raw))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s\n got %+v, %v\nwant %+v", raw, got, err, want)
		}
	}
}

func TestAWrongFrameIsRefusedWithItsFieldAtFault(t *testing.T) {
	deep := strings.Repeat(`{"a":`, chat.Limits.FrameDepth) + "1" + strings.Repeat("}", chat.Limits.FrameDepth)
	long := func(n int) string { return strings.Repeat("x", n) }
	many := `[` + strings.Repeat(`[1,"e"],`, chat.Limits.KnownCursors) + `[1,"e"]]`
	keys := ""
	for i := range maxKeys {
		keys += `"k` + strings.Repeat("i", i) + `":1,`
	}
	for _, c := range []struct {
		raw   string
		code  chat.Code
		field string
	}{
		{``, chat.BadFrame, ""},
		{`null`, chat.BadFrame, ""},
		{`[]`, chat.BadFrame, ""},
		{`"t"`, chat.BadFrame, ""},
		{`{`, chat.BadFrame, ""},
		{`{}`, chat.BadFrame, "t"},
		{`{"t":7}`, chat.BadFrame, "t"},
		{`{"T":"ping"}`, chat.BadFrame, "t"},
		{`{"t":"ping"}{}`, chat.BadFrame, ""},
		{`{"t":"ping",}`, chat.BadFrame, ""},
		{`{"t":"ping" "x":1}`, chat.BadFrame, ""},
		{`{"t":"ping","x":01}`, chat.BadFrame, ""},
		{`{"t":"ping","x":1.}`, chat.BadFrame, ""},
		{`{"t":"ping","x":+1}`, chat.BadFrame, ""},
		{`{"t":"ping","x":"\x"}`, chat.BadFrame, ""},
		{`{"t":"ping","x":"\u12g4"}`, chat.BadFrame, ""},
		{"{\"t\":\"ping\",\"x\":\"\n\"}", chat.BadFrame, ""},
		{`{"t":"ping","t":"ping"}`, chat.BadFrame, ""},
		{`{"t":"ping","\u0074":"ping"}`, chat.BadFrame, ""},
		{`{"t":"ping","x":{"a":1,"a":2}}`, chat.BadFrame, ""},
		{`{"t":"ping","x":` + deep + `}`, chat.BadFrame, ""},
		{`{"t":"ping","x":` + strings.Repeat("[", 30000) + `}`, chat.BadFrame, ""},
		{`{` + keys + `"t":"ping"}`, chat.BadFrame, ""},
		{`{"t":"dance"}`, chat.UnknownType, "t"},
		{`{"t":"hello"}`, chat.UnknownType, "t"},
		{`{"t":"send","text":"x"}`, chat.MissingField, "cmid"},
		{`{"t":"send","cmid":"abcdefgh"}`, chat.MissingField, "text"},
		{`{"t":"send","cmid":"abcdefgh","text":"  "}`, chat.MissingField, "text"},
		{`{"t":"send","cmid":"abcdefgh","text":7}`, chat.BadField, "text"},
		{`{"t":"send","cmid":"abcdefgh","text":"\u0000"}`, chat.BadField, "text"},
		{`{"t":"send","cmid":"abc","text":"x"}`, chat.BadField, "cmid"},
		{`{"t":"send","cmid":"abcdefg!","text":"x"}`, chat.BadField, "cmid"},
		{`{"t":"send","cmid":["abcdefgh"],"text":"x"}`, chat.BadField, "cmid"},
		{`{"t":"send",` + someText + `,"note":"yes"}`, chat.BadField, "note"},
		{`{"t":"send","cmid":"abcdefgh","text":"` + long(chat.Limits.TextRunes+1) + `"}`, chat.TooLong, "text"},
		{`{"t":"subscribe"}`, chat.MissingField, "thread"},
		{`{"t":"subscribe","thread":"T","cursor":[1]}`, chat.BadField, "cursor"},
		{`{"t":"subscribe","thread":"T","cursor":[-1,"e"]}`, chat.BadField, "cursor"},
		{`{"t":"subscribe","thread":"T","cursor":[9223372036854775808,"e"]}`, chat.BadField, "cursor"},
		{`{"t":"subscribe","thread":"T","cursor":[1.5,"e"]}`, chat.BadField, "cursor"},
		{`{"t":"subscribe","thread":"T","cursor":[1,"e",2]}`, chat.BadField, "cursor"},
		{`{"t":"subscribe","thread":"T","cursor":{"seq":1}}`, chat.BadField, "cursor"},
		{`{"t":"subscribe","thread":"T","known":[[1,"e"],2]}`, chat.BadField, "known"},
		{`{"t":"subscribe","thread":"T","known":` + many + `}`, chat.TooLong, "known"},
		{`{"t":"subscribe","thread":"` + long(200) + `"}`, chat.TooLong, "thread"},
		{`{"t":"history"}`, chat.MissingField, "before"},
		{`{"t":"history","before":1e999}`, chat.BadField, "before"},
		{`{"t":"history","before":1,"limit":0}`, chat.BadField, "limit"},
		{`{"t":"history","before":1,"limit":51}`, chat.BadField, "limit"},
		{`{"t":"typing"}`, chat.MissingField, "on"},
		{`{"t":"typing","on":true,"text":"` + long(chat.Limits.TypingPreviewRunes+1) + `"}`, chat.TooLong, "text"},
		{`{"t":"seen"}`, chat.MissingField, "seq"},
		{`{"t":"seen","seq":"1"}`, chat.BadField, "seq"},
		{`{"t":"page"}`, chat.MissingField, "url"},
		{`{"t":"page","url":"` + long(chat.Limits.PageURLBytes+1) + `"}`, chat.TooLong, "url"},
		{`{"t":"auth","agent":{}}`, chat.MissingField, "agent.token"},
		{`{"t":"auth","agent":"x"}`, chat.BadField, "agent"},
		{`{"t":"auth","account":"a","visitor":{"jwt":"` + long(5000) + `"}}`, chat.TooLong, "visitor.jwt"},
		{`{"t":"auth","account":"a","visitor":{"name":true}}`, chat.BadField, "visitor.name"},
		{`{"t":"auth","account":"a","page":{"title":"x"}}`, chat.MissingField, "page.url"},
	} {
		_, _, err := Decode([]byte(c.raw))
		var r *chat.Refusal
		if !errors.As(err, &r) || r.Code != c.code || r.Field != c.field || r.Message == "" {
			t.Errorf("%.90s: got %#v, want %s %q", c.raw, err, c.code, c.field)
		}
	}
}

func TestARefusedSendStillTellsItsMessageID(t *testing.T) {
	_, frame, err := Decode([]byte(`{"t":"send","cmid":"abcdefgh","text":""}`))
	if send, ok := frame.(*Send); err == nil || !ok || send.CMID != "abcdefgh" {
		t.Fatalf("got %+v, %v", frame, err)
	}
}

// FuzzDecode: whatever comes, the decoder does not panic, refuses with a typed error, and accepts only what the
// standard library calls JSON, reading the same out of it.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"t":"send","thread":"T","cmid":"abcdefgh","text":"h\u00e5\ud83d\ude00"}`, `{"t":"auth","account":"a","visitor":{"token":"x"},"cursor":[1,"e"]}`,
		`{"t":"subscribe","thread":"T","known":[[4,"e4"],[1,"e1"]]}`, `{"t":"ping","x":[[[]]],"y":-0.1e+5}`, `{"t":"seen","seq":1e2}`,
		`{"t":"page","url":"\""}`, `{"t":"history","before":3,"limit":9}`, `{"t":"typing","on":false}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if !utf8.Valid(raw) {
			return
		}
		kind, frame, err := Decode(raw)
		if err != nil {
			var r *chat.Refusal
			if !errors.As(err, &r) || r.Message == "" {
				t.Fatalf("untyped error %v", err)
			}
			return
		}
		if !json.Valid(raw) {
			t.Fatalf("accepted what is not JSON: %q", raw)
		}
		if send, ok := frame.(*Send); ok {
			var same map[string]any
			if err := json.Unmarshal(raw, &same); err != nil || same["text"] != send.Text || same["cmid"] != string(send.CMID) || kind != TypeSend {
				t.Fatalf("read %+v out of %q (%v)", send, raw, err)
			}
		}
	})
}

func BenchmarkDecodeSend(b *testing.B) {
	raw := []byte(`{"t":"send","thread":"a2B3c4D5e6F7g8H9i","cmid":"Zk3nTq0x8VwJrL2mXb9aYg","text":"` + strings.Repeat("Hello you. ", 11) + `"}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := Decode(raw); err != nil {
			b.Fatal(err)
		}
	}
}
