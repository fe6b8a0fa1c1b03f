package mail

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/mail"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"confab/chat"
	"confab/outbox"
)

const (
	maxSubjectRunes = 200
	maxNameRunes    = 100
	maxErrorRunes   = 500
)

// envelope is a mail with all that stands on it.
type envelope struct {
	from        mail.Address
	returnTo    string        // where mail servers send back what cannot be delivered
	replyTo     *mail.Address // nil: to the sender
	to          string
	toName      string
	subject     string
	id          string // Message-ID, without <>
	about       string // id by which programs keep mails of a conversation together
	at          time.Time
	unsubscribe string // address of the page; "" on mails that nobody subscribes to
	text, html  string
}

// envelope puts a letter into its envelope. Its id is the same at every try: who is sent the same mail twice, because the first
// answer was lost, can know it.
func (m *Mail) envelope(d outbox.Delivery, l letter) envelope {
	sum := sha256.Sum256([]byte(d.Kind + "/" + d.Target + "/" + d.ID))
	e := envelope{
		from: m.o.From, returnTo: m.o.From.Address, replyTo: l.replyTo, to: l.to.address, toName: oneLine(l.to.name, maxNameRunes), subject: oneLine(l.Subject, maxSubjectRunes),
		id: hex.EncodeToString(sum[:16]) + "@" + m.domain(), at: d.CreatedAt.Time(), unsubscribe: l.Unsubscribe,
		text: l.text(), html: l.html(),
	}
	if d.Conversation != "" {
		e.about = "conversation-" + string(d.Conversation) + "@" + m.domain()
	}
	if name := oneLine(l.From, maxNameRunes); name != "" {
		e.from.Name = name
	}
	if l.address != "" {
		e.from.Address = l.address
	}
	return e
}

// message makes the mail as it is sent.
func (e *envelope) message() (*gomail.Msg, error) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(&e.from)
	msg.EnvelopeFromMailAddress(&mail.Address{Address: e.returnTo})
	msg.ToMailAddress(&mail.Address{Name: e.toName, Address: e.to})
	if e.replyTo != nil {
		msg.ReplyToMailAddress(e.replyTo)
	}
	msg.Subject(e.subject)
	msg.SetMessageIDWithValue(e.id)
	msg.SetDateWithValue(e.at)
	if e.about != "" {
		msg.SetGenHeader(gomail.HeaderInReplyTo, "<"+e.about+">")
		msg.SetGenHeader(gomail.HeaderReferences, "<"+e.about+">")
	}
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader("X-Auto-Response-Suppress", "All")
	if err := e.offerOut(msg); err != nil {
		return nil, err
	}
	msg.SetBodyString(gomail.TypeTextPlain, e.text)
	msg.AddAlternativeString(gomail.TypeTextHTML, e.html)
	return msg, nil
}

// offerOut names the way out that mail programs show beside the sender: with one click (RFC 8058) where it is encrypted.
func (e *envelope) offerOut(msg *gomail.Msg) error {
	switch {
	case e.unsubscribe == "":
	case strings.HasPrefix(e.unsubscribe, "https://"):
		if err := msg.SetListUnsubscribeOneClick(e.unsubscribe); err != nil {
			return fmt.Errorf("way out of mails: %w", err)
		}
	default:
		msg.SetListUnsubscribe(e.unsubscribe)
	}
	return nil
}

// oneLine makes a header's text of what somebody wrote: no control characters, none that turn the direction of writing and so
// show something else than is there, and no encoded word, which mail programs would decode to anything.
func oneLine(text string, runes int) string {
	line := chat.Clean(strings.Map(func(r rune) rune {
		if r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x2028 || r == 0x2029 || r == 0xfeff {
			return -1
		}
		return r
	}, text), runes)
	return strings.ReplaceAll(line, "=?", "= ?")
}
