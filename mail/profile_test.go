package mail

import (
	"strings"
	"testing"

	"confab/account"
	"confab/chat"
)

// underProfile has Ann begin a conversation with kim under a profile, and returns its first mail.
func underProfile(t *testing.T, w *world, p account.SenderProfile) received {
	t.Helper()
	p.ID = "shop"
	_, err := w.Accounts.UpdateAgent(t.Context(), acme, account.AgentSpec{ID: "acme-ann", SenderProfiles: &[]account.SenderProfile{p}})
	if err != nil {
		t.Fatal(err)
	}
	w.guest("kim", verified("7", "kim@example.org"))
	author := w.Agent("ann")
	author.Name = p.Name
	w.Say("kim", chat.Draft{Author: author, Text: "It is on its way.", Subject: "Your order", New: true, Profile: p.ID})
	w.send(w.look("kim"))
	return w.smtp.one()
}

// Proves PAV-REST-049.
func TestMailUnderAProfileComesFromItsAddressOnlyWhereTheOperatorVouchesForIt(t *testing.T) {
	for why, c := range map[string]struct{ address, from, reply string }{
		"the sender's own domain":      {"shop@Example.com", `"Ann of the shop" <shop@example.com>`, ""},
		"a domain of the list":         {"shop@tern.example", `"Ann of the shop" <shop@tern.example>`, ""},
		"one in letters of its own":    {"shop@zelt-süd.example", `"Ann of the shop" <shop@xn--zelt-sd-s2a.example>`, ""},
		"another domain":               {"shop@elsewhere.example", `"Ann of the shop" <chat@example.com>`, `"Ann of the shop" <shop@elsewhere.example>`},
		"one below the sender's":       {"shop@mail.example.com", `"Ann of the shop" <chat@example.com>`, `"Ann of the shop" <shop@mail.example.com>`},
		"one that ends like it":        {"shop@notexample.com", `"Ann of the shop" <chat@example.com>`, `"Ann of the shop" <shop@notexample.com>`},
		"a profile without an address": {"", `"Ann of the shop" <chat@example.com>`, `"Ann of the shop" <acme-ann@example.com>`},
	} {
		w := newWorld(t)
		south, err := ParseDomain("zelt-süd.example")
		if err != nil {
			t.Fatal(err)
		}
		w.mail.o.Domains = []string{"tern.example", south}
		got := underProfile(t, w, account.SenderProfile{Name: "Ann of the shop", Email: c.address})
		if from, reply := decoded(got.header.Get("From")), decoded(got.header.Get("Reply-To")); from != c.from || reply != c.reply {
			t.Errorf("%s: from %s, replies to %s", why, from, reply)
		}
		if got.from != "chat@example.com" {
			t.Errorf("%s: what cannot be delivered goes back to %s", why, got.from)
		}
		if strings.Contains(got.text, languages["en"].NoReplies) {
			t.Errorf("%s: says that replies come nowhere:\n%s", why, got.text)
		}
	}
}

func TestASignatureStandsBelowTheTextAndInNoOtherMail(t *testing.T) {
	w := newWorld(t)
	p := account.SenderProfile{Name: "Ann of the shop", Signature: "Yours,\nAnn <of> the shop\n"}
	first := underProfile(t, w, p)
	if !inOrder(first.text, "It is on its way.\n\nYours,\nAnn <of> the shop\n\n-- \n") {
		t.Errorf("text:\n%s", first.text)
	}
	if !inOrder(first.html, "It is on its way.", "Yours,<br>\nAnn &lt;of&gt; the shop</p>", "You get this mail") {
		t.Errorf("html:\n%s", first.html)
	}
	if texts, _ := w.texts("kim"); len(texts) != 1 || texts[0] != "It is on its way." {
		t.Errorf("the chat holds %q", texts)
	}

	w.answers("kim", "And it is here.") // she goes on in the same conversation
	w.send(w.later("kim"))
	if again := w.smtp.one(); !strings.Contains(again.text, "Ann <of> the shop") || decoded(again.header.Get("From")) != `"Ann of the shop" <chat@example.com>` {
		t.Errorf("from %s\n%s", decoded(again.header.Get("From")), again.text)
	}
	_, err := w.Accounts.UpdateAgent(t.Context(), acme, account.AgentSpec{ID: "acme-ben", SenderProfiles: &[]account.SenderProfile{
		{ID: "shop", Name: "Ben of the shop", Signature: "Yours,\nBen <of> the shop"}, // its id is unique among his own only
	}})
	if err != nil {
		t.Fatal(err)
	}
	w.Say("kim", chat.Draft{Author: w.Agent("ben"), Text: "I take over."})
	w.send(w.later("kim"))
	if other := w.smtp.one(); strings.Contains(other.text, "of> the shop") || !strings.Contains(decoded(other.header.Get("From")), "Ben") {
		t.Errorf("from %s\n%s", decoded(other.header.Get("From")), other.text)
	}

	// Another conversation, without a profile, bears none of it; nor does one whose profile is gone.
	w.begin("kim", "Another", "Something else.")
	w.send(w.look("kim"))
	if plain := w.smtp.one(); strings.Contains(plain.text, "Yours,") || decoded(plain.header.Get("From")) != `"Ann (The acme company)" <chat@example.com>` {
		t.Errorf("from %s\n%s", decoded(plain.header.Get("From")), plain.text)
	}
	w.Say("kim", chat.Draft{Author: w.Agent("ann"), Text: "Hello", Subject: "Gone", New: true, Profile: "no such profile"})
	w.send(w.look("kim"))
	if gone := w.smtp.one(); strings.Contains(gone.text, "Yours,") || decoded(gone.header.Get("From")) != `"Ann (The acme company)" <chat@example.com>` {
		t.Errorf("from %s\n%s", decoded(gone.header.Get("From")), gone.text)
	}
}
