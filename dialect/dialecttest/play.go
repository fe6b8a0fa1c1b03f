package dialecttest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"confab/chat"
	"confab/outbox"
	"confab/people"
	"confab/wire"
)

// Case is a file of testdata: what happens, step by step, and what is answered and told. Its name begins with the ids of the
// rows that it proves.
type Case struct {
	Name  string `json:"name"`
	Steps []Step `json:"steps"`
}

// Step is one thing that happens. Exactly one field is set, besides Answer, which belongs to Call, and Keep, to Call and Told.
type Step struct {
	Visitor *struct { // comes
		As        string    `json:"as"`
		ClientID  string    `json:"clientId"`
		Name      string    `json:"name"`
		Email     string    `json:"email"`
		Page      chat.Page `json:"page"`
		UserAgent string    `json:"userAgent"`
	} `json:"visitor"`
	Agent string `json:"agent"` // comes online: ann or ben
	Say   *struct {
		To   string `json:"to"` // whose thread
		By   string `json:"by"` // ann, ben, bot; the visitor himself if empty
		Text string `json:"text"`
		Auto bool   `json:"auto"`
		Note bool   `json:"note"`
		As   string `json:"as"` // keeps its id under this name

		Pushed  bool         `json:"pushed"`
		Offline bool         `json:"offline"` // left for later
		Group   chat.GroupID `json:"group"`
		Page    *chat.Page   `json:"page"`
		File    *chat.File   `json:"file"`
	} `json:"say"`
	Seen *struct {
		Of string `json:"of"`
		By string `json:"by"` // ann, ben; the visitor himself if empty
	} `json:"seen"`
	Layer *struct { // a page says something of its visitor
		Of      string          `json:"of"`
		Layer   string          `json:"layer"`
		Replace bool            `json:"replace"`
		Data    json.RawMessage `json:"data"`
	} `json:"layer"`
	Consent *struct {
		Of    string `json:"of"`
		Kind  string `json:"kind"`
		Value bool   `json:"value"`
	} `json:"consent"`
	Accept *On       `json:"accept"`
	Leave  *On       `json:"leave"`
	Close  *On       `json:"close"`
	Gone   string    `json:"gone"` // this visitor has been away for the grace time
	Person *struct { // keeps the contact's id of whom a site's server names so
		ID    string `json:"id"`
		Email string `json:"email"`
		As    string `json:"as"` // "": there must be nobody
	} `json:"person"`
	Rate *struct {
		By    string `json:"by"`
		Score int    `json:"score"`
	} `json:"rate"`
	Call *struct {
		Method  string            `json:"method"`
		Path    string            `json:"path"` // $names of what was kept are put in
		Headers map[string]string `json:"headers"`
		Body    any               `json:"body"` // JSON; $names likewise
		Raw     *string           `json:"raw"`  // instead of Body
		Times   int               `json:"times"`
	} `json:"call"`
	Answer *struct {
		Status  int               `json:"status"`
		Headers map[string]string `json:"headers"` // "*": any value; "": not there
		Body    any               `json:"body"`
	} `json:"answer"`
	Keep map[string]string `json:"keep"` // name to place in the answer, "data.id"
	Told *struct {
		Of     string `json:"of"`
		Events []any  `json:"events"`
	} `json:"told"`
	Acts
}

// On is something that an agent does to the conversation of a visitor.
type On struct {
	Of string `json:"of"`
	By string `json:"by"`
}

// Stage is what cases are played on: a world with the dialect's handlers registered, and its encoder if it has one.
type Stage struct {
	*World
	Encode func(outbox.Batch) (outbox.Encoded, error)
	// Answered takes what an address answers to an event; nil: the dialect has no answers.
	Answered func(outbox.Delivery, []byte) error
	Headers  map[string]string // of every call that does not name them
	// Check is shown every call with its answer, both read already; nil: nobody is.
	Check func(r *http.Request, sent []byte, res *http.Response, answered []byte)
}

// Play plays every case of testdata/*.json, each on a stage of its own.
func Play(t *testing.T, stage func(*testing.T) Stage) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases in testdata: %v", err)
	}
	for _, file := range files {
		for _, c := range readCases(t, file) {
			t.Run(c.Name, func(t *testing.T) {
				p := &player{Stage: stage(t), t: t, kept: map[string]any{}}
				for i, s := range c.Steps {
					p.at = fmt.Sprintf("%s: step %d", filepath.Base(file), i+1)
					p.step(s)
				}
			})
		}
	}
}

func readCases(t *testing.T, file string) []Case {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var cases []Case
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields() // a misspelt step would be none
	if err := d.Decode(&cases); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return cases
}

type player struct {
	Stage
	t    *testing.T
	at   string
	kept map[string]any
}

func (p *player) step(s Step) {
	p.t.Helper()
	switch {
	case s.Visitor != nil:
		v := s.Visitor
		if v.Page.URL == "" {
			v.Page = chat.Page{URL: "https://shop.example/tents", Title: "Tents"}
		}
		o := p.Guest(v.As, wire.Proof{ClientID: v.ClientID, Name: v.Name, Email: v.Email}, v.Page, v.UserAgent)
		p.kept[v.As], p.kept[v.As+".thread"] = string(o.Visitor.ID), string(o.Thread)
		p.kept[v.As+".no"] = float64(o.Visitor.No)
	case s.Agent != "":
		p.Arrive(s.Agent)
	case s.Say != nil:
		d := chat.Draft{Text: s.Say.Text, Auto: s.Say.Auto, Note: s.Say.Note}
		d.Pushed, d.Offline, d.Group, d.Page, d.File = s.Say.Pushed, s.Say.Offline, s.Say.Group, s.Say.Page, s.Say.File
		if s.Say.By != "" {
			d.Author = p.actor(s.Say.By)
		}
		p.kept[s.Say.As] = string(p.Say(s.Say.To, d))
	case s.Seen != nil:
		by := p.Self(s.Seen.Of)
		if s.Seen.By != "" {
			by = p.actor(s.Seen.By)
		}
		p.World.Seen(s.Seen.Of, by)
	case s.Layer != nil:
		p.must(p.People.Say(p.t.Context(), p.speaker(s.Layer.Of), s.Layer.Layer, s.Layer.Replace, s.Layer.Data))
	case s.Consent != nil:
		p.must(p.People.Consent(p.t.Context(), p.speaker(s.Consent.Of), chat.RequestID(p.IDs.New()), s.Consent.Kind, s.Consent.Value))
	case s.Rate != nil:
		v := p.World.Visitor(s.Rate.By)
		p.must(p.Desk.Rate(p.t.Context(), Acme, v.Thread, p.Conversation(s.Rate.By).ID, p.Self(s.Rate.By), chat.RequestID(p.IDs.New()), chat.Rating{Score: s.Rate.Score}))
	case s.Gone != "":
		p.must(p.Desk.VisitorGone(p.t.Context(), Acme, p.World.Visitor(s.Gone).Thread))
	case s.Person != nil:
		id, err := p.People.Named(p.t.Context(), Acme, people.Name{ID: s.Person.ID, Email: s.Person.Email})
		if s.Person.As != "" {
			p.must(err)
			p.kept[s.Person.As] = string(id)
		} else if !errors.Is(err, &chat.Refusal{Code: chat.NotFound}) {
			p.t.Fatalf("%s: %v, %v; want nobody", p.at, id, err)
		}
	case s.Call != nil:
		p.call(s)
	case s.Told != nil:
		events := p.World.Told(s.Told.Of, outbox.Target{ID: "target"}, p.Encode)
		have := make([]any, len(events))
		for i := range events {
			have[i] = events[i]
		}
		p.compare("told", s.Told.Events, have)
		for name, place := range s.Keep {
			p.kept[name] = find(have, place)
		}
	default:
		p.conversation(s)
	}
}

func (p *player) conversation(s Step) {
	p.t.Helper()
	var err error
	switch {
	case s.Accept != nil:
		_, err = p.Desk.Accept(p.t.Context(), Acme, p.Conversation(s.Accept.Of).ID, p.actor(s.Accept.By), nil)
	case s.Leave != nil:
		_, err = p.Desk.Leave(p.t.Context(), Acme, p.Conversation(s.Leave.Of).ID, p.actor(s.Leave.By), nil)
	case s.Close != nil:
		_, err = p.Desk.Close(p.t.Context(), Acme, p.Conversation(s.Close.Of).ID, p.actor(s.Close.By), nil, chat.AgentClosed)
	default:
		err = p.act(s.Acts)
	}
	p.must(err)
}

func (p *player) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatalf("%s: %v", p.at, err)
	}
}

func (p *player) speaker(name string) people.Speaker {
	v := p.World.Visitor(name)
	return people.Speaker{Account: Acme, Visitor: v.Visitor.ID, Contact: v.Contact}
}

func (p *player) actor(name string) chat.Actor {
	if name == "bot" {
		return chat.Actor{Kind: chat.Bot, ID: "bot", Name: "Robin"}
	}
	return p.World.Agent(name)
}

func (p *player) call(s Step) {
	p.t.Helper()
	for range max(s.Call.Times, 1) {
		body, _ := json.Marshal(p.fill(s.Call.Body))
		if s.Call.Raw != nil {
			body = []byte(p.fillText(*s.Call.Raw))
		} else if s.Call.Body == nil {
			body = nil
		}
		r := httptest.NewRequest(s.Call.Method, p.fillText(s.Call.Path), bytes.NewReader(body))
		for _, headers := range []map[string]string{p.Headers, s.Call.Headers} {
			for name, value := range headers {
				r.Header.Set(name, value)
				if name == "Host" {
					r.Host = value
				}
				if value == "" {
					r.Header.Del(name)
				}
			}
		}
		w := httptest.NewRecorder()
		p.Handler.ServeHTTP(w, r)
		p.answered(s, r, body, w.Result())
	}
}

func (p *player) answered(s Step, asked *http.Request, sent []byte, r *http.Response) {
	p.t.Helper()
	raw, err := io.ReadAll(r.Body)
	p.must(err)
	if s.Answer == nil {
		p.t.Fatalf("%s: a call without an answer", p.at)
	}
	if p.Check != nil {
		p.Check(asked, sent, r, raw)
	}
	if r.StatusCode != s.Answer.Status {
		p.t.Fatalf("%s: status %d, want %d: %s", p.at, r.StatusCode, s.Answer.Status, raw)
	}
	for name, want := range s.Answer.Headers {
		if have := r.Header.Get(name); want == "*" && have == "" || want != "*" && have != p.fillText(want) {
			p.t.Fatalf("%s: header %s is %q, want %q", p.at, name, have, want)
		}
	}
	var body any
	if len(raw) > 0 && json.Unmarshal(raw, &body) != nil {
		p.t.Fatalf("%s: answer %q is no JSON", p.at, raw)
	}
	if s.Answer.Body != nil {
		p.compare("answer", s.Answer.Body, body)
	}
	for name, place := range s.Keep {
		p.kept[name] = find(body, place)
	}
}

func find(body any, place string) any {
	for part := range strings.SplitSeq(place, ".") {
		switch at := body.(type) {
		case map[string]any:
			body = at[part]
		case []any:
			var i int
			if _, err := fmt.Sscan(part, &i); err != nil || i >= len(at) {
				return nil
			}
			body = at[i]
		default:
			return nil
		}
	}
	return body
}

func (p *player) compare(what string, want, have any) {
	p.t.Helper()
	if faults := match(what, want, have, p.kept); len(faults) > 0 {
		raw, _ := json.MarshalIndent(have, "", "  ")
		p.t.Fatalf("%s:\n%s\nin %s", p.at, strings.Join(faults, "\n"), raw)
	}
}

// fill puts what was kept into texts that name it.
func (p *player) fill(v any) any {
	switch v := v.(type) {
	case string:
		if value, ok := p.kept[strings.TrimPrefix(v, "$")]; ok && strings.HasPrefix(v, "$") {
			return value
		}
	case map[string]any:
		filled := map[string]any{}
		for name, value := range v {
			filled[name] = p.fill(value)
		}
		return filled
	case []any:
		filled := make([]any, len(v))
		for i := range v {
			filled[i] = p.fill(v[i])
		}
		return filled
	}
	return v
}

// fillText replaces ${name} and, standing between other characters of a path, $name.
func (p *player) fillText(text string) string {
	for name, value := range p.kept {
		text = strings.ReplaceAll(text, "${"+name+"}", fmt.Sprint(value))
	}
	return text
}
