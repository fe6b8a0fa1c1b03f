package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf8"

	"confab/chat"
)

type sample struct {
	Text string         `json:"text"`
	Seq  int64          `json:"seq"`
	Note bool           `json:"note"`
	More map[string]any `json:"more"`
}

func decodeText(body string) (sample, error) {
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	return decode[sample](&call{w: httptest.NewRecorder(), r: r})
}

func TestBodiesAreRefusedWithACodeAndTheField(t *testing.T) {
	for name, c := range map[string]struct {
		body  string
		code  chat.Code
		field string
	}{
		"no JSON":                {`text=a`, chat.BadFrame, ""},
		"cut":                    {`{"text":"a`, chat.BadFrame, ""},
		"two values":             {`{"text":"a"} {"text":"b"}`, chat.BadFrame, ""},
		"something behind":       {`{"text":"a"}x`, chat.BadFrame, ""},
		"a list":                 {`["text"]`, chat.BadFrame, ""},
		"null":                   {`null`, chat.BadFrame, ""},
		"text alone":             {`"text"`, chat.BadFrame, ""},
		"a byte order mark":      {"\ufeff{}", chat.BadFrame, ""},
		"not UTF-8":              {"{\"text\":\"\xff\"}", chat.BadFrame, ""},
		"unknown field":          {`{"text":"a","role":"admin"}`, chat.BadField, "role"},
		"another case":           {`{"Text":"a"}`, chat.BadField, "Text"},
		"twice":                  {`{"text":"a","text":"b"}`, chat.BadField, "text"},
		"twice by an escape":     {`{"text":"a","\u0074ext":"b"}`, chat.BadField, "text"},
		"twice further in":       {`{"more":{"a":1,"a":2}}`, chat.BadField, "a"},
		"wrong kind":             {`{"text":5}`, chat.BadField, "text"},
		"an object for a text":   {`{"text":{}}`, chat.BadField, "text"},
		"a fraction":             {`{"seq":1.5}`, chat.BadField, "seq"},
		"a number beyond all":    {`{"seq":1e999}`, chat.BadField, "seq"},
		"400 digits":             {`{"seq":` + strings.Repeat("9", 400) + `}`, chat.BadField, "seq"},
		"too deep":               {`{"more":` + strings.Repeat(`[`, 8) + strings.Repeat(`]`, 8) + `}`, chat.BadFrame, ""},
		"deep for ever":          {strings.Repeat(`{"more":`, 8_000), chat.BadFrame, ""},
		"too wide":               {`{"more":{` + many(65) + `}}`, chat.BadFrame, ""},
		"half a surrogate":       {`{"text":"\ud83d"}`, chat.BadFrame, ""},
		"the other half":         {`{"text":"\ude00"}`, chat.BadFrame, ""},
		"two first halves":       {`{"text":"\ud83d\ud83d"}`, chat.BadFrame, ""},
		"too long":               {`{"text":"` + strings.Repeat("a", maxBody) + `"}`, chat.TooLarge, ""},
		"a control character":    {"{\"text\":\"a\nb\"}", chat.BadFrame, ""},
		"a number with a plus":   {`{"seq":+1}`, chat.BadFrame, ""},
		"a comma too many":       {`{"text":"a",}`, chat.BadFrame, ""},
		"a name without a value": {`{"text"}`, chat.BadFrame, ""},
	} {
		_, err := decodeText(c.body)
		var refusal *chat.Refusal
		if !errors.As(err, &refusal) || refusal.Code != c.code || refusal.Field != c.field {
			t.Errorf("%s: %v (field %q), want %s (field %q)", name, err, field(err), c.code, c.field)
		}
	}
}

func field(err error) string {
	var refusal *chat.Refusal
	if errors.As(err, &refusal) {
		return refusal.Field
	}
	return ""
}

func many(n int) string {
	fields := make([]string, n)
	for i := range fields {
		fields[i] = `"k` + strings.Repeat("x", i) + `":1`
	}
	return strings.Join(fields, ",")
}

func TestBodiesAreTakenAsTheyAreWritten(t *testing.T) {
	for body, want := range map[string]sample{
		``:                                     {},
		` {} `:                                 {},
		`{"text":"\ud83d\ude00 \\ud800 \"{"}`:  {Text: "😀 \\ud800 \"{"},
		`{"note":true,"seq":9007199254740991}`: {Note: true, Seq: 9007199254740991},
		`{"text":null}`:                        {},
	} {
		got, err := decodeText(body)
		if err != nil || got.Text != want.Text || got.Note != want.Note || got.Seq != want.Seq {
			t.Errorf("%s: %+v, %v", body, got, err)
		}
	}
}

func TestAnExpensiveBodyCostsLittle(t *testing.T) {
	worst := map[string]string{
		"names":   `{"more":{` + many(64) + `}}`,
		"escapes": `{"text":"` + strings.Repeat(`\u0041`, maxBody/6-4) + `"}`,
		"list":    `{"more":{"a":[` + strings.Repeat(`1,`, maxBody/2-20) + `1]}}`,
	}
	for name, body := range worst {
		quickest := time.Hour
		for range 3 { // what else this machine does is not measured
			started := time.Now()
			if _, err := decodeText(body); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			quickest = min(quickest, time.Since(started))
		}
		if quickest > 500*time.Millisecond {
			t.Errorf("%s took %v", name, quickest)
		}
	}
}

func TestABodyMustSayThatItIsPlainJSON(t *testing.T) {
	for kind, ok := range map[string]bool{
		"application/json": true, "Application/JSON; charset=UTF-8": true, "": false, "text/plain": false,
		"application/json; charset=utf-16": false, "application/x-www-form-urlencoded": false, "application/json;;": false,
	} {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(`{"text":"a"}`))
		if kind != "" {
			r.Header.Set("Content-Type", kind)
		}
		_, err := decode[sample](&call{w: httptest.NewRecorder(), r: r})
		if (err == nil) != ok {
			t.Errorf("%q: %v", kind, err)
		}
		if err != nil && !errors.Is(err, &chat.Refusal{Code: chat.Unsupported}) {
			t.Errorf("%q: %v", kind, err)
		}
	}
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(`{}`))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Content-Encoding", "gzip")
	if _, err := decode[sample](&call{w: httptest.NewRecorder(), r: r}); !errors.Is(err, &chat.Refusal{Code: chat.Unsupported}) {
		t.Errorf("a compressed body: %v", err)
	}
}

func TestABodyThatBreaksOffIsRefused(t *testing.T) {
	broken := io.MultiReader(strings.NewReader(`{"text":`), iotest.ErrReader(io.ErrUnexpectedEOF))
	r := httptest.NewRequest(http.MethodPost, "/", broken)
	r.Header.Set("Content-Type", "application/json")
	if _, err := decode[sample](&call{w: httptest.NewRecorder(), r: r}); !errors.Is(err, &chat.Refusal{Code: chat.BadFrame}) {
		t.Error(err)
	}
}

// endless never stops and counts what was taken of it.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	e.read += len(p)
	return copy(p, bytes.Repeat([]byte(" "), len(p))), nil
}

func TestABodyWithoutEndIsLeftUnread(t *testing.T) {
	body := &endless{}
	r := httptest.NewRequest(http.MethodPost, "/", body)
	r.Header.Set("Content-Type", "application/json")
	if _, err := decode[sample](&call{w: httptest.NewRecorder(), r: r}); !errors.Is(err, &chat.Refusal{Code: chat.TooLarge}) {
		t.Error(err)
	}
	if body.read > 2*maxBody {
		t.Errorf("%d bytes were read", body.read)
	}
}

func FuzzBody(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"text":"a","seq":1,"note":true}`, `{"more":{"a":[1,"x",null]}}`, `{"text":"a","text":"b"}`, `[[[[[[[[[[`, `{"text":"\ud83d\ude00"}`,
		`{"text":"\ud800"}`, "\xff", `{"seq":1e999}`, `{"a":{"b":{"c":{}}}} x`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		got, err := decodeText(body)
		if err == nil {
			checkTaken(t, body, got)
			return
		}
		var refusal *chat.Refusal
		if !errors.As(err, &refusal) {
			t.Fatalf("%q: an error that is no refusal: %v", body, err)
		}
		if k := kindOf(refusal.Code); k.status < 400 || k.status >= 500 {
			t.Fatalf("%q: status %d", body, k.status)
		}
	})
}

// checkTaken holds a body that was taken against what any other reader of JSON would understand.
func checkTaken(t *testing.T, body string, got sample) {
	if body == "" {
		return
	}
	var other map[string]any
	if err := json.Unmarshal([]byte(body), &other); err != nil || !utf8.ValidString(body) {
		t.Fatalf("%q was taken, but %v", body, err)
	}
	if text, ok := other["text"].(string); ok && text != got.Text {
		t.Fatalf("%q: text %q, other readers find %q", body, got.Text, text)
	}
	for name := range other {
		switch name {
		case "text", "seq", "note", "more":
		default:
			t.Fatalf("%q: the unknown field %q was taken", body, name)
		}
	}
}
