package jivo

import (
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"confab/account"
	"confab/chat"
	"confab/dialect/dialecttest"
	"confab/outbox"
	"confab/people"
	"confab/wire"
)

func encoderOf(w *dialecttest.World) *Encoder {
	return NewEncoder(EncoderOptions{Store: w.Store, Desk: w.Desk, Accounts: w.Accounts, People: w.People, PublicURL: "https://chat.example"})
}

// described is openapi.yaml.
func described(t *testing.T) *openapi3.T {
	t.Helper()
	raw, err := os.ReadFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromData(raw)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(loader.Context); err != nil {
		t.Fatal(err)
	}
	return doc
}

// check holds an event against the description of its kind.
func check(t *testing.T, doc *openapi3.T, e outbox.Event) {
	t.Helper()
	item := doc.Webhooks[e.Type]
	if item == nil {
		t.Fatalf("%s is not described", e.Type)
	}
	var body any
	if err := json.Unmarshal(e.Body, &body); err != nil {
		t.Fatal(err)
	}
	schema := item.Post.RequestBody.Value.Content["application/json"].Schema.Value
	if err := schema.VisitJSON(body, openapi3.EnableJSONSchema2020()); err != nil {
		t.Errorf("%s is not as described: %v\n%s", e.Type, err, e.Body)
	}
}

func TestCases(t *testing.T) {
	doc, seen := described(t), map[string]bool{}
	dialecttest.Play(t, func(t *testing.T) dialecttest.Stage {
		w := dialecttest.New(t)
		e := encoderOf(w)
		return dialecttest.Stage{
			World: w,
			Encode: func(b outbox.Batch) (outbox.Encoded, error) {
				made, err := e.Encode(w.T.Context(), b)
				for _, one := range made.Events {
					seen[one.Type] = true
					check(t, doc, one)
				}
				return made, err
			},
			Answered: func(d outbox.Delivery, body []byte) error {
				return e.Answered(w.T.Context(), w.Account(), d, body)
			},
		}
	})
	if got, want := slices.Sorted(maps.Keys(seen)), slices.Sorted(maps.Keys(doc.Webhooks)); !slices.Equal(got, want) {
		t.Errorf("the cases tell %v, described are %v", got, want)
	}
}

// Proves JIVO-WH-037 JIVO-WH-038 JIVO-WH-039 JIVO-WH-041 JIVO-WH-042 JIVO-WH-043 JIVO-WH-044 JIVO-WH-045 JIVO-WH-046 JIVO-WH-047 JIVO-WH-048 JIVO-WH-049.
func TestWhereAVisitorIsAndWhatBroughtHimStandsInTheSession(t *testing.T) {
	p := people.Profile{
		Place:     people.Place{Country: "Norway", CountryCode: "NO", Region: "Vestland", RegionCode: "46", City: "Bergen", Latitude: "60.39", Longitude: "5.32", Organization: "Uninett"},
		UTM:       people.UTM{Source: "google", Medium: "cpc", Campaign: "tents <3", Term: "tent"},
		UserAgent: "Mozilla/5.0",
	}
	p.Visitor.Address = "192.0.2.7"
	raw, err := json.Marshal(sessionOf(&p))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"geoip":{"region_code":"46","country":"Norway","country_code":"NO","region":"Vestland","city":"Bergen","latitude":"60.39","longitude":"5.32","organization":"Uninett"},` +
		`"utm":"source=google|medium=cpc|campaign=tents \u003c3|term=tent","utm_json":{"source":"google","campaign":"tents \u003c3","medium":"cpc","term":"tent"},"ip_addr":"192.0.2.7","user_agent":"Mozilla/5.0"}`
	if string(raw) != want {
		t.Errorf("%s\nwant %s", raw, want)
	}
}

// Proves JIVO-WH-002 JIVO-WH-008 JIVO-WH-009 JIVO-WH-010.
func TestATryIsJSONOfTenSecondsAndMadeSixTimesAtMost(t *testing.T) {
	r := (&Encoder{}).Rules()
	if r.ContentType != "application/json; charset=utf-8" || r.Timeout != 10*time.Second || len(r.Pauses) != 5 || !slices.IsSorted(r.Pauses) {
		t.Errorf("%+v", r)
	}
	for status, again := range map[int]bool{408: true, 429: true, 500: true, 503: true, 301: false, 307: false, 400: false, 404: false, 410: false} {
		if r.Repeats(status) != again {
			t.Errorf("%d is tried again: %v", status, !again)
		}
	}
	if h, err := (&Encoder{}).Headers(account.Webhook{}, outbox.Delivery{}, time.Now()); err != nil || len(h) != 0 {
		t.Errorf("%v, %v", http.Header(h), err)
	}
}

// scene is a world with a visitor who says hello, and what is told of it.
type scene struct {
	*dialecttest.World
	*Encoder
}

func newScene(t *testing.T) scene {
	w := dialecttest.New(t)
	w.Guest("maya", wire.Proof{}, chat.Page{URL: "https://shop.example/"}, "")
	w.Say("maya", chat.Draft{Text: "hello"})
	return scene{w, encoderOf(w)}
}

func (s scene) told(target outbox.Target) (names []string) {
	s.T.Helper()
	for _, e := range s.Told("maya", target, func(b outbox.Batch) (outbox.Encoded, error) { return s.Encode(s.T.Context(), b) }) {
		names = append(names, e["event_name"].(string))
	}
	return names
}

func (s scene) must(err error) {
	s.T.Helper()
	if err != nil {
		s.T.Fatal(err)
	}
}

func TestWhatHappenedBeforeTheAddressWasThereIsNotTold(t *testing.T) {
	s := newScene(t)
	_, err := s.Desk.Accept(t.Context(), dialecttest.Acme, s.Conversation("maya").ID, s.Agent("ann"), nil)
	s.must(err)
	target := outbox.Target{ID: "late", Since: s.Conversation("maya").AcceptedAt + 1}
	if got := s.told(target); len(got) != 0 {
		t.Errorf("told %v", got)
	}
	v := s.Visitor("maya")
	s.must(s.People.Say(t.Context(), people.Speaker{Account: dialecttest.Acme, Visitor: v.Visitor.ID}, wire.LayerBasic, false, []byte(`{"name":"Maya"}`)))
	if got := s.told(target); !slices.Equal(got, []string{chatUpdated}) {
		t.Errorf("told %v", got)
	}
}

func TestAnEncodingThatWasLostIsMadeAgainAlike(t *testing.T) {
	s := newScene(t)
	_, err := s.Desk.Accept(t.Context(), dialecttest.Acme, s.Conversation("maya").ID, s.Agent("ann"), nil)
	s.must(err)
	v, twice := s.Visitor("maya"), 0
	again := func(b outbox.Batch) (outbox.Encoded, error) {
		first, err := s.Encode(t.Context(), b)
		s.must(err)
		second, err := s.Encode(t.Context(), b)
		twice += len(second.Events)
		if len(first.Events) != len(second.Events) || string(first.State) != string(second.State) {
			t.Errorf("%s\n%s", first.State, second.State)
		}
		for i := range first.Events {
			if string(first.Events[i].Body) != string(second.Events[i].Body) {
				t.Errorf("%s\n%s", first.Events[i].Body, second.Events[i].Body)
			}
		}
		return second, err
	}
	s.Told("maya", outbox.Target{}, again)
	s.must(s.People.Say(t.Context(), people.Speaker{Account: dialecttest.Acme, Visitor: v.Visitor.ID}, wire.LayerBasic, false, []byte(`{"name":"Maya"}`)))
	s.Told("maya", outbox.Target{}, again)
	if twice != 2 {
		t.Errorf("%d events", twice)
	}
}

// Proves JIVO-WH-020.
func TestTheWidgetIsTheChannelThatTheVisitorCameThrough(t *testing.T) {
	s := newScene(t)
	second := account.ChannelSpec{WidgetID: "acme-second"}
	_, err := s.Accounts.Update(t.Context(), account.AccountSpec{ID: dialecttest.Acme, Channels: []account.ChannelSpec{second}})
	s.must(err)
	v := s.Visitor("maya")
	for _, channel := range []string{"", "acme-second"} {
		_, err = s.People.Open(t.Context(), s.Account(), wire.Proof{Token: v.Token}, wire.Device{Channel: channel}, "", "")
		s.must(err)
		s.Say("maya", chat.Draft{Text: "call me", Offline: true})
		want := channel
		if want == "" {
			want = "acme-shop"
		}
		for _, e := range s.Told("maya", outbox.Target{}, func(b outbox.Batch) (outbox.Encoded, error) { return s.Encode(t.Context(), b) }) {
			if e["widget_id"] != want {
				t.Errorf("widget_id is %v, want %s", e["widget_id"], want)
			}
		}
	}
}

func TestOfWhoWasErasedNothingIsTold(t *testing.T) {
	s := newScene(t)
	_, err := s.Desk.Accept(t.Context(), dialecttest.Acme, s.Conversation("maya").ID, s.Agent("ann"), nil)
	s.must(err)
	b := outbox.Batch{Account: s.Account(), Thread: s.Visitor("maya").Thread, Visitor: "nobody"}
	id := s.Conversation("maya").ID
	for i, kind := range []chat.Kind{chat.KindConversationStarted, chat.KindConversationAccepted, chat.KindConversationClosed} {
		b.Entries = append(b.Entries, outbox.Entry{Seq: chat.Seq(i + 1), Entry: chat.Entry{Kind: kind, Conversation: id, Author: s.Agent("ann")}})
	}
	if made, err := s.Encode(t.Context(), b); err != nil || len(made.Events) != 0 {
		t.Errorf("%d events, %v", len(made.Events), err)
	}
}

func TestABindThatNobodyTookIsUndoneWithTheReason(t *testing.T) {
	w := dialecttest.New(t)
	e := encoderOf(w)
	w.Guest("maya", wire.Proof{Name: "Maya"}, chat.Page{URL: "https://shop.example/"}, "")
	w.Say("maya", chat.Draft{Text: "hello"})
	ann := w.Agent("ann")
	id := w.Conversation("maya").ID
	const card = "https://crm.example/7"
	for _, err := range []error{
		func() error { _, err := w.Desk.Accept(t.Context(), dialecttest.Acme, id, ann, nil); return err }(),
		func() error {
			_, err := w.Desk.Card(t.Context(), dialecttest.Acme, id, ann, chat.Card{URL: card, Assign: true})
			return err
		}(),
		func() error { _, err := w.Desk.Link(t.Context(), dialecttest.Acme, id, ann, nil, card); return err }(),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	var bound outbox.Event
	w.Told("maya", outbox.Target{ID: "target"}, func(b outbox.Batch) (outbox.Encoded, error) {
		made, err := e.Encode(t.Context(), b)
		for _, event := range made.Events {
			if event.Type == chatAssigned {
				bound = event
			}
		}
		return made, err
	})
	d := outbox.Delivery{ID: "d", Target: "target", Type: bound.Type, Body: bound.Body, Conversation: bound.Conversation}
	for range 2 { // it may be told twice
		if err := e.GivenUp(t.Context(), w.Account(), d, "It answered 500."); err != nil {
			t.Fatal(err)
		}
	}
	if c := w.Conversation("maya"); c.LinkedTo != "" || c.Card == nil || c.Card.Error != "It answered 500." {
		t.Errorf("the conversation is tied to %q, its card is %+v", c.LinkedTo, c.Card)
	}
}
