package mail

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"math/big"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"confab/auth"
)

// received is a mail as the mail server got it.
type received struct {
	from, to   string
	header     mail.Header
	text, html string
	raw        string
	encrypted  bool
	user       string
}

// subject and the like decode headers as mail programs do.
func (r received) subject() string { return decoded(r.header.Get("Subject")) }

func decoded(header string) string {
	text, err := new(mime.WordDecoder).DecodeHeader(header)
	if err != nil {
		return "undecodable: " + header
	}
	return text
}

// mailServer is a real SMTP server that keeps what it takes, and fails as it is told.
type mailServer struct {
	t       *testing.T
	address string
	trust   *tls.Config
	mu      sync.Mutex
	mails   []received
	fail    func(step string) error // step is MAIL, RCPT, DATA or END
	login   string                  // "user:password" that is needed
}

type serverOptions struct {
	login    string
	plain    bool // without STARTTLS
	implicit bool // TLS from the first byte
}

func newMailServer(t *testing.T, o serverOptions) *mailServer {
	t.Helper()
	certificate, pool := selfSigned(t)
	s := &mailServer{t: t, login: o.login, trust: &tls.Config{RootCAs: pool, ServerName: "127.0.0.1", MinVersion: tls.VersionTLS12}}
	server := smtp.NewServer(s)
	server.Domain = "mx.example.com"
	server.ReadTimeout, server.WriteTimeout = 20*time.Second, 20*time.Second
	config := &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	if !o.plain {
		server.TLSConfig = config
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.address = l.Addr().String()
	if o.implicit {
		l, server.TLSConfig = tls.NewListener(l, config), nil
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := server.Serve(l); err != nil && !errors.Is(err, smtp.ErrServerClosed) {
			t.Errorf("mail server: %v", err)
		}
	}()
	t.Cleanup(func() { server.Close(); <-done })
	return s
}

// server is how to reach it.
func (s *mailServer) server(query string) Server {
	s.t.Helper()
	scheme := "smtp://"
	if query == "implicit" {
		scheme, query = "smtps://", ""
	}
	server, err := ParseServer(scheme + s.address + query)
	if err != nil {
		s.t.Fatal(err)
	}
	server.Hello, server.Trust = "chat.example.com", s.trust
	if user, password, ok := strings.Cut(s.login, ":"); ok {
		server.User, server.Password = user, auth.NewSecret(password)
	}
	return server
}

func (s *mailServer) failing(fail func(step string) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = fail
}

func (s *mailServer) step(name string) error {
	s.mu.Lock()
	fail := s.fail
	s.mu.Unlock()
	if fail == nil {
		return nil
	}
	return fail(name)
}

// taken returns what came since it was asked last.
func (s *mailServer) taken() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	mails := s.mails
	s.mails = nil
	return mails
}

// one returns the one mail that came since.
func (s *mailServer) one() received {
	s.t.Helper()
	mails := s.taken()
	if len(mails) != 1 {
		s.t.Fatalf("%d mails came, want 1", len(mails))
	}
	return mails[0]
}

func (s *mailServer) NewSession(c *smtp.Conn) (smtp.Session, error) { return &session{s: s, c: c}, nil }

type session struct {
	s        *mailServer
	c        *smtp.Conn
	from, to string
	user     string
}

func (c *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (c *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user+":"+password != c.s.login {
			return &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 8}, Message: "bad user or password"}
		}
		c.user = user
		return nil
	}), nil
}

func (c *session) Mail(from string, _ *smtp.MailOptions) error {
	c.from = from
	if c.s.login != "" && c.user == "" {
		return smtp.ErrAuthRequired
	}
	return c.s.step("MAIL")
}

func (c *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	c.to = to
	return c.s.step("RCPT")
}

func (c *session) Data(r io.Reader) error {
	if err := c.s.step("DATA"); err != nil {
		return err
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := c.s.step("END"); err != nil {
		return err
	}
	_, encrypted := c.c.TLSConnectionState()
	got := parseMail(c.s.t, string(raw))
	got.from, got.to, got.encrypted, got.user = c.from, c.to, encrypted, c.user
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.s.mails = append(c.s.mails, got)
	return nil
}

func (c *session) Reset()        {}
func (c *session) Logout() error { return nil }

// parseMail reads a mail of two alternatives.
func parseMail(t *testing.T, raw string) received {
	msg, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Errorf("unreadable mail: %v\n%s", err, raw)
		return received{raw: raw}
	}
	got := received{header: msg.Header, raw: raw}
	kind, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Errorf("content type %q: %v", msg.Header.Get("Content-Type"), err)
		return got
	}
	parts := multipart.NewReader(msg.Body, params["boundary"])
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return got
		}
		if err != nil {
			t.Errorf("parts of a mail: %v", err)
			return got
		}
		body := readPart(t, part)
		if strings.HasPrefix(part.Header.Get("Content-Type"), "text/html") {
			got.html = body
		} else {
			got.text = body
		}
	}
}

func readPart(t *testing.T, part *multipart.Part) string {
	var r io.Reader = part
	switch part.Header.Get("Content-Transfer-Encoding") {
	case "quoted-printable":
		r = quotedprintable.NewReader(part)
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, part)
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		t.Errorf("part of a mail: %v", err)
	}
	return string(bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")))
}

func selfSigned(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	raw, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}, pool
}

func smtpRefusal(code int) error { return &smtp.SMTPError{Code: code, Message: "no"} }
