package people

import (
	"context"
	"encoding/json"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/maxmind/mmdbwriter/mmdbtype"
	"go.uber.org/zap"

	"confab/account"
	"confab/chat"
	"confab/geo"
	"confab/geo/geotest"
	"confab/presence"
	"confab/store/storetest"
	"confab/wire"
)

// atlas knows two addresses.
func atlas(t *testing.T) *geo.Places {
	t.Helper()
	places, err := geo.Open(geotest.Write(t, filepath.Join(t.TempDir(), "city.mmdb"), "city", map[string]mmdbtype.Map{
		"192.0.2.0/24": geotest.City("Oslo", "Oslo County", "NO"), "198.51.100.0/24": geotest.City("Berlin", "Berlin", "DE"),
	}))
	if err != nil {
		t.Fatal(err)
	}
	return places
}

const (
	fromOslo    = "192.0.2.1"
	fromBerlin  = "198.51.100.1"
	fromNowhere = "203.0.113.1"
	chrome      = "Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/45.0.2454.85 Safari/537.36"
)

// site is a room in which visitors come and go, in a bubble whose clock the store goes by.
type site struct {
	room
	t *testing.T
}

func inBubble(t *testing.T, test func(t *testing.T, s *site)) {
	t.Helper()
	places := atlas(t)
	synctest.Test(t, func(t *testing.T) {
		e, reach := storetest.Memory(t)
		kept := storetest.Open(t, e.URL(), nil, reach)
		here := presence.New(presence.Options{Store: kept, Node: "a", Log: zap.NewNop(), VisitorGrace: time.Minute})
		ctx, stop := context.WithCancel(context.Background())
		var running sync.WaitGroup
		running.Go(func() { here.Run(ctx) })
		t.Cleanup(func() { stop(); running.Wait() })
		p := New(Options{Store: kept, Presence: here, Places: places, IDs: chat.NewIDs(nil), Log: zap.NewNop()})
		test(t, &site{room{p, kept}, t})
	})
}

// come opens a visitor and makes him present on a page, as a socket does.
func (s *site) come(proof wire.Proof, address, page string) Opened {
	s.t.Helper()
	o, err := s.Open(s.t.Context(), acme, proof, wire.Device{Language: "de-CH"}, chrome, address)
	if err != nil {
		s.t.Fatal(err)
	}
	done := make(chan error, 1)
	v := o.Visitor
	s.o.Presence.Enter(presence.Arrival{
		Account: acme.ID, Person: presence.Person{Kind: chat.Visitor, ID: string(v.ID)}, Connection: string(v.ID),
		Visitor: &presence.VisitorInfo{Thread: o.Thread, Page: acme.Privacy.View(chat.Page{URL: page, Title: "T"}), Contact: VisitsOf(&v), Place: v.Place},
	}, func(err error) { done <- err })
	if err := <-done; err != nil {
		s.t.Fatal(err)
	}
	return o
}

func (s *site) leave(o Opened) {
	s.o.Presence.Leave(acme.ID, presence.Person{Kind: chat.Visitor, ID: string(o.Visitor.ID)}, string(o.Visitor.ID))
}

func (s *site) view(o Opened, page string) {
	s.t.Helper()
	done := make(chan error, 1)
	s.o.Presence.View(acme.ID, o.Visitor.ID, acme.Privacy.View(chat.Page{URL: page, Title: "T"}), func(err error) { done <- err })
	if err := <-done; err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) profile(o Opened) Profile {
	s.t.Helper()
	p, err := s.Profile(s.t.Context(), acme, o.Visitor.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

// shown is a contact as it is told in JSON.
func (s *site) shown(id chat.ContactID) map[string]any {
	s.t.Helper()
	c, err := s.Contact(s.t.Context(), acme.ID, id)
	if err != nil {
		s.t.Fatal(err)
	}
	raw, err := json.Marshal(c)
	if err != nil {
		s.t.Fatal(err)
	}
	var shown map[string]any
	if err := json.Unmarshal(raw, &shown); err != nil {
		s.t.Fatal(err)
	}
	return shown
}

func (s *site) expect(step string, id chat.ContactID, want map[string]any) {
	s.t.Helper()
	got := s.shown(id)
	for name, value := range want {
		if at, ok := value.(time.Time); ok {
			value = float64(at.UnixMilli())
		}
		if got[name] != value {
			s.t.Errorf("%s: %s is %v, want %v", step, name, got[name], value)
		}
	}
}

// Proves ATTR-012 ATTR-013 ATTR-014 ATTR-015 ATTR-016 ATTR-020.
func TestAContactTellsWhatIsCountedOfItsVisits(t *testing.T) {
	inBubble(t, func(t *testing.T, s *site) {
		proof := wire.Proof{ID: "7", HMAC: sign(acme, "7")}
		began := time.Now()
		a := s.come(proof, fromOslo, "https://acme.test/")
		id := a.Visitor.Contact
		s.expect("just come", id, map[string]any{
			"totalVisits": 1.0, "lastVisitedAt": began, "lastActivityAt": began, "totalTimeSpent": 0.0, "city": "Oslo", "country": "Norway",
		})
		time.Sleep(10 * time.Minute) // of the bubble's clock, as below
		s.view(a, "https://acme.test/a")
		s.expect("ten minutes later", id, map[string]any{"totalVisits": 1.0, "lastVisitedAt": began.Add(10 * time.Minute), "totalTimeSpent": 600.0})
		time.Sleep(20 * time.Minute)
		b := s.come(proof, fromBerlin, "https://acme.test/b") // another device
		if b.Visitor.ID == a.Visitor.ID || b.User.TotalVisits != 1 || b.User.City != "Oslo" {
			t.Fatalf("the other device is %+v", b.User)
		}
		s.expect("on another device", id, map[string]any{
			"totalVisits": 1.0, "lastActivityAt": began.Add(30 * time.Minute), "totalTimeSpent": 1800.0, "city": "Berlin", "country": "Germany",
		})
		s.leave(a)
		s.leave(b)
		time.Sleep(30 * time.Minute)
		again := s.come(wire.Proof{ID: "7", HMAC: sign(acme, "7"), Token: a.Token}, fromNowhere, "https://acme.test/")
		if u := again.User; u.TotalVisits != 2 || u.LastVisitAt != chat.At(time.Now()) || u.LastActiveAt < u.LastVisitAt || u.TotalSeconds != 1800 {
			t.Errorf("he himself is told %+v", u)
		}
		s.expect("the next visit, from nobody knows where", id, map[string]any{
			"totalVisits": 2.0, "lastVisitedAt": began.Add(time.Hour), "totalTimeSpent": 1800.0, "city": "Berlin",
		})
		time.Sleep(time.Minute)
		s.view(again, "https://acme.test/z")
		u, _, err := s.User(t.Context(), again.speaker(), again.Level)
		if err != nil || u.TotalVisits != 2 || u.TotalSeconds != 1860 || u.Country != "Germany" || u.LastVisitAt != chat.At(time.Now()) {
			t.Errorf("then %+v (%v)", u, err)
		}
	})
}

func TestWhoLogsInBringsHisVisitsAlong(t *testing.T) {
	inBubble(t, func(t *testing.T, s *site) {
		known := s.come(wire.Proof{ID: "7", HMAC: sign(acme, "7")}, fromOslo, "https://acme.test/")
		s.leave(known)
		time.Sleep(31 * time.Minute)
		nobody := s.come(wire.Proof{}, fromBerlin, "https://acme.test/land?utm_source=ad")
		if nobody.User.TotalVisits != 1 {
			t.Fatalf("of somebody new is told %+v", nobody.User)
		}
		time.Sleep(5 * time.Minute)
		in := s.come(wire.Proof{Token: nobody.Token, ID: "7", HMAC: sign(acme, "7")}, fromBerlin, "https://acme.test/account")
		if in.User.TotalVisits != 2 || in.Visitor.ID != nobody.Visitor.ID {
			t.Errorf("when he logs in: %+v", in.User)
		}
		s.expect("then", in.Visitor.Contact, map[string]any{"totalVisits": 2.0, "totalTimeSpent": 300.0, "city": "Berlin"})
		s.view(nobody, "https://acme.test/tab of before") // by a tab that does not know it yet
		p := s.profile(in)
		var pages []string
		for _, v := range p.Visit.Pages {
			pages = append(pages, v.URL)
		}
		want := []string{"https://acme.test/land?utm_source=ad", "https://acme.test/account", "https://acme.test/tab%20of%20before"}
		if !slices.Equal(pages, want) || p.UTM.Source != "ad" {
			t.Errorf("the visit has the pages %q, the campaign %+v", pages, p.UTM)
		}
	})
}

// A profile is what other systems are told of a visitor.
func TestAProfileHoldsTheWholeVisitOfAPerson(t *testing.T) {
	inBubble(t, func(t *testing.T, s *site) {
		proof := wire.Proof{ID: "7", HMAC: sign(acme, "7")}
		phone := s.come(proof, fromOslo, "https://acme.test/old")
		s.leave(phone)
		time.Sleep(31 * time.Minute)
		began := chat.At(time.Now())
		phone = s.come(wire.Proof{ID: "7", HMAC: sign(acme, "7"), Token: phone.Token}, fromOslo, "https://acme.test/1")
		time.Sleep(time.Minute)
		laptop := s.come(proof, fromBerlin, "https://acme.test/2?utm_source=news&utm_medium=mail")
		time.Sleep(time.Minute)
		s.view(phone, "https://acme.test/3?utm_source=late")
		if err := s.Choose(t.Context(), phone.speaker(), "sales"); err != nil {
			t.Fatal(err)
		}
		p := s.profile(phone)
		if p.Visit.StartedAt != began || p.Visit.FinishedAt != 0 || len(p.Visit.Pages) != 3 || p.UTM != (UTM{Source: "news", Medium: "mail"}) {
			t.Errorf("the visit is %+v of %+v", p.Visit, p.UTM)
		}
		for i, v := range p.Visit.Pages {
			if v.URL[len("https://acme.test/")] != byte('1'+i) {
				t.Errorf("page %d is %s", i, v.URL)
			}
		}
		if p.Page == nil || p.Page.URL != "https://acme.test/3?utm_source=late" || s.profile(laptop).Page.URL == p.Page.URL {
			t.Errorf("now he is on %+v", p.Page)
		}
		oslo := Place{Country: "Norway", CountryCode: "NO", Region: "Oslo County", City: "Oslo"}
		if p.Place != oslo || p.UserAgent != chrome || p.Visitor.Browser != "Chrome 45.0.2454" || p.Visitor.OS != "Windows 10" ||
			p.ChatLanguage != "de" || p.Visitor.Language != "de-CH" || p.Group != "sales" || p.Contact.TotalVisits != 2 {
			t.Errorf("the profile is %+v", p)
		}
		s.leave(phone)
		time.Sleep(2 * time.Minute)
		if p := s.profile(phone); p.Visit.FinishedAt != 0 {
			t.Errorf("the laptop is here, but it ended at %d", p.Visit.FinishedAt)
		}
		left := chat.At(time.Now())
		s.leave(laptop)
		time.Sleep(50 * time.Second)
		if p := s.profile(phone); p.Visit.FinishedAt != 0 {
			t.Errorf("within the grace, but it ended at %d", p.Visit.FinishedAt)
		}
		time.Sleep(11 * time.Second)
		if p := s.profile(phone); p.Visit.FinishedAt != left || len(p.Visit.Pages) != 3 {
			t.Errorf("it is over: %+v, he left at %d", p.Visit, left)
		}
		english := &account.Account{ID: acme.ID, Widget: json.RawMessage(`{"language":"en"}`)}
		if p, err := s.Profile(t.Context(), english, phone.Visitor.ID); err != nil || p.ChatLanguage != "en" {
			t.Errorf("in an English widget: %q (%v)", p.ChatLanguage, err)
		}
		e, err := s.Export(t.Context(), acme.ID, phone.Visitor.Contact)
		if err != nil || e.LatestVisit == nil || e.LatestVisit.UTM.Source != "news" || e.Visitors[0].UserAgent != chrome || e.Visitors[0].Place.City != "Oslo" || e.Visitors[0].Group != "sales" {
			t.Errorf("the export is %+v (%v)", e, err)
		}
	})
}

func TestAnAddressWithoutAPlaceTakesBackTheLastOne(t *testing.T) {
	inBubble(t, func(t *testing.T, s *site) {
		a := s.come(wire.Proof{}, fromOslo, "https://acme.test/")
		moved := s.come(wire.Proof{Token: a.Token}, fromNowhere, "https://acme.test/")
		if p := s.profile(moved); p.Place != (Place{}) || moved.Visitor.Address != "203.0.113.0" {
			t.Errorf("he is said to be in %+v", p.Place)
		}
	})
}

// Proves JIVO-JS-071.
func TestWhatTheSiteCallsAVisitorStaysUntilItIsReplaced(t *testing.T) {
	inBubble(t, func(t *testing.T, s *site) {
		v := s.come(wire.Proof{}, fromOslo, "https://acme.test/")
		s.say(t, v, wire.LayerSite, `{"token":"first"}`)
		s.say(t, v, wire.LayerBasic, `{"name":"Maya"}`)
		s.leave(v)
		time.Sleep(31 * time.Minute)
		v = s.come(wire.Proof{Token: v.Token}, fromOslo, "https://acme.test/again")
		if p := s.profile(v); p.Site != "first" || p.Contact.TotalVisits != 2 {
			t.Errorf("on the next visit: %q, visit %d", p.Site, p.Contact.TotalVisits)
		}
		s.say(t, v, wire.LayerSite, `{"token":"second"}`)
		if p := s.profile(v); p.Site != "second" {
			t.Errorf("replaced: %q", p.Site)
		}
	})
}

func TestWhoOnlyListensBeginsNoVisit(t *testing.T) {
	inBubble(t, func(t *testing.T, s *site) {
		proof := wire.Proof{ID: "7", HMAC: sign(acme, "7")}
		s.leave(s.come(proof, fromOslo, "https://acme.test/"))
		time.Sleep(31 * time.Minute)
		for _, absent := range []bool{true, false} {
			o, err := s.Open(t.Context(), acme, proof, wire.Device{Absent: absent}, chrome, fromOslo)
			if err != nil {
				t.Fatal(err)
			}
			want := map[bool]int64{true: 1, false: 2}[absent]
			d, _, err := s.load(t.Context(), acme.ID, o.Visitor.Contact)
			if err != nil {
				t.Fatal(err)
			}
			if o.User.TotalVisits != want || d.Counted.visits() != want {
				t.Errorf("absent %v: he is told of %d visits, and noted are %d", absent, o.User.TotalVisits, d.Counted.visits())
			}
		}
	})
}
