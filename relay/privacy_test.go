package relay_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"confab/account"
	"confab/chat"
	"confab/relay"
	"confab/relay/relaytest"
	"confab/store/storetest"
	"confab/wire"
)

const (
	canaryAddress = "203.0.113.77"
	canaryPage    = "https://acme.test/tents?size=3&reset_token=canary&email=canary%40acme.test&utm_source=news"
)

// canaries starts a node whose visitors all come from the canary's address, with all that it logs.
func canaries(t *testing.T) (*relaytest.World, *relaytest.Node, *observer.ObservedLogs) {
	core, logs := observer.New(zap.DebugLevel)
	w := relaytest.NewReal(t)
	w.Log = zap.New(core)
	return w, w.Start(func(o *relay.Options) { o.Address = func(*http.Request) string { return canaryAddress } }), logs
}

// does has a visitor say, on two pages with secrets in their addresses, all that is said with a page.
func does(t *testing.T, n *relaytest.Node, console *relaytest.Socket) {
	t.Helper()
	hello := as(wire.Proof{ID: "7", HMAC: "wrong"})
	hello.Page = &chat.Page{URL: canaryPage, Title: "Tents", Referrer: "https://login.test/?code=canary"}
	s := n.VisitorAs(hello)
	storetest.Eventually(t, "he is here", func() bool {
		trail, err := n.Presence.Trail(t.Context(), relaytest.Acme, helloVisitor(t, s).ID)
		return err == nil && len(trail) == 1
	})
	s.Send(wire.Page{T: wire.TypePage, Page: chat.Page{URL: canaryPage + "#/more?sid=canary", Referrer: canaryPage}})
	s.Post("", "hello")
	r := request(wire.TypeFeedback, "feedback")
	s.Send(wire.Feedback{Request: r, Text: "nice"})
	s.Answer(r)
	storetest.Eventually(t, "the other page is seen", func() bool {
		trail, err := n.Presence.Trail(t.Context(), relaytest.Acme, helloVisitor(t, s).ID)
		return err == nil && len(trail) == 2
	})
	other := as(wire.Proof{})
	other.Page = hello.Page
	n.VisitorAs(other).Post("", "from the page that he came on")
	console.Until(func(f relaytest.Frame) bool {
		if strings.Contains(string(f.Raw), "canary") {
			t.Errorf("the console is told %s", f.Raw)
		}
		return strings.Contains(string(f.Raw), "#/more")
	})
}

func TestSecretsOfPagesAndWholeAddressesAreNeitherKeptNorLoggedNorShown(t *testing.T) {
	w, n, logs := canaries(t)
	does(t, n, n.Agent(relaytest.Anna, true))
	c := w.Redis.Client()
	defer c.Close()
	all := storetest.Everything(t, c)
	for _, secret := range []string{canaryAddress, "canary"} {
		if at := strings.Index(all, secret); at >= 0 {
			t.Errorf("the store holds %q: …%s…", secret, all[max(at-300, 0):min(at+100, len(all))])
		}
		for _, entry := range logs.All() {
			if line := fmt.Sprint(entry.Message, entry.ContextMap()); strings.Contains(line, secret) {
				t.Errorf("%q is logged: %s", secret, line)
			}
		}
	}
	for _, known := range []string{"203.0.113.0", "https://acme.test/tents?size=3", "utm_source=news", `"startedOn":{"url":"https://acme.test/tents`} {
		if !strings.Contains(all, known) {
			t.Errorf("the store lacks %s", known)
		}
	}
	if !strings.Contains(fmt.Sprint(logs.FilterLoggerName("security").All()), "203.0.113.0") {
		t.Error("the security log lacks where the wrong proof came from")
	}
}

// The socket was open before the account changed its mind.
func TestAnAccountsPrivacyHoldsForSocketsThatAreOpen(t *testing.T) {
	w, n, _ := canaries(t)
	s := n.VisitorAs(as(wire.Proof{}))
	if _, err := n.Accounts.Update(t.Context(), account.AccountSpec{ID: relaytest.Acme, Privacy: account.PrivacySpec{Queries: new(chat.QueriesRemoved)}}); err != nil {
		t.Fatal(err)
	}
	id, page := helloVisitor(t, s).ID, 0
	storetest.Eventually(t, "the query is removed", func() bool {
		page++
		s.Send(wire.Page{T: wire.TypePage, Page: chat.Page{URL: fmt.Sprintf("https://acme.test/%d?size=3", page)}})
		s.Ping()
		trail, err := n.Presence.Trail(t.Context(), relaytest.Acme, id)
		return err == nil && len(trail) > 0 && !strings.Contains(trail[0].URL, "?")
	})
	if _, err := n.Accounts.Update(t.Context(), account.AccountSpec{
		ID: relaytest.Acme, Privacy: account.PrivacySpec{Addresses: new(chat.AddressesWhole), Queries: new(chat.QueriesKept)},
	}); err != nil {
		t.Fatal(err)
	}
	hello := as(wire.Proof{})
	hello.Page = &chat.Page{URL: canaryPage}
	n.VisitorAs(hello)
	c := w.Redis.Client()
	defer c.Close()
	storetest.Eventually(t, "all is kept", func() bool {
		all := storetest.Everything(t, c)
		return strings.Contains(all, canaryAddress) && strings.Contains(all, "reset_token=canary")
	})
}
