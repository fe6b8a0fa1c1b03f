package relay_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2/server"

	"confab/auth"
	"confab/chat"
	"confab/people"
	"confab/presence"
	"confab/relay"
	"confab/relay/relaytest"
	"confab/wire"
)

func userIn(t *testing.T, raw json.RawMessage) people.User {
	t.Helper()
	var u people.User
	if err := json.Unmarshal(raw, &u); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return u
}

func request(t wire.Type, id string) wire.Request {
	return wire.Request{T: t, ID: chat.RequestID(id + "--------")}
}

// tell says something of the visitor, and waits until it is done, passing over other frames.
func tell(t *testing.T, s *relaytest.Socket, layer, data string) {
	t.Helper()
	r := request(wire.TypePerson, layer)
	s.Send(wire.Person{Request: r, Layer: layer, Data: json.RawMessage(data)})
	if f := s.Answer(r); f.T != wire.TypeDone {
		t.Fatalf("%s %s is answered with %s", layer, data, f.Raw)
	}
}

// until waits for a user frame that suits.
func until(t *testing.T, s *relaytest.Socket, suits func(people.User) bool) people.User {
	t.Helper()
	frames := s.Until(func(f relaytest.Frame) bool { return f.T == wire.TypeUser && suits(userIn(t, f.User)) })
	return userIn(t, frames[len(frames)-1].User)
}

func as(proof wire.Proof) wire.Auth {
	return wire.Auth{T: wire.TypeAuth, Account: relaytest.Acme, Visitor: &proof}
}

func proven(id string) wire.Proof {
	return wire.Proof{ID: id, HMAC: auth.SignUser(auth.NewSecret(relaytest.AcmeKey), id)}
}

func helloVisitor(t *testing.T, s *relaytest.Socket) wire.HelloVisitor {
	t.Helper()
	var v wire.HelloVisitor
	if err := json.Unmarshal(s.Hello.Visitor, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestAnAccountIsFoundByAllItsNames(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		n := w.Start()
		for _, name := range []string{"acme", "channel:" + relaytest.Widget, relaytest.Kind + ":" + relaytest.Public} {
			s := n.VisitorAs(wire.Auth{T: wire.TypeAuth, Account: chat.AccountID(name)})
			if s.Hello.Account.ID != relaytest.Acme {
				t.Errorf("%s: %s", name, s.Hello.Raw)
			}
		}
		for _, name := range []string{"channel:1", "channel:acme", "chatra:", "jivo:" + relaytest.Public} {
			s := n.MustDial()
			s.Send(wire.Auth{T: wire.TypeAuth, Account: chat.AccountID(name)})
			if f := s.Next(); f.T != wire.TypeError || f.Code != chat.NotFound {
				t.Errorf("%s: %s", name, f.Raw)
			}
		}
	})
}

func TestTheChannelThatAVisitorCameThroughLastIsKept(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		n := w.Start()
		s := n.VisitorAs(wire.Auth{T: wire.TypeAuth, Account: "channel:" + relaytest.Widget})
		id := helloVisitor(t, s).ID
		n.VisitorAs(as(wire.Proof{Token: s.Token})) // on a page that names none
		if v, err := n.Store.GetVisitor(t.Context(), relaytest.Acme, id); err != nil || v.Channel != relaytest.Widget {
			t.Errorf("kept: %q, %v", v.Channel, err)
		}
	})
}

// Proves JIVO-JS-039 JIVO-JS-040.
func TestVisitorsAreNumberedAsTheyComeWithinTheirAccount(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		a, b := w.Start(), w.Start()
		first := a.Visitor()
		for i, n := range []*relaytest.Node{b, a, b} {
			if no := helloVisitor(t, n.Visitor()).No; no != int64(i+2) {
				t.Errorf("visitor %d has number %d", i+2, no)
			}
		}
		if no := helloVisitor(t, b.VisitorAs(as(wire.Proof{Token: first.Token}))).No; no != 1 {
			t.Errorf("the first visitor comes back as number %d", no)
		}
		if no := helloVisitor(t, a.VisitorAs(wire.Auth{T: wire.TypeAuth, Account: relaytest.Globex})).No; no != 1 {
			t.Errorf("another account's first visitor has number %d", no)
		}
	})
}

func TestWhatAPageSaysComesToAllTabsAtAllNodesAndStays(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		a, b := w.Start(), w.Start()
		tab := a.Visitor()
		if u := userIn(t, tab.Hello.User); u.Name != "" || u.Email != "" || u.No != 1 || u.Level != people.Anonymous || len(u.Attributes) != 0 {
			t.Fatalf("of somebody new is known %s", tab.Hello.User)
		}
		other := b.VisitorAs(as(wire.Proof{Token: tab.Token}))
		other.Next(wire.TypeCaughtUp)
		tell(t, tab, wire.LayerBasic, `{"name":"Maya","email":"m@x.test","phone":"+47 1","description":"likes tents"}`)
		tell(t, tab, wire.LayerAttributes, `{"plan":"pro","seats":3,"paid_on":"2026-02-03"}`)
		tell(t, tab, wire.LayerIntegration, `{"is beta":true,"name":"not shown"}`)
		tell(t, tab, wire.LayerSite, `{"token":"canary"}`)
		full := func(u people.User) bool { return u.Integration["is beta"] == true && u.Attributes["plan"] == "pro" }
		for _, s := range []*relaytest.Socket{tab, other} {
			u := until(t, s, full)
			if u.Name != "Maya" || u.Email != "m@x.test" || u.Phone != "+47 1" || u.Description != "likes tents" || u.Attributes["seats"] != 3.0 {
				t.Errorf("%+v", u)
			}
		}
		tell(t, other, wire.LayerBasic, `{"phone":"","description":null}`)
		until(t, tab, func(u people.User) bool { return u.Phone == "" && u.Description == "" && u.Name == "Maya" })
		again := b.VisitorAs(as(wire.Proof{Token: tab.Token}))
		if u := userIn(t, again.Hello.User); !full(u) || u.Name != "Maya" || strings.Contains(again.Hello.Raw, "canary") {
			t.Errorf("back again: %s", again.Hello.Raw)
		}
	})
}

func TestABadEntryRefusesTheWholeAndIsNamed(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		s := w.Start().Visitor()
		long := strings.Repeat("ä", 1001)
		some, more := map[string]any{}, map[string]any{}
		for i := range 60 {
			some[fmt.Sprint("a", i)], more[fmt.Sprint("b", i)] = i, i
		}
		tell(t, s, wire.LayerAttributes, string(wire.Encode(some)))
		for i, c := range []struct {
			layer, data, field string
			code               chat.Code
		}{
			{wire.LayerBasic, `{"name":"x","age":"7"}`, "data.age", chat.BadField},
			{wire.LayerBasic, `{"name":7}`, "data.name", chat.BadField},
			{wire.LayerBasic, `{"phone":"` + strings.Repeat("1", 41) + `"}`, "data.phone", chat.TooLong},
			{wire.LayerForm, `{"a":true}`, "data.a", chat.BadField},
			{wire.LayerForm, `{"` + strings.Repeat("a", 65) + `":"x"}`, "data." + strings.Repeat("a", 64), chat.BadField},
			{wire.LayerAttributes, `{"1a":1}`, "data.1a", chat.BadField},
			{wire.LayerAttributes, `{"a b":1}`, "data.a b", chat.BadField},
			{wire.LayerAttributes, `{"order count":1}`, "data.order count", chat.BadField},
			{wire.LayerAttributes, `{"a":true}`, "data.a", chat.BadField},
			{wire.LayerAttributes, `{"a":[]}`, "data.a", chat.BadField},
			{wire.LayerAttributes, `{"a":1e999}`, "data.a", chat.BadField},
			{wire.LayerAttributes, `{"a":"` + long + `"}`, "data.a", chat.TooLong},
			{wire.LayerAttributes, `{"paidAt":5}`, "data.paidAt", chat.BadField},
			{wire.LayerAttributes, `{"paid_on":"yesterday"}`, "data.paid_on", chat.BadField},
			{wire.LayerAttributes, string(wire.Encode(more)), "data", chat.TooLong},
			{wire.LayerIntegration, `{"a":{}}`, "data.a", chat.BadField},
			{wire.LayerPanel, `{"fields":{}}`, "data.fields", chat.BadField},
			{wire.LayerPanel, `{"other":[]}`, "data.other", chat.BadField},
			{wire.LayerPanel, `{"fields":[{"content":"a"},{"content":5}]}`, "data.fields[1].content", chat.BadField},
			{wire.LayerPanel, `{"fields":[{"html":"a"}]}`, "data.fields[0]", chat.BadField},
			{wire.LayerSite, `{"token":1}`, "data.token", chat.BadField},
		} {
			r := request(wire.TypePerson, fmt.Sprint("bad", i))
			s.Send(wire.Person{Request: r, Layer: c.layer, Data: json.RawMessage(c.data)})
			if f := s.Answer(r); f.T != wire.TypeError || f.Code != c.code || f.Field != c.field || f.Ref != wire.TypePerson {
				t.Errorf("%s %.80s: %s", c.layer, c.data, f.Raw)
			}
		}
		tell(t, s, wire.LayerAttributes, `{"format":"x","season":"y","paidAt":"2026-02-03T10:00:00.000Z"}`) // the first two are no dates, in spite of their ends
		if u := until(t, s, func(u people.User) bool { return u.Attributes["season"] == "y" }); u.Name != "" || len(u.Attributes) != 63 {
			t.Errorf("what was refused has left something: %+v", u)
		}
	})
}

func TestReplacingALayerLeavesNothingOfBefore(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		s := w.Start().Visitor()
		replace := func(layer, data string) {
			r := request(wire.TypePerson, "replace"+layer)
			s.Send(wire.Person{Request: r, Layer: layer, Replace: true, Data: json.RawMessage(data)})
			if f := s.Answer(r); f.T != wire.TypeDone {
				t.Fatal(f.Raw)
			}
		}
		tell(t, s, wire.LayerIntegration, `{"a":1,"b":"x"}`)
		tell(t, s, wire.LayerBasic, `{"name":"Maya","phone":"1"}`)
		tell(t, s, wire.LayerIntegration, `{"a":null,"c":true}`)
		until(t, s, func(u people.User) bool {
			return u.Name == "Maya" && reflect.DeepEqual(u.Integration, map[string]any{"b": "x", "c": true})
		})
		replace(wire.LayerIntegration, `{"d":2}`)
		replace(wire.LayerBasic, `{"email":"m@x.test"}`)
		until(t, s, func(u people.User) bool {
			return u.Name == "" && u.Phone == "" && u.Email == "m@x.test" && reflect.DeepEqual(u.Integration, map[string]any{"d": 2.0})
		})
	})
}

// Proves PAV-JS-085.
func TestWhoOnlySaysWhoHeIsIsToldNothingButHisOwnWords(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		a, b := w.Start(), w.Start()
		owner := a.VisitorAs(as(proven("42")))
		tell(t, owner, wire.LayerBasic, `{"name":"Owner","phone":"+47 secret"}`)
		tell(t, owner, wire.LayerAttributes, `{"plan":"secret"}`)
		for _, proof := range []wire.Proof{{ID: "42"}, {ID: "42", HMAC: strings.Repeat("0", 64)}} {
			proof.Name = "Claimer"
			s := b.VisitorAs(as(proof))
			if u := userIn(t, s.Hello.User); u.Name != "Claimer" || u.ExternalID != "42" || u.Level != people.Claimed || strings.Contains(s.Hello.Raw, "secret") {
				t.Errorf("hello: %s", s.Hello.Raw)
			}
			tell(t, s, wire.LayerAttributes, `{"mine":"x"}`)
			u := until(t, s, func(u people.User) bool { return u.Attributes["mine"] == "x" })
			if raw := string(wire.Encode(u)); strings.Contains(raw, "secret") || strings.Contains(raw, "Owner") {
				t.Errorf("pushed: %s", raw)
			}
			// What the team notes of him is the team's.
			id := chat.ContactID(helloVisitor(t, s).ID)
			if _, err := a.People.PatchContact(t.Context(), relaytest.Acme, id, []byte(`{"email":"noted@x.test","phone":"noted","attributes":{"risk":"noted"}}`)); err != nil {
				t.Fatal(err)
			}
			tell(t, s, wire.LayerAttributes, `{"mine":"y"}`)
			u = until(t, s, func(u people.User) bool { return u.Attributes["mine"] == "y" })
			if raw := string(wire.Encode(u)); strings.Contains(raw, "noted") {
				t.Errorf("of what the team noted: %s", raw)
			}
			if again := b.VisitorAs(as(wire.Proof{Token: s.Token, ID: "42"})); strings.Contains(string(again.Hello.User), "noted") {
				t.Errorf("of what the team noted, in hello: %s", again.Hello.User)
			}
		}
		if u := userIn(t, a.VisitorAs(as(proven("42"))).Hello.User); u.Name != "Owner" || u.Attributes["mine"] != nil {
			t.Errorf("a mere claim has changed the contact: %+v", u)
		}
	})
}

// Proves PAV-JS-055 PAV-JS-078.
func TestEveryChangeOfAProvenPersonComesToAllDevices(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		a, b := w.Start(), w.Start()
		phone, laptop := a.VisitorAs(as(proven("42"))), b.VisitorAs(as(proven("42")))
		stranger := b.VisitorAs(as(proven("43")))
		everywhere := func(what string, suits func(people.User) bool) people.User {
			t.Helper()
			until(t, phone, suits)
			return until(t, laptop, suits)
		}
		tell(t, phone, wire.LayerAttributes, `{"plan":"pro"}`)
		u := everywhere("by a page", func(u people.User) bool { return u.Attributes["plan"] == "pro" })
		if u.SignedUpAt == 0 || u.CreatedAt == 0 || u.ExternalID != "42" || u.Level != people.Verified {
			t.Errorf("%+v", u)
		}
		v, err := a.People.Visitor(t.Context(), relaytest.Acme, helloVisitor(t, phone).ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.People.PatchContact(t.Context(), relaytest.Acme, v.Contact, []byte(`{"name":"Noted","attributes":{"plan":null,"seats":4}}`)); err != nil {
			t.Fatal(err)
		}
		everywhere("by the team", func(u people.User) bool {
			return u.Name == "Noted" && u.Attributes["plan"] == nil && u.Attributes["seats"] == 4.0
		})
		proof := proven("42")
		proof.Email, proof.Name, proof.Token = "new@x.test", "Said", phone.Token
		if s := a.VisitorAs(as(proof)); s.Thread != phone.Thread {
			t.Error("another e-mail made another user")
		}
		everywhere("by the next page", func(u people.User) bool { return u.Email == "new@x.test" && u.Name == "Said" })
		for _, f := range stranger.Ping() {
			if f.T == wire.TypeUser {
				t.Errorf("somebody else was told %s", f.Raw)
			}
		}
		c, err := a.People.Contact(t.Context(), relaytest.Acme, v.Contact)
		if err != nil || c.Sources["basic.email"] != "proven" || c.Sources["attributes.seats"] != "team" || c.SignedUpAt == 0 {
			t.Errorf("%+v, %v", c, err)
		}
	})
}

// Proves PAV-JS-093 PAV-JS-094 PAV-JS-095.
func TestEventsAreCountedOnceEach(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		n := w.Start()
		s := n.Visitor()
		for i := range 3 {
			e := wire.Event{Request: request(wire.TypeEvent, fmt.Sprint("order", i)), Name: "order", Data: json.RawMessage(`{"sum":` + fmt.Sprint(i) + `}`)}
			for range 2 { // its answer might have been lost
				s.Send(e)
				if f := s.Answer(e.Request); f.T != wire.TypeDone {
					t.Fatal(f.Raw)
				}
			}
		}
		bare := wire.Event{Request: request(wire.TypeEvent, "bare"), Name: "seen the map"}
		s.Send(bare)
		s.Answer(bare.Request)
		bad := wire.Event{Request: request(wire.TypeEvent, "bad"), Name: "a\nb"}
		s.Send(bad)
		if f := s.Answer(bad.Request); f.Code != chat.BadField || f.Field != "name" {
			t.Error(f.Raw)
		}
		u := userIn(t, n.VisitorAs(as(wire.Proof{Token: s.Token})).Hello.User)
		first, _ := u.Attributes["order first"].(string)
		last, _ := u.Attributes["order last"].(string)
		if u.Attributes["order count"] != 3.0 || u.Attributes["seen the map count"] != 1.0 || first == "" || first > last || len(u.Attributes) != 6 {
			t.Errorf("%v", u.Attributes)
		}
		consent := wire.Consent{Request: request(wire.TypeConsent, "consent"), Kind: "terms", Value: true}
		feedback := wire.Feedback{Request: request(wire.TypeFeedback, "feedback"), Text: "too slow"}
		for range 2 {
			s.Send(consent)
			s.Answer(consent.Request)
			s.Send(feedback)
			s.Answer(feedback.Request)
		}
		id := chat.ContactID(helloVisitor(t, s).ID)
		all, _, err := n.People.History(t.Context(), relaytest.Acme, id, "", 100)
		kinds := map[string]int{}
		for _, h := range all {
			kinds[h.Kind]++
		}
		if err != nil || kinds[people.HappenedEvent] != 4 || kinds[people.HappenedConsent] != 1 || kinds[people.HappenedFeedback] != 1 {
			t.Errorf("%v, %v", kinds, err)
		}
		c, err := n.People.Contact(t.Context(), relaytest.Acme, id)
		if err != nil || !c.Consents["terms"].Value || c.Consents["terms"].At == 0 || c.Attributes["order count"] != int64(3) {
			t.Errorf("%+v, %v", c, err)
		}
		// Who turns out to be somebody takes it along.
		proof := proven("42")
		proof.Token = s.Token
		u = userIn(t, n.VisitorAs(as(proof)).Hello.User)
		if u.Attributes["order count"] != 3.0 || !u.Consents["terms"] {
			t.Errorf("after the proof: %+v", u)
		}
	})
}

func TestTooMuchSaidAtOnceIsRefusedForAWhile(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		s := w.Start(generous, func(o *relay.Options) {}).Visitor()
		refused, begun := 0, time.Now()
		for i := range 80 {
			s.Send(wire.Person{Request: request(wire.TypePerson, fmt.Sprint("many", i)), Layer: wire.LayerForm, Data: json.RawMessage(`{"a":"` + fmt.Sprint(i) + `"}`)})
		}
		for range 80 {
			f := s.Next(wire.TypeDone, wire.TypeError)
			if f.T == wire.TypeError {
				refused++
				if f.Code != chat.RateLimited || f.AfterMillis < 1 || f.ID == "" {
					t.Fatal(f.Raw)
				}
			}
		}
		// Fifty at once, and ten more for each second that it took.
		if least := 80 - 50 - int(10*time.Since(begun).Seconds()+1); refused < least || refused > 30 {
			t.Errorf("%d of 80 were refused, at least %d should be", refused, least)
		}
	})
}

func TestAVisitorWhoIntroducesHimselfIsCalledSo(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		a, b := w.Start(), w.Start()
		anna := b.Agent(relaytest.Anna, true)
		s := a.Visitor()
		named := func(f relaytest.Frame) bool {
			var row presence.LiveVisitor
			return f.T == wire.TypeVisitor && strings.Contains(f.Raw, "Maya") && json.Unmarshal([]byte(f.Raw), &struct{ Visitor *presence.LiveVisitor }{&row}) == nil &&
				row.Name == "Maya" && row.Email == "m@x.test"
		}
		tell(t, s, wire.LayerBasic, `{"name":"Maya","email":"m@x.test"}`)
		contact := anna.Next(wire.TypeContact) // something new is known, which a panel may show
		if v := helloVisitor(t, s); !strings.Contains(contact.Raw, `"id":"`+string(v.ID)+`"`) {
			t.Error(contact.Raw)
		}
		anna.Until(named)
		until(t, s, func(u people.User) bool { return u.Name == "Maya" })
		s.Ping()
		s.Post("", "Hello")
		all := anna.Subscribe(s.Thread, nil)
		if e := all[len(all)-1].Entry; e.Author.Name != "Maya" {
			t.Errorf("the author is %+v", e.Author)
		}
	})
}

func TestWhatChangesBeforeANodeHearsOfItIsToldToo(t *testing.T) {
	sound(t)
	w := relaytest.New(t)
	b := w.Start()
	b.Visitor()
	hears := make(chan struct{})
	w.Memory.Server().SetPreHook(func(_ *server.Peer, command string, args ...string) bool {
		if strings.HasSuffix(command, "SUBSCRIBE") && strings.Contains(strings.Join(args, " "), string(relaytest.Acme)) {
			<-hears
		}
		return false
	})
	s := w.Start().Visitor()
	id := chat.ContactID(helloVisitor(t, s).ID)
	if _, err := b.People.PatchContact(t.Context(), relaytest.Acme, id, []byte(`{"email":"m@x.test","blocked":true}`)); err != nil {
		t.Fatal(err)
	}
	close(hears)
	until(t, s, func(u people.User) bool { return u.Blocked })
}

func TestABlockedPersonIsToldSo(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		n := w.Start()
		for _, proof := range []wire.Proof{{}, proven("42")} {
			s := n.VisitorAs(as(proof))
			v := userIn(t, s.Hello.User)
			if v.Blocked {
				t.Fatal("blocked before")
			}
			contact := chat.ContactID(v.ID)
			for _, blocked := range []bool{true, false} {
				c, err := n.People.PatchContact(t.Context(), relaytest.Acme, contact, []byte(fmt.Sprintf(`{"blocked":%v}`, blocked)))
				if err != nil || c.Blocked != blocked {
					t.Fatalf("%+v, %v", c, err)
				}
				proof.Token = s.Token
				until(t, s, func(u people.User) bool { return u.Blocked == blocked })
				if now := userIn(t, n.VisitorAs(as(proof)).Hello.User); now.Blocked != blocked || now.ID != v.ID {
					t.Errorf("%s: blocked is %v, want %v", v.Level, now.Blocked, blocked)
				}
			}
		}
		anna := n.Agent(relaytest.Anna, false)
		r := request(wire.TypePerson, "agent")
		anna.Send(wire.Person{Request: r, Layer: wire.LayerBasic, Data: json.RawMessage(`{}`)})
		if f := anna.Answer(r); f.Code != chat.Forbidden {
			t.Errorf("an agent: %s", f.Raw)
		}
	})
}
