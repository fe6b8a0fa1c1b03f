package people

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
	"pgregory.net/rapid"

	"confab/chat"
	"confab/store/storetest"
	"confab/wire"
)

func (o Opened) speaker() Speaker {
	return Speaker{Account: "acme", Visitor: o.Visitor.ID, Contact: o.Contact}
}

func (r room) say(t fataler, o Opened, layer, data string) {
	if err := r.Say(context.Background(), o.speaker(), layer, false, []byte(data)); err != nil {
		t.Fatal(err)
	}
}

func TestAgentsSeeWhatABrowserSaidAndThatItOnlySaidSo(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		o := r.come(t, acme, wire.Proof{})
		r.say(t, o, wire.LayerBasic, `{"name":"Maya","phone":"1"}`)
		r.say(t, o, wire.LayerIntegration, `{"email":"i@x.test","plan":"gold"}`)
		r.say(t, o, wire.LayerForm, `{"email":"f@x.test"}`)
		id := chat.ContactID(o.Visitor.ID)
		c, err := r.Contact(t.Context(), "acme", id)
		if err != nil || c.Name != "Maya" || c.Email != "f@x.test" || c.Sources["basic.name"] != sourceSaid || c.Layers.Integration["plan"] != "gold" {
			t.Fatalf("%+v, %v", c, err)
		}
		if v, _ := r.Visitor(t.Context(), "acme", o.Visitor.ID); v.Name != "Maya" {
			t.Errorf("lists show %q", v.Name)
		}
		// What the team knows outranks it, and stays with a name of its own.
		if c, err = r.PatchContact(t.Context(), "acme", id, []byte(`{"name":"Maya Chen"}`)); err != nil || c.Name != "Maya Chen" || c.Sources["basic.name"] != sourceTeam || c.Phone != "1" {
			t.Fatalf("%+v, %v", c, err)
		}
		r.say(t, o, wire.LayerBasic, `{"name":"Somebody","phone":"2"}`)
		if c, err = r.Contact(t.Context(), "acme", id); err != nil || c.Name != "Maya Chen" || c.Phone != "2" {
			t.Errorf("%+v, %v", c, err)
		}
		if v, _ := r.Visitor(t.Context(), "acme", o.Visitor.ID); v.Name != "Maya Chen" {
			t.Errorf("lists show %q", v.Name)
		}
		if again := r.come(t, acme, wire.Proof{Token: o.Token}); again.User.Name != "Somebody" || again.User.Phone != "2" {
			t.Errorf("he himself sees %+v", again.User)
		}
	})
}

func TestWhatWasSaidBeforeFillsTheGapsOfWhoTurnsOutToBeIt(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		for _, proof := range []wire.Proof{{ID: "7", HMAC: sign(acme, "7")}, {ClientID: "secret-of-seven"}} {
			first := r.come(t, acme, proof)
			r.say(t, first, wire.LayerBasic, `{"name":"Known"}`)
			r.say(t, first, wire.LayerAttributes, `{"plan":"pro"}`)
			before := r.come(t, acme, wire.Proof{})
			r.say(t, before, wire.LayerBasic, `{"name":"Guess","phone":"1"}`)
			r.say(t, before, wire.LayerAttributes, `{"plan":"free","seats":2}`)
			for i := range 2 {
				if err := r.Event(t.Context(), before.speaker(), chat.RequestID(fmt.Sprint("event---", i)), "order", nil); err != nil {
					t.Fatal(err)
				}
			}
			if err := r.Event(t.Context(), first.speaker(), "event---9", "order", nil); err != nil {
				t.Fatal(err)
			}
			proof.Token = before.Token
			for range 2 { // once only
				o := r.come(t, acme, proof)
				u := o.User
				if u.Name != "Known" || u.Phone != "1" || u.Attributes["plan"] != "pro" || u.Attributes["seats"] != 2.0 || u.Attributes["order count"] != int64(3) {
					t.Errorf("%s: %+v", o.Level, u)
				}
				c, err := r.Contact(t.Context(), "acme", o.Contact)
				if err != nil || c.Sources["basic.phone"] != sourceSaid || c.Sources["basic.name"] != sourceProven {
					t.Errorf("%s: %+v, %v", o.Level, c, err)
				}
				if o.Token != "" {
					proof.Token = o.Token
				}
			}
		}
	})
}

func TestTheFirstProofSignsUp(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		if o := r.come(t, acme, wire.Proof{ID: "7"}); o.User.SignedUpAt != 0 {
			t.Error("a claim signed up")
		}
		if o := r.come(t, acme, wire.Proof{ClientID: "secret-of-seven"}); o.User.SignedUpAt != 0 {
			t.Error("a clientId signed up")
		}
		first := r.come(t, acme, wire.Proof{ID: "7", HMAC: sign(acme, "7")})
		again := r.come(t, acme, wire.Proof{ID: "7", HMAC: sign(acme, "7")})
		if first.User.SignedUpAt == 0 || again.User.SignedUpAt != first.User.SignedUpAt {
			t.Errorf("%d, then %d", first.User.SignedUpAt, again.User.SignedUpAt)
		}
	})
}

// Proves PAV-JS-026 PAV-JS-028 PAV-JS-029 PAV-JS-033.
func TestAnEMailWithoutAnIDIsTheID(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		proof := wire.Proof{Email: "Ann@Acme.test", HMAC: strings.ToUpper(sign(acme, "Ann@Acme.test"))}
		a, b := r.come(t, acme, proof), r.come(t, acme, wire.Proof{Email: "ann@acme.test", HMAC: sign(acme, "ann@acme.test")})
		if a.Level != Verified || a.Thread != b.Thread || a.User.ExternalID != "ann@acme.test" || a.User.Email != "Ann@Acme.test" {
			t.Errorf("%+v and %+v", a.User, b.User)
		}
		if o := r.come(t, acme, wire.Proof{HMAC: sign(acme, "")}); o.Level != Anonymous || o.User.ExternalID != "" {
			t.Errorf("a signature of nothing: %+v", o.User)
		}
	})
}

func TestAWrongSignatureStandsInTheSecurityLog(t *testing.T) {
	core, logs := observer.New(zap.WarnLevel)
	r := open(t, storetest.Start(t).URL())
	r.o.Log = zap.New(core)
	r.come(t, acme, wire.Proof{})
	r.come(t, acme, wire.Proof{ID: "7"})
	r.come(t, acme, wire.Proof{ID: "7", HMAC: sign(acme, "7")})
	if logs.Len() != 0 {
		t.Fatalf("nobody tried anything: %v", logs.All())
	}
	o := r.come(t, acme, wire.Proof{ID: "7", HMAC: sign(other, "7")})
	all := logs.All()
	if len(all) != 1 || all[0].LoggerName != "security" || all[0].ContextMap()["key"] != "id:7" || all[0].ContextMap()["address"] != "192.0.2.0" || o.Level != Claimed {
		t.Errorf("%v", all)
	}
}

func TestABlockedPersonStaysSoOnEveryDevice(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		block := func(id chat.ContactID) {
			if _, err := r.PatchContact(t.Context(), "acme", id, []byte(`{"blocked":true}`)); err != nil {
				t.Fatal(err)
			}
		}
		proof := wire.Proof{ID: "7", HMAC: sign(acme, "7")}
		block(r.come(t, acme, proof).Contact)
		if o := r.come(t, acme, proof); !o.Visitor.Blocked {
			t.Error("not on another device")
		}
		guest := r.come(t, acme, wire.Proof{})
		block(chat.ContactID(guest.Visitor.ID))
		o := r.come(t, acme, wire.Proof{Token: guest.Token, ID: "8", HMAC: sign(acme, "8")})
		if c, err := r.Contact(t.Context(), "acme", o.Contact); err != nil || !c.Blocked || !o.Visitor.Blocked {
			t.Errorf("a proof set him free: %+v, %v", c, err)
		}
	})
}

func TestAllThatIsSaidAtOnceIsKept(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		for _, proof := range []wire.Proof{{}, {ID: "7", HMAC: sign(acme, "7")}} {
			o := r.come(t, acme, proof)
			var all sync.WaitGroup
			for i := range 8 {
				all.Go(func() {
					if err := r.Say(t.Context(), o.speaker(), wire.LayerForm, false, []byte(fmt.Sprintf(`{"f%d":"x"}`, i))); err != nil {
						t.Error(err)
					}
				})
				all.Go(func() {
					if err := r.Event(t.Context(), o.speaker(), chat.RequestID(fmt.Sprint("event---", i)), "order", nil); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			c, err := r.Contact(t.Context(), "acme", chat.ContactID(o.Visitor.ID))
			if err != nil || len(c.Layers.Form) != 8 || c.Attributes["order count"] != int64(8) {
				t.Errorf("%s: %+v, %v", o.Level, c, err)
			}
		}
	})
}

func TestOfEventsTheNewestAreKeptAndAllAreCounted(t *testing.T) {
	r := open(t, storetest.Start(t).URL())
	o := r.come(t, acme, wire.Proof{})
	for i := range maxDid + 5 {
		if err := r.Event(t.Context(), o.speaker(), chat.RequestID(fmt.Sprintf("event-%04d", i)), "order", []byte(fmt.Sprintf(`{"i":%d}`, i))); err != nil {
			t.Fatal(err)
		}
	}
	did, err := r.did(t.Context(), "acme", o.Visitor.ID)
	if err != nil || len(did) != maxDid || did[0].ID != "event-0005" || string(did[maxDid-1].Event.Data) != fmt.Sprintf(`{"i":%d}`, maxDid+4) {
		t.Errorf("%d are kept, %v", len(did), err)
	}
	if u, _, err := r.User(t.Context(), o.speaker(), o.Level); err != nil || u.Attributes["order count"] != int64(maxDid+5) {
		t.Errorf("%v, %v", u.Attributes, err)
	}
	for i := range maxEventNames {
		err = r.Event(t.Context(), o.speaker(), chat.RequestID(fmt.Sprintf("other-%04d", i)), fmt.Sprint("e", i), nil)
	}
	if !isCode(err, chat.TooLong) {
		t.Errorf("one name too many: %v", err)
	}
	if err := r.Event(t.Context(), o.speaker(), "event-huge", "order", []byte(`{"a":"`+strings.Repeat("x", maxEventBytes)+`"}`)); !isCode(err, chat.TooLong) {
		t.Errorf("too much data: %v", err)
	}
}

func TestNobodyUnprovenReadsOrMergesByWhatHeSays(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		run := 0
		rapid.Check(t, func(t *rapid.T) {
			run++
			m := merging{r: r, t: t, run: run, tokens: []string{""}, owner: map[chat.ThreadID]string{}, secrets: map[string]string{}}
			for range rapid.IntRange(3, 14).Draw(t, "steps") {
				m.step()
			}
		})
	})
}

// merging is a random life of browsers: they come as this one or that one, say e-mails and telephone numbers of others, and show
// each other's tokens.
type merging struct {
	r       room
	t       *rapid.T
	run     int
	tokens  []string
	owner   map[chat.ThreadID]string // proven persons' threads
	secrets map[string]string        // what only the contact of a proven person holds, by person
}

func (m *merging) step() {
	t := m.t
	who := fmt.Sprintf("p%d-%d", m.run, rapid.IntRange(0, 2).Draw(t, "who"))
	mail := who + "@x.test"
	proof := wire.Proof{Token: rapid.SampledFrom(m.tokens).Draw(t, "token")}
	key := ""
	switch rapid.SampledFrom([]string{"none", "id", "email", "both", "wrong", "hmac", "mail-hmac", "client", "client-claim"}).Draw(t, "kind") {
	case "id":
		proof.ID = who
	case "email":
		proof.Email = mail
	case "both":
		proof.ID, proof.Email = who, mail
	case "wrong":
		proof.ID, proof.Email, proof.HMAC = who, mail, sign(other, who)
	case "hmac":
		proof.ID, proof.Email, proof.HMAC, key = who, mail, sign(acme, who), "id:"+who
	case "mail-hmac":
		proof.Email, proof.HMAC, key = mail, sign(acme, mail), "email:"+mail
	case "client":
		proof.ClientID, key = "secret-"+who, "client:"+who
	case "client-claim":
		proof.ClientID, proof.Email, key = "secret-"+who, mail, "client:"+who
	}
	o := m.r.come(t, acme, proof)
	if o.Token != "" {
		m.tokens = append(m.tokens, o.Token)
	}
	if was, taken := m.owner[o.Thread]; taken && was != key {
		t.Fatalf("%q opened the thread of %s", key, was)
	}
	seen := string(wire.Encode(o.User))
	for owner, secret := range m.secrets {
		if owner != key && strings.Contains(seen, secret) {
			t.Fatalf("%q was shown what %s has: %s", key, owner, seen)
		}
	}
	if (key != "") != (o.Contact != "") {
		t.Fatalf("%q reached %s with the contact %q", key, o.Level, o.Contact)
	}
	if key == "" {
		m.r.say(t, o, wire.LayerBasic, fmt.Sprintf(`{"email":%q,"phone":"+%d"}`, mail, rand.IntN(2)))
		return
	}
	m.owner[o.Thread] = key
	if m.secrets[key] == "" {
		m.secrets[key] = "canary-" + chat.NewIDs(nil).New()
		m.r.say(t, o, wire.LayerAttributes, fmt.Sprintf(`{"secret":%q}`, m.secrets[key]))
	}
}

func FuzzSaying(f *testing.F) {
	for _, layer := range []string{wire.LayerBasic, wire.LayerForm, wire.LayerIntegration, wire.LayerPanel, wire.LayerAttributes, wire.LayerSite} {
		f.Add(layer, true, []byte(`{"name":"x","fields":[{"title":"a"}],"token":"t","paid_on":"2026-01-02","a b":1}`))
		f.Add(layer, false, []byte(`{"email":null}`))
	}
	f.Fuzz(func(t *testing.T, layer string, replace bool, data []byte) {
		s, err := parseSaying(layer, replace, data)
		if err != nil {
			if r, ok := err.(*chat.Refusal); !ok || r.Field == "" {
				t.Errorf("%q: %v names no field", data, err)
			}
			return
		}
		known := facts{Name: "n", Form: map[string]string{"a": "b"}, Attributes: map[string]any{"plan": "pro"}}
		if err := s.apply(&known); err != nil {
			return
		}
		again := known.encode()
		if err := s.apply(&known); err != nil || known.encode() != again {
			t.Errorf("%s %q said twice: %v, %s, then %s", layer, data, err, again, known.encode())
		}
		if parsed, err := parseFacts(again); err != nil || parsed.encode() != again || !json.Valid(wire.Encode(known.attributes())) {
			t.Errorf("kept as %s: %v", again, err)
		}
	})
}

func TestDatesAreISO8601(t *testing.T) {
	for text, want := range map[string]bool{
		"2026-02-03": true, "2026-02-03T10:00:00Z": true, "2026-02-03T10:00:00.123456Z": true, "2026-02-03T10:00:00+02:00": true, "2026-02-03T10:00:00.5-0700": true,
		"2026-02-03T10:00Z": true, "2026-02-03T10:00:00": true,
		"": false, "3 February": false, "1790000000000": false, "2026-02-30": false, "2026-02-03 10:00": false, "2026-02-03T25:00:00Z": false,
	} {
		if isDate(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}

func TestWhoIntroducesHimselfIsClaimedAndNotAnonymousAnyMore(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		o := r.come(t, acme, wire.Proof{})
		r.say(t, o, wire.LayerAttributes, `{"plan":"pro"}`)
		if v, err := r.Visitor(t.Context(), "acme", o.Visitor.ID); err != nil || v.Level != Anonymous {
			t.Fatalf("after a plan: %+v, %v", v, err)
		}
		r.say(t, o, wire.LayerBasic, `{"phone":"+4755"}`)
		if v, err := r.Visitor(t.Context(), "acme", o.Visitor.ID); err != nil || v.Level != Claimed {
			t.Errorf("after a telephone: %+v, %v", v, err)
		}
	})
}
