package people

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"go.uber.org/zap"
	"pgregory.net/rapid"

	"confab/account"
	"confab/auth"
	"confab/chat"
	"confab/files"
	"confab/presence"
	"confab/store"
	"confab/store/storetest"
	"confab/wire"
)

var (
	acme  = &account.Account{ID: "acme", Keys: []account.ServerKey{{Key: auth.NewSecret("ladygaga")}}}
	other = &account.Account{ID: "other", Keys: []account.ServerKey{{Key: auth.NewSecret("gagalady")}}}
)

type room struct {
	*People
	store *store.Store
}

func open(t testing.TB, url string) room {
	t.Helper()
	s := storetest.Open(t, url, nil)
	here := presence.New(presence.Options{Store: s, Node: "a", Log: zap.NewNop()})
	return room{New(Options{Store: s, Presence: here, IDs: chat.NewIDs(nil), Log: zap.NewNop()}), s}
}

// everywhere runs a test on the embedded store and on a real Redis.
func everywhere(t *testing.T, test func(t *testing.T, r room)) {
	t.Helper()
	t.Run("embedded", func(t *testing.T) {
		e, err := store.StartEmbedded(zap.NewNop())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { e.Close() })
		test(t, open(t, e.URL()))
	})
	t.Run("redis", func(t *testing.T) { test(t, open(t, storetest.Start(t).URL())) })
}

type fataler interface{ Fatal(...any) }

func (r room) come(t fataler, a *account.Account, proof wire.Proof) Opened {
	o, err := r.Open(context.Background(), a, proof, wire.Device{Language: "en"}, "", "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func (r room) write(t testing.TB, o Opened, text string) {
	storetest.MustAppend(t, r.store, storetest.Note("acme", o.Thread, string(o.Visitor.ID), chat.NewIDs(nil).New(), text))
}

func sign(a *account.Account, id string) string { return auth.SignUser(a.Keys[0].Key, id) }

func token(t testing.TB, key any, method jwt.SigningMethod, claims jwt.MapClaims) string {
	t.Helper()
	s, err := jwt.NewWithClaims(method, claims).SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestOnlyAProofThatHoldsProves(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			t.Fatal(err)
		}
		in := func(d time.Duration) int64 { return time.Now().Add(d).Unix() }
		hs := func(key string, c jwt.MapClaims) wire.Proof {
			return wire.Proof{JWT: token(t, []byte(key), jwt.SigningMethodHS256, c)}
		}
		good := jwt.MapClaims{"sub": "7", "exp": in(time.Hour)}
		cases := []struct {
			name  string
			proof wire.Proof
			level string
		}{
			{"nothing", wire.Proof{}, Anonymous},
			{"an id alone", wire.Proof{ID: "7"}, Claimed},
			{"hmac of the id", wire.Proof{ID: "7", HMAC: sign(acme, "7")}, Verified},
			{"hmac of the id, with an e-mail", wire.Proof{ID: "7", Email: "a@b.test", HMAC: sign(acme, "7")}, Verified},
			{"hmac of the e-mail", wire.Proof{Email: "a@b.test", HMAC: sign(acme, "a@b.test")}, Verified},
			{"hmac of the e-mail while an id is given", wire.Proof{ID: "7", Email: "a@b.test", HMAC: sign(acme, "a@b.test")}, Claimed},
			{"hmac of another id", wire.Proof{ID: "8", HMAC: sign(acme, "7")}, Claimed},
			{"hmac in capitals", wire.Proof{ID: "7", HMAC: strings.ToUpper(sign(acme, "7"))}, Verified},
			{"hmac cut off", wire.Proof{ID: "7", HMAC: sign(acme, "7")[:63]}, Claimed},
			{"another account's key", wire.Proof{ID: "7", HMAC: sign(other, "7")}, Claimed},
			{"hmac of nothing", wire.Proof{HMAC: sign(acme, "")}, Anonymous},
			{"jwt", hs("ladygaga", good), Verified},
			{"jwt, another account's key", hs("gagalady", good), Claimed},
			{"jwt, wrong key", hs("x", good), Claimed},
			{"jwt, expired", hs("ladygaga", jwt.MapClaims{"sub": "7", "exp": in(-time.Hour)}), Claimed},
			{"jwt, for two days", hs("ladygaga", jwt.MapClaims{"sub": "7", "exp": in(48 * time.Hour)}), Claimed},
			{"jwt, not yet", hs("ladygaga", jwt.MapClaims{"sub": "7", "exp": in(2 * time.Hour), "nbf": in(time.Hour)}), Claimed},
			{"jwt, for ever", hs("ladygaga", jwt.MapClaims{"sub": "7"}), Claimed},
			{"jwt, of nobody", hs("ladygaga", jwt.MapClaims{"exp": in(time.Hour)}), Claimed},
			{"jwt, none", wire.Proof{JWT: token(t, jwt.UnsafeAllowNoneSignatureType, jwt.SigningMethodNone, good)}, Claimed},
			{"jwt, RS256", wire.Proof{JWT: token(t, rsaKey, jwt.SigningMethodRS256, good)}, Claimed},
			{"jwt, HS512", wire.Proof{JWT: token(t, []byte("ladygaga"), jwt.SigningMethodHS512, good)}, Claimed},
			{"jwt of a megabyte", wire.Proof{JWT: strings.Repeat("a", 1<<20)}, Claimed},
			{"a secret clientId", wire.Proof{ClientID: "12345678"}, Bound},
			{"a short clientId", wire.Proof{ClientID: "1234567"}, Anonymous},
			{"a clientId and a wrong hmac", wire.Proof{ClientID: "12345678", ID: "7", HMAC: "00"}, Bound},
		}
		for _, c := range cases {
			o := r.come(t, acme, c.proof)
			if o.Level != c.level || o.Visitor.Level != c.level {
				t.Errorf("%s: %s, want %s", c.name, o.Level, c.level)
			}
		}
	})
}

func TestATokenOpensItsVisitorAndNobodyElse(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		a := r.come(t, acme, wire.Proof{})
		if a.Visitor.Name != fmt.Sprintf("guest-%d", a.Visitor.No) || a.Token == "" {
			t.Fatalf("a new visitor: %+v", a)
		}
		again := r.come(t, acme, wire.Proof{Token: a.Token})
		if again.Visitor.ID != a.Visitor.ID || again.Thread != a.Thread || again.Token != "" {
			t.Errorf("the token opened %+v", again)
		}
		id, secret, _ := strings.Cut(a.Token, ".")
		for name, bad := range map[string]string{
			"wrong secret": id + "." + strings.Repeat("A", len(secret)), "no secret": id + ".", "no id": "." + secret, "the hash": id + "." + parseTokens(a.Visitor.Tokens).hash,
			"cut": a.Token[:len(a.Token)-1], "longer": a.Token + "A", "huge": strings.Repeat("A", 1<<20), "key": "x}:" + a.Token,
		} {
			if o := r.come(t, acme, wire.Proof{Token: bad}); o.Visitor.ID == a.Visitor.ID || o.Token == "" {
				t.Errorf("%s opened the visitor", name)
			}
		}
		if o := r.come(t, other, wire.Proof{Token: a.Token}); o.Visitor.ID == a.Visitor.ID {
			t.Error("another account opened the visitor")
		}
	})
}

func TestWhoWasProvenIsAStrangerWithoutProof(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		for _, proof := range []wire.Proof{{ID: "7", HMAC: sign(acme, "7")}, {ClientID: "secret-of-seven"}} {
			a := r.come(t, acme, proof)
			if o := r.come(t, acme, wire.Proof{Token: a.Token}); o.Visitor.ID == a.Visitor.ID || o.Thread == a.Thread || o.Level != Anonymous {
				t.Errorf("the token alone opened %+v", o)
			}
			if o := r.come(t, acme, wire.Proof{Token: a.Token, ID: "7"}); o.Thread == a.Thread || o.Level != Claimed {
				t.Errorf("a claim opened %+v", o)
			}
			proof.Token = a.Token
			if o := r.come(t, acme, proof); o.Visitor.ID != a.Visitor.ID || o.Token != "" {
				t.Errorf("with proof the token opened %+v", o)
			}
		}
	})
}

func TestAnonymousHistoryJoinsOnceAndTheOldTokenIsVoid(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		for _, proof := range []wire.Proof{{ID: "7", HMAC: sign(acme, "7")}, {ClientID: "secret-of-seven"}} {
			before := r.come(t, acme, wire.Proof{})
			r.write(t, before, "hello")
			proof.Token = before.Token
			a := r.come(t, acme, proof)
			if a.Thread != before.Thread || a.Token == "" {
				t.Fatalf("%s: the thread did not come along: %+v", a.Level, a)
			}
			if o := r.come(t, acme, wire.Proof{Token: before.Token}); o.Thread == a.Thread {
				t.Errorf("%s: the token of before still opens the thread", a.Level)
			}
			second := r.come(t, acme, wire.Proof{})
			r.write(t, second, "from another device")
			proof.Token = second.Token
			b := r.come(t, acme, proof)
			if b.Thread != a.Thread {
				t.Errorf("%s: another device shows another thread", a.Level)
			}
			if (b.Level == Bound) != (b.Visitor.ID == a.Visitor.ID) {
				t.Errorf("%s: visitors %s and %s", b.Level, a.Visitor.ID, b.Visitor.ID)
			}
			e, err := r.Export(t.Context(), "acme", b.Visitor.Contact)
			if err != nil || len(e.Threads) != 2 || len(e.Threads[0].Entries) != 1 || len(e.Threads[1].Entries) != 1 {
				t.Errorf("%s: the other thread is no history of the person: %+v, %v", a.Level, e, err)
			}
		}
	})
}

func TestAnotherPersonIsAnotherVisitor(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		a := r.come(t, acme, wire.Proof{ID: "a", HMAC: sign(acme, "a")})
		b := r.come(t, acme, wire.Proof{Token: a.Token, ID: "b", HMAC: sign(acme, "b")})
		if b.Visitor.ID == a.Visitor.ID || b.Thread == a.Thread || b.Visitor.Contact == a.Visitor.Contact {
			t.Error("a proven person became another")
		}
		c := r.come(t, acme, wire.Proof{ID: "c"})
		d := r.come(t, acme, wire.Proof{Token: c.Token, ID: "d", HMAC: sign(acme, "d")})
		if d.Visitor.ID == c.Visitor.ID || d.Thread == c.Thread {
			t.Error("what somebody only said of another was merged")
		}
		e := r.come(t, acme, wire.Proof{Token: c.Token, ID: "c", HMAC: sign(acme, "c")})
		if e.Visitor.ID != c.Visitor.ID || e.Thread != c.Thread {
			t.Error("who proves what he said before lost his thread")
		}
	})
}

// Whoever comes with whatever he can know: nobody but the proven person ever sees the person's thread.
func TestNoMixOfClaimsAndTokensOpensAProvenThread(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		run := 0
		rapid.Check(t, func(t *rapid.T) {
			run++
			person := func(n int) string { return fmt.Sprintf("p%d-%d", run, n) }
			owner := map[chat.ThreadID]string{} // of threads that belong to somebody proven
			tokens := []string{""}
			for range rapid.IntRange(2, 12).Draw(t, "steps") {
				who := person(rapid.IntRange(0, 2).Draw(t, "who"))
				proof := wire.Proof{Token: rapid.SampledFrom(tokens).Draw(t, "token")}
				kind := rapid.SampledFrom([]string{"none", "claim", "wrong", "hmac", "client"}).Draw(t, "kind")
				key := "id:" + who
				switch kind {
				case "claim":
					proof.ID = who
				case "wrong":
					proof.ID, proof.HMAC = who, sign(other, who)
				case "hmac":
					proof.ID, proof.HMAC = who, sign(acme, who)
				case "client":
					proof.ClientID, key = "secret-"+who, "client:"+who
				}
				o := r.come(t, acme, proof)
				proven := kind == "hmac" || kind == "client"
				if was, taken := owner[o.Thread]; taken && (!proven || was != key) {
					t.Fatalf("%s of %s opened the thread of %s", kind, key, was)
				}
				if proven {
					owner[o.Thread] = key
				}
				if proven != (o.Level == Verified || o.Level == Bound) {
					t.Fatalf("%s reached %s", kind, o.Level)
				}
				if o.Token != "" {
					tokens = append(tokens, o.Token)
				}
			}
		})
	})
}

func TestAnErasedPersonIsGoneAndLateCommitsAreRefused(t *testing.T) {
	server := storetest.Start(t)
	r := open(t, server.URL())
	a := r.come(t, acme, wire.Proof{ID: "canary-id", Email: "canary@acme.test", Name: "canary", HMAC: sign(acme, "canary-id")})
	r.write(t, a, "canary text")
	if _, err := r.PatchContact(t.Context(), "acme", a.Visitor.Contact, []byte(`{"phone":"+47 canary","attributes":{"plan":"canary"}}`)); err != nil {
		t.Fatal(err)
	}
	for layer, data := range map[string]string{wire.LayerBasic: `{"description":"canary"}`, wire.LayerPanel: `{"fields":[{"content":"canary"}]}`, wire.LayerSite: `{"token":"canary"}`} {
		r.say(t, a, layer, data)
	}
	unproven := Speaker{Account: "acme", Visitor: a.Visitor.ID} // another tab, which has not proven it
	for _, who := range []Speaker{a.speaker(), unproven} {
		id := chat.RequestID("canary-" + string(who.Contact))
		if err := errors.Join(r.Event(t.Context(), who, id+"e", "canary", []byte(`{"a":"canary"}`)), r.Consent(t.Context(), who, id+"c", "terms", true),
			r.Feedback(t.Context(), who, id+"f", "canary", nil)); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.o.Presence.Adopt(t.Context(), "acme", a.Visitor.ID, a.Visitor.Contact); err != nil {
		t.Fatal(err)
	}
	viewed := make(chan error, 1)
	r.o.Presence.View("acme", a.Visitor.ID, acme.Privacy.View(chat.Page{URL: "https://acme.test/?utm_source=canary"}), func(err error) { viewed <- err })
	if err := <-viewed; err != nil {
		t.Fatal(err)
	}
	if e, err := r.Export(t.Context(), "acme", a.Visitor.Contact); err != nil || e.LatestVisit == nil || e.LatestVisit.UTM.Source != "canary" || e.Site != "canary" || len(e.Visitors[0].Did) != 6 ||
		!strings.Contains(string(e.Visitors[0].Said), "canary") || e.Contact.Layers.Panel[0].Content != "canary" {
		t.Errorf("the export lacks something: %+v, %v", e, err)
	}
	if err := r.DeleteContact(t.Context(), "acme", a.Visitor.Contact); err != nil {
		t.Fatal(err)
	}
	if err := r.Event(t.Context(), unproven, "late-event", "canary", nil); !isCode(err, chat.NotFound) {
		t.Errorf("a late event: %v, want not_found", err)
	}
	c := server.Client()
	defer c.Close()
	keys, err := c.Keys(t.Context(), "*").Result()
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		dump, err := c.Dump(t.Context(), key).Result()
		if err == nil && (strings.Contains(dump, "canary") || strings.Contains(dump, string(a.Visitor.ID)) ||
			strings.Contains(key, string(a.Visitor.ID)) || strings.Contains(key, string(a.Visitor.Contact))) {
			t.Errorf("something is left in %s", key)
		}
	}
	if _, err := storetest.Append(r.store, storetest.Note("acme", a.Thread, "x", "cmid-late", "late")); !isCode(err, chat.NotFound) {
		t.Errorf("a late commit: %v, want not_found", err)
	}
	if err := r.DeleteContact(t.Context(), "acme", a.Visitor.Contact); !isCode(err, chat.NotFound) {
		t.Errorf("erased twice: %v", err)
	}
	if b := r.come(t, acme, wire.Proof{ID: "canary-id", HMAC: sign(acme, "canary-id")}); b.Thread == a.Thread {
		t.Error("the person who comes back has the erased thread")
	}
}

func TestErasingAPersonErasesTheFilesOfItsThreads(t *testing.T) {
	server := storetest.Start(t)
	r := open(t, server.URL())
	disk, err := files.OpenDisk(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { disk.Close() })
	r.o.Files = files.New(files.Options{Store: r.store, Place: disk, Log: zap.NewNop(), Temp: disk.Temp()})
	a := r.come(t, acme, wire.Proof{ID: "canary-id", HMAC: sign(acme, "canary-id")})
	wish := files.Wish{
		Account: "acme", Thread: a.Thread, Author: chat.Actor{Kind: chat.Visitor, ID: string(a.Visitor.ID)}, Request: "request-1", Name: "a", Bytes: 1,
	}
	if _, err := r.o.Files.Ticket(t.Context(), wish); err != nil {
		t.Fatal(err)
	}
	if err := disk.Put(t.Context(), "CANARY", strings.NewReader("canary"), 6); err != nil {
		t.Fatal(err)
	}
	if err := r.store.KeepFile(t.Context(), "acme", a.Thread, "CANARY", []byte(`{"account":"acme"}`)); err != nil {
		t.Fatal(err)
	}
	if err := r.DeleteContact(t.Context(), "acme", a.Visitor.Contact); err != nil {
		t.Fatal(err)
	}
	if _, err := disk.Open(t.Context(), "CANARY"); !errors.Is(err, files.ErrGone) {
		t.Errorf("the bytes: %v", err)
	}
	if _, _, err := r.store.File(t.Context(), "CANARY"); !isCode(err, chat.NotFound) {
		t.Errorf("the document: %v", err)
	}
	c := server.Client()
	defer c.Close()
	if keys, err := c.Keys(t.Context(), "*uploads:visitor:*").Result(); err != nil || len(keys) != 0 {
		t.Errorf("what was counted: %v, %v", keys, err)
	}
}

func TestAPatchChangesOnlyWhatItMay(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		a := r.come(t, acme, wire.Proof{})
		id := chat.ContactID(a.Visitor.ID)
		c, err := r.PatchContact(t.Context(), "acme", id, []byte(`{"name":"Eve","email":"e@x.test","attributes":{"n":1,"s":"x","b":true}}`))
		if err != nil || c.Name != "Eve" || len(c.Attributes) != 3 || c.Level != Anonymous {
			t.Fatalf("%+v, %v", c, err)
		}
		c, err = r.PatchContact(t.Context(), "acme", id, []byte(`{"email":null,"attributes":{"n":null}}`))
		if err != nil || c.Name != "Eve" || c.Email != "" || len(c.Attributes) != 2 {
			t.Fatalf("%+v, %v", c, err)
		}
		for _, bad := range []string{`{"level":"verified"}`, `{"thread":"x"}`, `{"id":"x"}`, `{"name":1}`, `[]`, `{}{}`, ``,
			`{"attributes":{"a":{"b":1}}}`, `{"attributes":{"a":[1]}}`, `{"attributes":{"":1}}`, `{"name":"` + strings.Repeat("x", 200) + `"}`} {
			if _, err := r.PatchContact(t.Context(), "acme", id, []byte(bad)); !isCode(err, chat.BadField) && !isCode(err, chat.TooLong) {
				t.Errorf("%s: %v", bad, err)
			}
		}
		if v, _ := r.Visitor(t.Context(), "acme", a.Visitor.ID); v.Name != "Eve" {
			t.Errorf("lists show %q", v.Name)
		}
		if _, err := r.Contact(t.Context(), "acme", "nobody"); !isCode(err, chat.NotFound) {
			t.Errorf("nobody: %v", err)
		}
	})
}

func TestHistoryIsOneTimeLine(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		trail := []presence.View{{URL: "c", At: 9, Visit: 2}, {URL: "b", At: 3, Visit: 1}, {URL: "a", At: 2, Visit: 1}}
		all := walked("v", trail)
		var got []string
		for _, h := range all {
			got = append(got, fmt.Sprintf("%s@%d", h.Kind, h.At))
		}
		if want := "visit@2 page@2 page@3 visit@9 page@9"; strings.Join(got, " ") != want || all[0].Visit.Pages != 2 {
			t.Errorf("%v with %d pages first, want %s", got, all[0].Visit.Pages, want)
		}
		a := r.come(t, acme, wire.Proof{})
		for i := range 5 {
			done := make(chan error, 1)
			r.o.Presence.View("acme", a.Visitor.ID, acme.Privacy.View(chat.Page{URL: fmt.Sprintf("https://acme.test/%d", i)}), func(err error) { done <- err })
			if err := <-done; err != nil {
				t.Fatal(err)
			}
		}
		seen, after := 0, ""
		for {
			page, next, err := r.History(t.Context(), "acme", chat.ContactID(a.Visitor.ID), after, 2)
			if err != nil || len(page) > 2 {
				t.Fatalf("%v, %v", page, err)
			}
			seen += len(page)
			if after = next; next == "" {
				break
			}
		}
		if seen != 6 {
			t.Errorf("%d lines, want a visit and its 5 pages", seen)
		}
	})
}

func TestBrowsersAreKnown(t *testing.T) {
	a := newAgents()
	for agent, want := range map[string]software{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36": {"Chrome 142", "Windows 10"},
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                          {"Firefox 140", "Linux"},
		"": {}, "what is this": {}, strings.Repeat("x", 4096): {},
	} {
		for range 2 {
			if got := a.look(agent); got != want {
				t.Errorf("%.40q is %+v, want %+v", agent, got, want)
			}
		}
	}
	for i := range 3 * maxKnownAgents {
		a.remember(fmt.Sprint(i), software{})
	}
	if n := len(a.young) + len(a.old); n > 2*maxKnownAgents {
		t.Errorf("%d are remembered", n)
	}
}

func FuzzToken(f *testing.F) {
	secret := auth.NewSecretToken()
	kept, token := issue(secret, 1), tokenOf("d9nKoegKSjmCtyK78", secret)
	f.Add(token)
	f.Add(secret)
	f.Add("d9nKoegKSjmCtyK78.")
	f.Add("a.b.c")
	f.Add("cf:{x}.yyyyyyyyyyyyyyyyyyyyyyyy")
	f.Fuzz(func(t *testing.T, text string) {
		id, shown, made, ok := parseToken(text)
		if !ok {
			return
		}
		if strings.ContainsAny(string(id), ":{}|. \n") || made && (shown != text || len(id) != 17) || !made && tokenOf(id, shown) != text {
			t.Errorf("%q was taken apart into %q and %q", text, id, shown)
		}
		if opens, _ := kept.opens(shown, 1); opens && shown != secret {
			t.Errorf("%q opens", text)
		}
	})
}
