package mail

import (
	"cmp"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"html/template"
	"net/http"
	"strings"
	"time"

	"go.uber.org/zap"

	"confab/auth"
	"confab/chat"
	"confab/people"
)

const (
	unsubscribePath = "/mail/unsubscribe"
	confirmPath     = "/mail/confirm"

	confirmLife  = 7 * day
	maxFormBytes = 4 << 10
)

//go:embed page.html
var pageHTML string

// page is what one of the pages shows.
type page struct {
	Title  string
	Text   string
	Button string // what the button says, "" for none
	Action string // what pressing it does; see do
	Token  string
	Bad    bool
	Lang   string
}

type pages struct {
	*Mail
	look   *template.Template
	policy string
}

func newPages(m *Mail) pages {
	_, rest, _ := strings.Cut(pageHTML, "<style>")
	style, _, _ := strings.Cut(rest, "</style>")
	sum := sha256.Sum256([]byte(style))
	return pages{m, template.Must(template.New("page").Parse(pageHTML)),
		"default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"}
}

func (m *Mail) sign(purpose string, a chat.AccountID, id chat.ContactID, mark string, until time.Time) string {
	return m.o.Links.Sign(auth.Link{Purpose: purpose, Account: a, Contact: id, Address: mark, Expires: until})
}

// unsubscribe offers, and on POST makes, the end of all mail, and its beginning anew. Programs that look at links only GET, and
// change nothing by it. Mail programs POST List-Unsubscribe=One-Click (RFC 8058).
func (p pages) unsubscribe(w http.ResponseWriter, r *http.Request) {
	p.serve(w, r, unsubscribePath, func(ctx context.Context, f follower, action string) (page, error) {
		switch {
		case !f.holds:
			return page{Title: f.words.GoneTitle, Text: with(f.words.GoneText, f.account)}, nil
		case action == "":
			if !f.who.WantsMail() {
				return f.ended(), nil
			}
			return f.leaving(f.words.LeaveTitle, f.words.LeaveText), nil
		case action == "on":
			if err := p.setWants(ctx, f, true); err != nil {
				return page{}, err
			}
			return f.leaving(f.words.BackTitle, f.words.BackText), nil
		}
		if err := p.setWants(ctx, f, false); err != nil {
			return page{}, err
		}
		return f.ended(), nil
	})
}

func (f follower) leaving(title, text string) page {
	return page{Title: title, Text: with(text, f.account), Button: f.words.Unsubscribe, Action: "off"}
}

func (f follower) ended() page {
	return page{Title: f.words.LeftTitle, Text: with(f.words.LeftText, f.account), Button: f.words.Again, Action: "on"}
}

func (p pages) setWants(ctx context.Context, f follower, wants bool) error {
	patch, err := json.Marshal(map[string]any{"attributes": map[string]bool{people.AttributeMail: wants}})
	if err != nil {
		return err
	}
	_, err = p.o.People.PatchContact(ctx, f.link.Account, f.link.Contact, patch)
	p.o.Log.Info("mail subscription", zap.String("account", string(f.link.Account)), zap.String("contact", string(f.link.Contact)), zap.Bool("wants", wants), zap.Error(err))
	return err
}

// confirm notes on POST that an address is that of who said it; answers that wait for that go out.
func (p pages) confirm(w http.ResponseWriter, r *http.Request) {
	p.serve(w, r, confirmPath, func(ctx context.Context, f follower, action string) (page, error) {
		box := f.who.Mailbox()
		switch {
		case !f.holds || f.who.Blocked:
			return page{Title: f.words.NothingTitle, Text: f.words.NothingText, Bad: true}, nil
		case box.Known:
			return confirmed(f), nil
		case action == "":
			return page{Title: f.words.Yours, Text: with(f.words.ConfirmText, f.account), Button: f.words.Confirm, Action: "on"}, nil
		}
		patch, err := json.Marshal(map[string]string{"email": box.Address})
		if err != nil {
			return page{}, err
		}
		if _, err := p.o.People.PatchContact(ctx, f.link.Account, f.link.Contact, patch); err != nil {
			return page{}, err
		}
		if f.who.Thread != "" {
			err = p.o.Store.LookOut(ctx, f.link.Account, f.who.Thread)
		}
		return confirmed(f), err
	})
}

func confirmed(f follower) page {
	return page{Title: f.words.ConfirmedTitle, Text: with(f.words.ConfirmedText, f.account)}
}

// follower is who follows a link.
type follower struct {
	link    auth.Link
	account string // its name
	who     people.Contact
	holds   bool // the address that the link was sent to is still the person's
	words   *words
}

// serve answers with the page that do makes. action is "" on GET, and what was asked for on POST.
func (p pages) serve(w http.ResponseWriter, r *http.Request, path string, do func(ctx context.Context, f follower, action string) (page, error)) {
	action := ""
	if r.Method == http.MethodPost {
		r.Body = http.MaxBytesReader(w, r.Body, maxFormBytes)
		if action = r.PostFormValue("do"); action != "on" {
			action = "off"
		}
	}
	token, says := r.URL.Query().Get("t"), cmp.Or(speaking(r.URL.Query().Get("l")), languages["en"])
	f, err := p.follow(r.Context(), path, token)
	f.words = says
	status, shown := http.StatusOK, page{}
	if err == nil {
		shown, err = do(r.Context(), f, action)
	}
	switch {
	case err == auth.ErrInvalid || isNotFound(err):
		status = http.StatusNotFound
		shown = page{Title: says.BrokenTitle, Text: says.BrokenText, Bad: true}
	case err != nil:
		p.o.Log.Error("page of a mail", zap.String("path", path), zap.Error(err))
		status = http.StatusServiceUnavailable
		shown = page{Title: says.FailedTitle, Text: says.FailedText, Bad: true}
	}
	shown.Token, shown.Lang = token, says.lang
	p.show(w, r, path, status, shown)
}

func (p pages) follow(ctx context.Context, path, token string) (follower, error) {
	link, err := p.o.Links.Verify(path, token, p.o.Now())
	if err != nil {
		return follower{}, err
	}
	a, err := p.o.Accounts.Account(ctx, link.Account)
	if err != nil {
		return follower{}, err
	}
	who, err := p.o.People.Contact(ctx, link.Account, link.Contact)
	if err != nil {
		return follower{}, err
	}
	address, ok := postal(who.Mailbox().Address)
	return follower{link: link, account: nameOf(a), who: who, holds: ok && p.o.Links.Mark(address) == link.Address}, nil
}

func (p pages) show(w http.ResponseWriter, r *http.Request, path string, status int, shown page) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", p.policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer") // the address holds a token
	h.Set("Cache-Control", "no-store")
	h.Set("X-Robots-Tag", "noindex")
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return
	}
	if err := p.look.Execute(w, struct {
		page
		Path string
	}{shown, path}); err != nil {
		p.o.Log.Debug("page of a mail not written", zap.Error(err)) // the asker is gone
	}
}
