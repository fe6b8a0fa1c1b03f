package mail

import (
	"errors"
	"fmt"
	"io"
	"net"
	netmail "net/mail"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	gomail "github.com/wneessen/go-mail"

	"confab/auth"
	"confab/chat"
	"confab/dialect/dialecttest"
	"confab/outbox"
)

func TestASettingOfAMailServerIsReadWithoutShowingItsPassword(t *testing.T) {
	for setting, want := range map[string]Server{
		"smtp://mx.example.com":                          {Host: "mx.example.com", Port: 587, Policy: gomail.TLSMandatory},
		"smtp://mx.example.com:25?tls=opportunistic":     {Host: "mx.example.com", Port: 25, Policy: gomail.TLSOpportunistic},
		"smtp://[::1]:2525?tls=none":                     {Host: "::1", Port: 2525, Policy: gomail.NoTLS},
		"smtps://mx.example.com":                         {Host: "mx.example.com", Port: 465, Policy: gomail.TLSMandatory, TLS: true},
		"smtp://ann%40example.com:p%3Ass@mx.example.com": {Host: "mx.example.com", Port: 587, Policy: gomail.TLSMandatory, User: "ann@example.com", Password: auth.NewSecret("p:ss")},
		"smtp://mx.example.com:587/?tls=required":        {Host: "mx.example.com", Port: 587, Policy: gomail.TLSMandatory},
	} {
		got, err := ParseServer(setting)
		if err != nil || got.Password.Reveal() != want.Password.Reveal() {
			t.Errorf("%s: %v, %v", setting, got, err)
		}
		if got.Password, want.Password = (auth.Secret{}), (auth.Secret{}); got != want {
			t.Errorf("%s: %+v, want %+v", setting, got, want)
		}
	}
	for _, setting := range []string{
		"", "mx.example.com", "http://u:canary@mx.example.com", "smtp://", "smtp://u:canary@", "smtp://u:canary@mx:0", "smtp://u:canary@mx:70000",
		"smtp://u:canary@mx/path", "smtp://u:canary@mx?tls=maybe", "smtp://u:canary@mx?ssl=on", "smtps://u:canary@mx?tls=none", "smtp://u:canary@mx:x", "smtp://u:can%ary@mx",
	} {
		s, err := ParseServer(setting)
		if err == nil {
			t.Errorf("%s was taken", setting)
		} else if strings.Contains(err.Error()+s.String(), "can") {
			t.Errorf("%s: the password is in %q", setting, err)
		}
	}
}

func envelopeTo(to string) envelope {
	return envelope{from: netmail.Address{Name: "Chat", Address: "chat@example.com"}, returnTo: "chat@example.com", to: to, subject: "Hello", id: "1@example.com", at: time.Now(), text: "Hi", html: "<p>Hi</p>"}
}

func TestMailGoesEncryptedAndLoggedIn(t *testing.T) {
	for why, c := range map[string]struct {
		options   serverOptions
		query     string
		encrypted bool
	}{
		"STARTTLS":                     {serverOptions{login: "ann:s3cret"}, "", true},
		"TLS from the first byte":      {serverOptions{login: "ann:s3cret", implicit: true}, "implicit", true},
		"encrypted if it can be":       {serverOptions{}, "?tls=opportunistic", true},
		"encrypted if it could be":     {serverOptions{plain: true}, "?tls=opportunistic", false},
		"not encrypted, and asked for": {serverOptions{}, "?tls=none", false},
	} {
		s := newMailServer(t, c.options)
		if err := s.server(c.query).Check(t.Context()); err != nil {
			t.Errorf("%s: check: %v", why, err)
		}
		if err := s.server(c.query).send(t.Context(), envelopeTo("kim@example.org")); err != nil {
			t.Errorf("%s: %v", why, err)
			continue
		}
		got := s.one()
		if got.encrypted != c.encrypted || c.options.login != "" && got.user != "ann" || got.to != "kim@example.org" {
			t.Errorf("%s: encrypted %t, user %q, to %s", why, got.encrypted, got.user, got.to)
		}
	}
}

func TestNoPasswordAndNoMailGoesUnencryptedWhereEncryptionIsRequired(t *testing.T) {
	s := newMailServer(t, serverOptions{login: "ann:s3cret", plain: true})
	if err := s.server("").Check(t.Context()); err == nil || !strings.Contains(err.Error(), "STARTTLS") {
		t.Errorf("without STARTTLS: %v", err)
	}
	if err := s.server("?tls=opportunistic").Check(t.Context()); err == nil {
		t.Error("a password was sent in the clear")
	}
	other := newMailServer(t, serverOptions{})
	server := other.server("")
	server.Trust = s.trust // of another authority
	if err := server.Check(t.Context()); err == nil {
		t.Error("a certificate of nobody known is taken")
	}
	wrong := newMailServer(t, serverOptions{login: "ann:s3cret"}).server("")
	wrong.Password = auth.NewSecret("canary")
	if err := wrong.Check(t.Context()); err == nil || strings.Contains(err.Error(), "canary") || !strings.Contains(err.Error(), "535") {
		t.Errorf("a wrong password: %v", err)
	}
	for _, left := range [][]received{s.taken(), other.taken()} {
		if len(left) != 0 {
			t.Errorf("%d mails", len(left))
		}
	}
}

// due is one answer that is on its way to kim@example.org.
func (w *world) due() outbox.Delivery {
	w.T.Helper()
	w.guest("kim", verified("7", "kim@example.org"))
	w.begin("kim", "Hello", "You there")
	due := w.look("kim")
	if len(due) != 1 {
		w.T.Fatalf("%d mails are due", len(due))
	}
	return due[0]
}

func TestAMailThatIsPutOffGoesLaterAndOnce(t *testing.T) {
	w := newWorld(t)
	d := w.due()
	busy := &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "try later, <kim@example.org>"}
	for i, step := range []string{"MAIL", "RCPT", "DATA", "END"} {
		w.smtp.failing(func(at string) error {
			if at == step {
				return busy
			}
			return nil
		})
		out := w.try(d)
		if out.Again < pauses[i] || out.Again > pauses[i]*13/10 || out.Status != 451 || !out.Well || out.Done || out.GiveUp || out.Untried {
			t.Errorf("put off at %s: %+v", step, out)
		}
		if strings.Contains(out.Error, "kim@example.org") || !strings.Contains(out.Error, "try later, <the address>") {
			t.Errorf("the error is %q", out.Error)
		}
		d.Tries++
	}
	w.smtp.failing(nil)
	if out := w.try(d); !out.Done {
		t.Fatalf("at last: %+v", out)
	}
	w.smtp.one()
}

func TestAMailThatIsRefusedIsGivenUpAndStandsInTheLog(t *testing.T) {
	w := newWorld(t)
	d := w.due()
	for step, code := range map[string]int{"MAIL": 500, "RCPT": 550, "DATA": 554, "END": 552} {
		w.smtp.failing(func(at string) error {
			if at == step {
				return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "nobody of that name " + strings.Repeat("at all ", 200)}
			}
			return nil
		})
		if out := w.try(d); !out.GiveUp || !out.Well || out.Status != code || !strings.Contains(out.Error, "nobody of that name") || len(out.Error) > maxErrorRunes {
			t.Errorf("refused at %s: %+v", step, out)
		}
	}
	logged := w.logs.FilterMessage("mail not sent").All()
	if len(logged) != 4 || logged[0].ContextMap()["reason"] != reasonRefused {
		t.Errorf("the log: %v", logged)
	}
	for _, line := range logged {
		for name, value := range line.ContextMap() {
			if text, ok := value.(string); ok && strings.Contains(text, "kim@") {
				t.Errorf("the log tells %s: %s", name, text)
			}
		}
	}
}

func TestAServerThatIsDownIsTriedForADay(t *testing.T) {
	w := newWorld(t)
	d := w.due()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := l.Addr().(*net.TCPAddr).Port
	l.Close()
	w.mail.o.Server.Port = nobody
	var slept time.Duration
	for tries := 0; ; tries++ {
		out := w.try(d)
		if out.GiveUp {
			if out.Well || slept < 16*time.Hour || slept > 24*time.Hour {
				t.Errorf("given up after %s and %d tries", slept, tries)
			}
			break
		}
		if out.Again <= 0 || tries > 20 {
			t.Fatalf("%+v", out)
		}
		slept += out.Again
		d.Tries++
	}
	d.Tries = 0
	w.pass(25 * time.Hour)
	if out := w.try(d); !out.GiveUp || out.Well {
		t.Errorf("a mail of yesterday is tried again: %+v", out)
	}
	w.mail.o.Server = w.smtp.server("")
	w.smtp.failing(func(string) error { return smtpRefusal(451) })
	if out := w.try(d); !out.GiveUp || !out.Well || out.Status != 451 {
		t.Errorf("a server that only puts off mail of yesterday: %+v", out)
	}
}

func TestAMailIsNotSentAgainWhenTheServerTookItAndWentAway(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	got := make(chan string, 1)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		got <- takeAndGo(conn)
	}()
	server, err := ParseServer("smtp://" + l.Addr().String() + "?tls=none")
	if err != nil {
		t.Fatal(err)
	}
	server.Hello = "chat.example.com"
	if err := server.send(t.Context(), envelopeTo("kim@example.org")); err != nil {
		t.Errorf("it was taken, and yet: %v", err)
	}
	if mail := <-got; !strings.Contains(mail, "Message-ID: <1@example.com>") {
		t.Errorf("it took %q", mail)
	}
}

// takeAndGo speaks as much SMTP as takes one mail, and hangs up as soon as it has.
func takeAndGo(conn net.Conn) (mail string) {
	say := func(line string) { io.WriteString(conn, line+"\r\n") }
	say("220 mx.example.com")
	var all strings.Builder
	buffer := make([]byte, 64<<10)
	for {
		n, err := conn.Read(buffer)
		if err != nil {
			return all.String()
		}
		text := string(buffer[:n])
		all.WriteString(text)
		switch {
		case strings.HasPrefix(text, "DATA"):
			say("354 go on")
		case strings.HasSuffix(all.String(), "\r\n.\r\n"):
			say("250 taken")
			return all.String()
		case strings.HasSuffix(text, "\r\n") && !strings.Contains(all.String(), "DATA"):
			say("250 mx.example.com")
		}
	}
}

func TestAServerThatDoesNotAnswerIsLeft(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	server, err := ParseServer("smtp://" + l.Addr().String() + "?tls=none")
	if err != nil {
		t.Fatal(err)
	}
	server.Hello = "chat.example.com"
	for _, greets := range []bool{false, true} {
		silent := make(chan net.Conn, 1)
		go func() {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			if greets { // and then says nothing for ever to what it is told
				io.WriteString(conn, "220 mx.example.com\r\n")
				io.ReadFull(conn, make([]byte, len("EHLO chat.example.com\r\n")))
				io.WriteString(conn, "250 mx.example.com\r\n")
			}
			silent <- conn
		}()
		ctx, cancel := contextThatEnds(t)
		done := make(chan error, 1)
		go func() { done <- server.send(ctx, envelopeTo("kim@example.org")) }()
		conn := <-silent
		cancel()
		var err error
		select {
		case err = <-done:
		case <-time.After(stepTime / 2):
			t.Fatal("the silent server is waited for although the time is over")
		}
		var said *refusal
		if err == nil || errors.As(err, &said) {
			t.Errorf("greets %t: %v", greets, err)
		}
		conn.SetReadDeadline(time.Now().Add(dialecttest.Patience))
		if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Error("the connection is left open")
		}
		conn.Close()
	}
}

func TestEveryTryOfAMailHasTheSameIdAndEveryMailAnother(t *testing.T) {
	w := newWorld(t)
	d := w.due()
	d.CreatedAt -= chat.Millis(time.Hour.Milliseconds()) // it has waited
	w.send([]outbox.Delivery{d, d})
	again := d
	again.ID = "another"
	w.send([]outbox.Delivery{again})
	var ids []string
	for _, m := range w.smtp.taken() {
		ids = append(ids, m.header.Get("Message-Id"))
		if about := m.header.Get("In-Reply-To"); about != m.header.Get("References") || !strings.HasSuffix(about, "@example.com>") {
			t.Errorf("In-Reply-To %s", about)
		}
		if at, err := m.header.Date(); err != nil || at.Unix() != d.CreatedAt.Time().Unix() {
			t.Errorf("dated %s, %v", at, err)
		}
		if m.header.Get("Auto-Submitted") != "auto-generated" || m.header.Get("X-Auto-Response-Suppress") != "All" || m.header.Get("User-Agent") != "" || m.header.Get("X-Mailer") != "" {
			t.Errorf("headers: %v", m.header)
		}
	}
	if len(ids) != 3 || ids[0] != ids[1] || ids[0] == ids[2] || ids[0] == "" {
		t.Errorf("ids %v", ids)
	}
}

// What strangers write goes into headers, where a line break would begin another.
func TestNothingThatAnybodyWritesMakesAHeader(t *testing.T) {
	w := newWorld(t)
	evil := []string{
		"Hi\r\nBcc: victim@example.net", "Hi\nBcc: victim@example.net", "Hi\rBcc: victim@example.net", "Hi\r\n\r\n<p>body", "Hi\x00\x01\x02", "Hi\u2028Bcc: victim@example.net",
		"=?utf-8?q?Hi=0D=0ABcc:_victim@example.net?=", "Grüße aus Tromsø 🏔", "\"quoted\" <victim@example.net>", "a, victim@example.net", strings.Repeat("long ", 200),
		"\u202egnp.exe", "\u2066gnp.exe\u2069", "%0d%0aBcc: victim@example.net", "\xff\xfe", "\x85Bcc: victim@example.net",
	}
	for i, text := range evil {
		w.guest("kim", verified(fmt.Sprint(i), "kim@example.org"))
		w.patch("kim", `{"name":`+jsonText(chat.Clean(text, 100))+`}`)
		author := chat.Actor{Kind: chat.Integration, ID: "crm", Name: text}
		w.Say("kim", chat.Draft{Author: author, Text: "Hello", Subject: text, New: true})
		w.send(w.look("kim"))
		got := w.smtp.one()
		for name := range got.header {
			if !slices.Contains([]string{
				"Date", "Mime-Version", "Message-Id", "In-Reply-To", "References", "Subject", "From", "To", "Auto-Submitted", "X-Auto-Response-Suppress",
				"List-Unsubscribe", "List-Unsubscribe-Post", "Content-Type",
			}, name) {
				t.Errorf("%q makes a header %s: %v", text, name, got.header[name])
			}
		}
		if to, err := got.header.AddressList("To"); err != nil || len(to) != 1 || to[0].Address != "kim@example.org" {
			t.Errorf("%q: to %v, %v", text, to, err)
		}
		if from, err := got.header.AddressList("From"); err != nil || len(from) != 1 || from[0].Address != "chat@example.com" {
			t.Errorf("%q: from %v, %v", text, from, err)
		}
		if subject := got.subject(); strings.ContainsAny(subject, "\r\n\x00\u2028\u202e\u2066\u2069\u0085") {
			t.Errorf("%q: subject %q", text, subject)
		}
		for line := range strings.SplitSeq(got.raw, "\r\n") {
			if len(line) > 998 || strings.ContainsAny(line, "\r\n") {
				t.Errorf("%q: a line of %d bytes: %.60q", text, len(line), line)
			}
		}
	}
	if got := oneLine("Grüße aus Tromsø 🏔", maxSubjectRunes); got != "Grüße aus Tromsø 🏔" {
		t.Errorf("an honest subject becomes %q", got)
	}
}

func TestOnlyWhatIsOneAddressIsWrittenTo(t *testing.T) {
	for given, want := range map[string]string{
		"kim@example.org": "kim@example.org", " kim+x@Example.org ": "kim+x@example.org", "kim@bücher.example": "kim@xn--bcher-kva.example", "o'hara@example.org": "o'hara@example.org",
		"": "", "kim": "", "@example.org": "", "kim@": "", "kim@localhost": "", "kim@example..org": "", "kim@.org": "", "kim@example.org.": "", "kim @example.org": "",
		"kim@exa mple.org": "", "kim@example.org,ben@example.org": "", "kim@example.org;ben": "", "Kim <kim@example.org>": "", "kim@example.org>": "", "\"kim\"@example.org": "",
		"kim@example.org\r\nBcc: x@y.zz": "", "kim\r\n@example.org": "", "kïm@example.org": "", "kim@[127.0.0.1]": "", "a@b@example.org": "", ".kim@example.org": "",
		strings.Repeat("k", 65) + "@example.org": "", "kim@" + strings.Repeat("e", 64) + ".org": "", "kim@example.org\x00": "",
		strings.Repeat("k", 64) + "@" + strings.Repeat(strings.Repeat("e", 62)+".", 3) + "org": "",
	} {
		if got, ok := postal(given); got != want || ok != (want != "") {
			t.Errorf("%q: %q, %t", given, got, ok)
		}
	}
}
