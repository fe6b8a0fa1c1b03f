package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"

	"go.uber.org/zap"

	"confab/auth"
	"confab/mail"
	"confab/store"
)

// mailOn tells whether the settings have mail sent.
func mailOn(s Settings) bool { return s.SMTP != nil }

// mailFrom is the address that mail comes from, "" if none is sent.
func mailFrom(s Settings) string {
	if !mailOn(s) {
		return ""
	}
	return s.MailFrom.Address
}

// checkMail tells what is missing for mail, if any of it is there. It is one sentence.
func checkMail(s Settings) error {
	switch {
	case s.SMTP == nil && s.MailFrom.Address == "":
		return nil
	case s.SMTP == nil:
		return errors.New("setting mail-from is there, but no mail server to send with: name one with --smtp")
	case s.MailFrom.Address == "":
		return errors.New("setting smtp is there, but no sender: name one with --mail-from")
	case s.PublicURL == "":
		return errors.New("setting smtp is there, but mails need links: name the address under which browsers reach this node with --public-url")
	}
	return nil
}

// mailServer is the server of the settings, as this node greets it.
func mailServer(s Settings) mail.Server {
	server := *s.SMTP
	if !s.SMTPPassword.Empty() {
		server.Password = s.SMTPPassword
	}
	server.Hello = s.MailFrom.Address[strings.LastIndexByte(s.MailFrom.Address, '@')+1:]
	if u, err := url.Parse(s.PublicURL); err == nil && strings.Contains(u.Hostname(), ".") && net.ParseIP(u.Hostname()) == nil {
		server.Hello = u.Hostname()
	}
	return server
}

// openMail returns nil if no mail is sent.
func (n *node) openMail(s Settings, o opened, log *zap.Logger) *mail.Mail {
	if !mailOn(s) {
		log.Info("mail is off: answers reach people in the chat only; switch it on with --smtp and --mail-from")
		return nil
	}
	server := mailServer(s)
	log.Info("mail is on", zap.Stringer("server", server), zap.String("from", s.MailFrom.Address))
	return mail.New(mail.Options{
		Store: o.store, Accounts: o.accounts, People: n.people, Server: server, From: s.MailFrom, Domains: s.MailDomains, Public: s.PublicURL,
		Links: auth.NewLinks(o.secret), Log: log,
	})
}

// examineMail talks to the mail server as far as the point where a mail would follow.
func examineMail(ctx context.Context, s Settings) store.Finding {
	f := store.Finding{Name: "smtp"}
	if err := checkMail(s); err != nil {
		f.Sentence = "Mail is not set up: " + err.Error() + "."
		return f
	}
	if !mailOn(s) {
		f.OK, f.Sentence = true, "Mail is off. Name a mail server with --smtp and a sender with --mail-from to have answers sent that people did not see."
		return f
	}
	server := mailServer(s)
	if err := server.Check(ctx); err != nil {
		f.Sentence = fmt.Sprintf("%v. %s", err, mailRemedy(err))
		return f
	}
	f.OK, f.Sentence = true, fmt.Sprintf("%s takes mail from %s.", server, s.MailFrom.Address)
	return f
}

func mailRemedy(err error) string {
	text := err.Error()
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns):
		return "Check the host name in --smtp."
	case strings.Contains(text, "STARTTLS mode"):
		return "The server offers no encryption. Use its port for submission (587), smtps:// (465), or ?tls=none within your own network."
	case strings.Contains(text, "certificate"):
		return "Name the server as its certificate does, or have its authority known to this machine."
	case strings.Contains(text, "first record does not look like a TLS handshake"):
		return "This port does not begin encrypted: write smtp:// instead of smtps://."
	case strings.Contains(strings.ToLower(text), "auth"):
		return "Check the user and the password, and that the server takes passwords on this port."
	}
	return "Check host and port, that the server runs, and that no firewall keeps this machine from it."
}

// setSMTP reads the mail server. What is wrong is said without its text, which may hold a password.
func setSMTP(s *Settings, v string) error {
	server, err := mail.ParseServer(v)
	if err != nil {
		return err
	}
	s.SMTP = &server
	return nil
}

func setMailFrom(s *Settings, v string) error {
	from, err := mail.ParseSender(v)
	s.MailFrom = from
	return err
}

func setMailDomains(s *Settings, v string) error {
	for part := range strings.SplitSeq(v, ",") {
		domain, err := mail.ParseDomain(part)
		if err != nil {
			return err
		}
		s.MailDomains = append(s.MailDomains, domain)
	}
	return nil
}
