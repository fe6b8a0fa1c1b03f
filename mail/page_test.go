package mail

import (
	"crypto/sha256"
	"encoding/base64"
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"confab/chat"
	"confab/store"
	"confab/wire"
)

// mailed returns a guest's first mail.
func (w *world) mailed(guest string) received {
	w.T.Helper()
	w.guest(guest, verified("of "+guest, guest+"@example.org"))
	w.begin(guest, "Hello", "You there")
	w.send(w.look(guest))
	return w.smtp.one()
}

func (w *world) wants(guest string) bool {
	w.T.Helper()
	c := w.contact(guest)
	return c.WantsMail()
}

// Proves ATTR-019.
func TestUnsubscribingTakesAButtonAndCanBeTakenBack(t *testing.T) {
	w := newWorld(t)
	mail := w.mailed("kim")
	link := linkIn(t, mail)
	if !strings.Contains(mail.html, `href="`+html.EscapeString(link)+`"`) {
		t.Errorf("the link is not in\n%s", mail.html)
	}
	for range 3 { // as programs do that look where links lead
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			if r := w.follow(method, link, ""); status(r) != http.StatusOK || (method == http.MethodGet) != strings.Contains(r.Body.String(), "Unsubscribe?") {
				t.Fatalf("%s: %d\n%s", method, status(r), r.Body)
			}
		}
	}
	if !w.wants("kim") {
		t.Fatal("looking unsubscribes")
	}
	if form := ` action="` + html.EscapeString(strings.TrimPrefix(link, "https://chat.example.com")) + `"`; !strings.Contains(w.follow(http.MethodGet, link, "").Body.String(), form) {
		t.Errorf("the button does not lead to %s", link)
	}
	if r := w.follow(http.MethodPost, link, "do=off"); status(r) != http.StatusOK || !strings.Contains(r.Body.String(), "You are unsubscribed") {
		t.Errorf("%d\n%s", status(r), r.Body)
	}
	if w.wants("kim") {
		t.Error("he still gets mail")
	}
	w.begin("kim", "More", "And more")
	if due := w.look("kim"); len(due) != 0 {
		t.Error("a mail after unsubscribing")
	}
	if r := w.follow(http.MethodGet, link, ""); !strings.Contains(r.Body.String(), "Subscribe again") {
		t.Errorf("the page does not offer the way back:\n%s", r.Body)
	}
	if r := w.follow(http.MethodPost, link, "do=on"); !strings.Contains(r.Body.String(), "You are subscribed") || !w.wants("kim") {
		t.Errorf("not subscribed again:\n%s", r.Body)
	}
	w.begin("kim", "Again", "And again")
	w.send(w.look("kim"))
	w.smtp.one()
}

func TestMailProgramsUnsubscribeWithOneClick(t *testing.T) {
	w := newWorld(t)
	mail := w.mailed("kim")
	offered := strings.Trim(mail.header.Get("List-Unsubscribe"), "<>")
	if offered != linkIn(t, mail) || mail.header.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" {
		t.Fatalf("headers: %v", mail.header)
	}
	if r := w.follow(http.MethodPost, offered, "List-Unsubscribe=One-Click"); status(r) != http.StatusOK || w.wants("kim") {
		t.Errorf("%d, wants mail: %t", status(r), w.wants("kim"))
	}
}

func TestALinkWorksForItsPersonAndItsAddressOnly(t *testing.T) {
	w := newWorld(t)
	kim, ben := w.mailed("kim"), w.mailed("ben")
	link := linkIn(t, kim)
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	token := u.Query().Get("t")
	for why, address := range map[string]string{
		"no token":               "https://chat.example.com" + unsubscribePath,
		"a token of nothing":     "https://chat.example.com" + unsubscribePath + "?t=x",
		"half a token":           link[:len(link)-5],
		"a token for another":    "https://chat.example.com" + confirmPath + "?t=" + token,
		"a token that is longer": link + "x",
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			if r := w.follow(method, address, "do=off"); status(r) != http.StatusNotFound || !strings.Contains(r.Body.String(), "does not work") {
				t.Errorf("%s: %s %d", why, method, status(r))
			}
		}
	}
	w.follow(http.MethodPost, link, "do=off")
	if w.wants("kim") || !w.wants("ben") {
		t.Error("another is unsubscribed")
	}
	old := linkIn(t, ben)
	w.patch("ben", `{"email":"new@example.org"}`)
	if r := w.follow(http.MethodPost, old, "do=off"); status(r) != http.StatusOK || !strings.Contains(r.Body.String(), "You get no mail here") || !w.wants("ben") {
		t.Errorf("who had the address before ends the mail of who has another: %d\n%s", status(r), r.Body)
	}
	if err := w.People.DeleteContact(t.Context(), acme, w.contact("kim").ID); err != nil {
		t.Fatal(err)
	}
	if r := w.follow(http.MethodGet, link, ""); status(r) != http.StatusNotFound {
		t.Errorf("of a person who was erased: %d", status(r))
	}
}

func TestThePagesRunNothingAndTellNobodyOfTheirToken(t *testing.T) {
	w := newWorld(t)
	r := w.follow(http.MethodGet, linkIn(t, w.mailed("kim")), "")
	for name, want := range map[string]string{
		"Content-Type": "text/html; charset=utf-8", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "X-Robots-Tag": "noindex",
	} {
		if got := r.Header().Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	policy := r.Header().Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "style-src 'sha256-", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"} {
		if !strings.Contains(policy, part) {
			t.Errorf("the policy %q lacks %q", policy, part)
		}
	}
	body := r.Body.String()
	for _, not := range []string{"<script", "style=", "http:", "https:", "kim@example.org"} {
		if strings.Contains(body, not) {
			t.Errorf("the page holds %q", not)
		}
	}
	_, rest, _ := strings.Cut(body, "<style>")
	style, _, _ := strings.Cut(rest, "</style>")
	if sum := sha256.Sum256([]byte(style)); !strings.Contains(policy, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'") {
		t.Error("the policy does not allow the page its own style")
	}
	if r := w.follow(http.MethodPut, linkIn(t, w.mailed("ben")), "do=off"); status(r) != http.StatusMethodNotAllowed {
		t.Errorf("PUT: %d", status(r))
	}
}

func TestAnAddressThatWasOnlySaidIsAskedOnceAndWrittenToOnceItIsConfirmed(t *testing.T) {
	w := newWorld(t)
	if err := w.Store.SetWant(t.Context(), acme, store.Want{Outbox: true}); err != nil {
		t.Fatal(err)
	}
	w.guest("kim", wire.Proof{})
	w.says("kim", wire.LayerBasic, `{"name":"BUY NOW at evil.example","email":"kim@example.org"}`)
	w.Say("kim", chat.Draft{Text: "Cheap pills at evil.example", Offline: true})
	w.answers("kim", "Hello Kim")
	w.send(w.later("kim"))
	asked := w.smtp.one()
	if asked.subject() != "Is this your address?" || asked.header.Get("List-Unsubscribe") != "" {
		t.Errorf("asked %q, %v", asked.subject(), asked.header)
	}
	if strings.Contains(asked.raw+asked.text+asked.html, "evil") || strings.Contains(asked.text, "Hello Kim") {
		t.Errorf("a stranger is sent what others wrote:\n%s", asked.text)
	}
	w.answers("kim", "Are you there?")
	if due := append(w.look("kim"), w.later("kim")...); len(due) != 0 {
		t.Fatalf("asked again, or written to: %v", due)
	}
	link := linkIn(t, asked)
	if r := w.follow(http.MethodGet, link, ""); status(r) != http.StatusOK || !strings.Contains(r.Body.String(), "Confirm this address") {
		t.Errorf("%d\n%s", status(r), r.Body)
	}
	if due := w.look("kim"); len(due) != 0 {
		t.Fatal("looking confirms")
	}
	w.outgoing()
	for range 2 { // who presses twice gets the same answer
		if r := w.follow(http.MethodPost, link, "do=on"); status(r) != http.StatusOK || !strings.Contains(r.Body.String(), "Your address is confirmed") {
			t.Errorf("%d\n%s", status(r), r.Body)
		}
	}
	if again := w.outgoing(); len(again) != 1 || again[0].Thread != w.Visitor("kim").Thread {
		t.Errorf("to look at: %v", again)
	}
	if r := w.follow(http.MethodGet, link, ""); !strings.Contains(r.Body.String(), "Your address is confirmed") {
		t.Errorf("who follows the link again is told\n%s", r.Body)
	}
	w.send(w.look("kim"))
	if got := w.smtp.one(); got.to != "kim@example.org" || !inOrder(got.text, "Hello Kim", "Are you there?") {
		t.Errorf("to %s:\n%s", got.to, got.text)
	}
}

func TestWhatIsToBeConfirmedIsOverWithAnotherAddressAndAfterAWeek(t *testing.T) {
	w := newWorld(t)
	ask := func(guest string) string {
		w.guest(guest, wire.Proof{})
		w.says(guest, wire.LayerBasic, `{"email":"`+guest+`@example.org"}`)
		w.Say(guest, chat.Draft{Text: "Hello"})
		w.answers(guest, "Hello")
		w.send(w.later(guest))
		return linkIn(t, w.smtp.one())
	}
	link := ask("kim")
	w.says("kim", wire.LayerBasic, `{"email":"other@example.org"}`)
	if r := w.follow(http.MethodPost, link, "do=on"); !strings.Contains(r.Body.String(), "Nothing to confirm") || w.contact("kim").Email != "other@example.org" {
		t.Errorf("an address that he no longer says is confirmed:\n%s", r.Body)
	}
	late := ask("ben")
	w.pass(confirmLife + time.Hour)
	if r := w.follow(http.MethodPost, late, "do=on"); status(r) != http.StatusNotFound {
		t.Errorf("after a week: %d", status(r))
	}
	if c := w.contact("ben"); c.Mailbox().Known {
		t.Error("confirmed after all")
	}
}
