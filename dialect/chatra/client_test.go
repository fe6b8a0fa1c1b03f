package chatra

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"confab/auth"
	"confab/chat"
	"confab/dialect/dialecttest"
	"confab/people"
	"confab/presence"
	"confab/store"
	"confab/store/storetest"
	"confab/wire"
)

// Proves CHATRA-REST-077 CHATRA-REST-081 CHATRA-REST-082 CHATRA-REST-083 CHATRA-REST-084 CHATRA-REST-085 CHATRA-REST-086 CHATRA-REST-087 CHATRA-REST-088 CHATRA-WH-073 CHATRA-WH-074 CHATRA-WH-075.
func TestEverythingThatIsKnownHasItsPlace(t *testing.T) {
	p := people.Profile{
		Visitor: store.Visitor{
			ID: "v", Thread: "thread", Level: people.Bound, Language: "en-US", Browser: "Chrome 45.0.2454", OS: "Windows 10", Address: "192.0.2.7",
		},
		Color: people.Color{Hex: "#ff8c00", Name: "Dark Orange"}, Group: "sales", UserAgent: "Mozilla/5.0", ChatLanguage: "en",
		Place:    people.Place{Country: "Norway", City: "Oslo"},
		ClientID: auth.NewSecret("a-secret-of-the-shop"),
		Visit: people.LatestVisit{StartedAt: 1, FinishedAt: 2, Pages: []presence.View{
			{URL: "https://shop.example/", Title: "Shop"}, {URL: "https://shop.example/tents"},
		}},
		Facts: people.Facts{Basic: map[string]string{"name": "Maya", "description": "Likes tents", "email": ""}},
	}
	const want = `{"id":"a-secret-of-the-shop","chatId":"thread","chatLink":"https://chat.example/console/chat/thread","groupId":"sales",` +
		`"color":"#ff8c00","ip":"192.0.2.7","browserLanguage":"en-US","chatLanguage":"en","browser":"Chrome 45.0.2454","os":"Windows 10",` +
		`"userAgent":"Mozilla/5.0","country":"Norway","city":"Oslo","latestVisit":{"startedAt":1,"finishedAt":2,"viewedPages":[` +
		`{"link":"https://shop.example/","title":"Shop"},{"link":"https://shop.example/tents","title":""}]},"displayedName":"Maya",` +
		`"basicInfo":{"name":"Maya","notes":"Likes tents"},"customFormData":{},"integrationData":{},"info":{"name":"Maya","notes":"Likes tents"}}`
	raw, err := json.Marshal(clientOf(&p, publicURL))
	if err != nil || string(raw) != want {
		t.Errorf("%v, %s\nwant %s", err, raw, want)
	}

	p.Group, p.Place, p.Visit.FinishedAt = "", people.Place{}, 0
	raw, err = json.Marshal(clientOf(&p, publicURL))
	if err != nil || strings.Contains(string(raw), "groupId") || strings.Contains(string(raw), "finishedAt") || strings.Contains(string(raw), "country") {
		t.Errorf("%v, %s", err, raw)
	}
}

// Proves CHATRA-REST-023.
func TestAVisitorIsFoundByTheIDHeHadBeforeHeWasBound(t *testing.T) {
	s := stage(t)
	page := chat.Page{URL: "https://shop.example/"}
	first := s.Guest("maya on her phone", wire.Proof{ClientID: "a-secret-of-the-shop"}, page, "")
	anonymous := s.Guest("maya", wire.Proof{}, page, "")
	s.Say("maya", chat.Draft{Text: "Hello?"})
	bound := s.Guest("maya, signed in", wire.Proof{Token: anonymous.Token, ClientID: "a-secret-of-the-shop"}, page, "")
	if bound.Visitor.ID != first.Visitor.ID || bound.Visitor.ID == anonymous.Visitor.ID {
		t.Fatalf("bound to %s, first %s, before %s", bound.Visitor.ID, first.Visitor.ID, anonymous.Visitor.ID)
	}
	for _, id := range []string{string(anonymous.Visitor.ID), string(first.Visitor.ID), "a-secret-of-the-shop"} {
		v, err := s.People.Client(t.Context(), dialecttest.Acme, id)
		if err != nil || v.ID != first.Visitor.ID || v.Thread != bound.Thread {
			t.Errorf("by %s: %s with %s, %v", id, v.ID, v.Thread, err)
		}
	}
}

// What binds a visitor is shown to his site's own systems only, and is not readable where it is kept.
func TestWhatBindsIsKeptSealed(t *testing.T) {
	s := stage(t)
	v := s.Guest("maya", wire.Proof{ClientID: "a-secret-of-the-shop"}, chat.Page{URL: "https://shop.example/"}, "")
	kept, err := s.Store.GetDoc(t.Context(), dialecttest.Acme, "contact", string(v.Contact))
	if err != nil || strings.Contains(string(kept.Data), "a-secret-of-the-shop") {
		t.Errorf("%v, %s", err, kept.Data)
	}
	again := s.Guest("maya", wire.Proof{ClientID: "a-secret-of-the-shop"}, chat.Page{URL: "https://shop.example/"}, "")
	if later, err := s.Store.GetDoc(t.Context(), dialecttest.Acme, "contact", string(again.Contact)); err != nil || later.Version != kept.Version {
		t.Errorf("it is sealed anew at every visit: %v, version %d after %d", err, later.Version, kept.Version)
	}
	known, err := s.People.Contact(t.Context(), dialecttest.Acme, v.Contact)
	raw, _ := json.Marshal(known)
	if err != nil || strings.Contains(string(raw), "a-secret-of-the-shop") || strings.Contains(string(raw), "binds") {
		t.Errorf("agents are shown it: %v, %s", err, raw)
	}
}

// Proves CHATRA-REST-019.
func TestATextHasItsLength(t *testing.T) {
	s := stage(t)
	v := s.Guest("maya", wire.Proof{}, chat.Page{URL: "https://shop.example/"}, "")
	for name, row := range map[string]struct {
		text string
		want int
	}{
		"as long as may": {strings.Repeat("é", 10000), 200},
		"escaped":        {strings.Repeat(`\ud83d\ude00`, 10000), 200},
		"too long":       {strings.Repeat("e", 10001), 400},
		"one":            {"e", 200},
		"with edges":     {"  e  ", 200},
		"empty":          {"", 400},
	} {
		got := ask(s, "POST", "/api/messages", `{"clientId":"`+string(v.Visitor.ID)+`","agentId":"acme-ann","text":"`+row.text+`"}`, keys)
		if got.Code != row.want {
			t.Errorf("%s: %d, want %d: %.200s", name, got.Code, row.want, got.Body)
		}
	}
	if got := ask(s, "POST", "/api/messages", `{"text":"`+strings.Repeat("e", 300<<10)+`"}`, keys); got.Code != 413 {
		t.Errorf("a body of 300 KiB: %d", got.Code)
	}
}

// ear hears what all nodes are told.
type ear chan store.Bell

func (e ear) Bell(_ chat.AccountID, b store.Bell) {
	b.Data = slices.Clone(b.Data) // valid only during the call
	e <- b
}
func (ear) Changed(chat.AccountID, []chat.ThreadID) {}
func (ear) Verify(chat.AccountID)                   {}

// Proves CHATRA-REST-073.
func TestEverybodyHearsOfAChangedClient(t *testing.T) {
	s := stage(t)
	v := s.Guest("maya", wire.Proof{}, chat.Page{URL: "https://shop.example/"}, "")
	bells, following := make(ear, 100), make(chan error, 1)
	storetest.Open(t, s.StoreURL, bells).Follow(dialecttest.Acme, func(err error) { following <- err })
	s.Await(following)
	if got := ask(s, "PUT", "/api/clients/"+string(v.Visitor.ID), `{"phone":"+47 123"}`, keys); got.Code != 200 {
		t.Fatalf("%d %s", got.Code, got.Body)
	}
	for {
		select {
		case b := <-bells:
			if b.Kind == store.BellPerson && strings.Contains(string(b.Data), string(v.Visitor.ID)) {
				return
			}
		case <-time.After(dialecttest.Patience):
			t.Fatal("nobody hears of it")
		}
	}
}
