package mail

import (
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
			return page{Title: "You get no mail here", Text: f.account + " sends no mail to this address any more."}, nil
		case action == "":
			if !f.who.WantsMail() {
				return f.ended(), nil
			}
			return page{Title: "Unsubscribe?", Text: "You will get no more mail from " + f.account + ". Answers stay in the chat on their site.", Button: "Unsubscribe", Action: "off"}, nil
		case action == "on":
			if err := p.setWants(ctx, f, true); err != nil {
				return page{}, err
			}
			return page{Title: "You are subscribed", Text: f.account + " sends you answers by mail that you did not see in the chat.", Button: "Unsubscribe", Action: "off"}, nil
		}
		if err := p.setWants(ctx, f, false); err != nil {
			return page{}, err
		}
		return f.ended(), nil
	})
}

func (f follower) ended() page {
	return page{Title: "You are unsubscribed", Text: f.account + " sends you no more mail. Answers stay in the chat on their site.", Button: "Subscribe again", Action: "on"}
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
			return page{Title: "Nothing to confirm", Text: "This address is not in use any more.", Bad: true}, nil
		case box.Known:
			return confirmed(f), nil
		case action == "":
			return page{Title: "Is this your address?", Text: "Confirm it to get answers from " + f.account + " by mail.", Button: "Confirm this address", Action: "on"}, nil
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
	return page{Title: "Your address is confirmed", Text: "Answers from " + f.account + " that you do not see in the chat come by mail."}
}

// follower is who follows a link.
type follower struct {
	link    auth.Link
	account string // its name
	who     people.Contact
	holds   bool // the address that the link was sent to is still the person's
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
	token := r.URL.Query().Get("t")
	f, err := p.follow(r.Context(), path, token)
	status, shown := http.StatusOK, page{}
	if err == nil {
		shown, err = do(r.Context(), f, action)
	}
	switch {
	case err == auth.ErrInvalid || isNotFound(err):
		status = http.StatusNotFound
		shown = page{Title: "This link does not work", Text: "It may be old, or not all of it was copied. Open it from the mail once more.", Bad: true}
	case err != nil:
		p.o.Log.Error("page of a mail", zap.String("path", path), zap.Error(err))
		status = http.StatusServiceUnavailable
		shown = page{Title: "Something went wrong", Text: "Nothing was changed. Please try again in a minute.", Bad: true}
	}
	shown.Token = token
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
	return follower{link, nameOf(a), who, ok && p.o.Links.Mark(address) == link.Address}, nil
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
