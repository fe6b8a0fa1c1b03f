package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	gomail "github.com/wneessen/go-mail"

	"confab/auth"
)

const stepTime = 20 * time.Second // that the mail server may take for a step

// Server is the mail server that takes all mail.
type Server struct {
	Host string
	Port int
	// TLS is from the first byte (smtps), or else by STARTTLS as Policy says.
	TLS      bool
	Policy   gomail.TLSPolicy
	User     string // "": it takes mail without
	Password auth.Secret
	Hello    string      // name that the node greets with; a host name with a dot in it
	Trust    *tls.Config // nil: as the system does
}

// ParseServer reads smtp://user:password@host:587?tls=required (or opportunistic, or none), or smtps://…. Without a port it is
// 587, or 465 for smtps. Errors say what is wrong, never what the password is.
func ParseServer(address string) (Server, error) {
	u, err := url.Parse(address)
	if err != nil {
		return Server{}, errors.New("no address") // the error of package url quotes it, with the password
	}
	s := Server{Host: u.Hostname(), Port: 587, Policy: gomail.TLSMandatory}
	if u.Scheme == "smtps" {
		s.TLS, s.Port = true, 465
	} else if u.Scheme != "smtp" {
		return s, errors.New("begins with smtp:// or smtps://")
	}
	if s.Host == "" || u.Path != "" && u.Path != "/" || u.Fragment != "" {
		return s, errors.New("names a host and nothing behind it")
	}
	if u.Port() != "" {
		if s.Port, err = strconv.Atoi(u.Port()); err != nil || s.Port < 1 || s.Port > 65535 {
			return s, errors.New("has no such port")
		}
	}
	if u.User != nil {
		password, _ := u.User.Password()
		s.User, s.Password = u.User.Username(), auth.NewSecret(password)
	}
	return s, s.readQuery(u.Query())
}

func (s *Server) readQuery(query url.Values) error {
	for name := range query {
		if name != "tls" || s.TLS {
			return errors.New("takes tls=required, opportunistic or none, and nothing else")
		}
	}
	switch query.Get("tls") {
	case "", "required":
	case "opportunistic":
		s.Policy = gomail.TLSOpportunistic
	case "none":
		s.Policy = gomail.NoTLS
	default:
		return errors.New("takes tls=required, opportunistic or none")
	}
	return nil
}

// String is the server as it may be shown.
func (s Server) String() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

// Check goes as far as sending would: it connects, greets, encrypts and logs in.
func (s Server) Check(ctx context.Context) error { return s.talk(ctx, nil) }

// refusal is what the mail server answered instead of taking a mail.
type refusal struct {
	status int // of SMTP
	err    error
}

func (r *refusal) Error() string { return r.err.Error() }
func (r *refusal) Unwrap() error { return r.err }

// forGood tells that this mail will never be taken.
func (r *refusal) forGood() bool { return r.status >= 500 }

// send has the mail server take a mail, and returns nil as soon as it has: what goes wrong afterwards, while parting, must not
// send it again. Errors: *refusal, what the server said to this mail; all else is trouble on the way there, which may pass.
func (s Server) send(ctx context.Context, e envelope) error {
	msg, err := e.message()
	if err != nil {
		return &refusal{status: 501, err: err} // no server would take it
	}
	err = s.talk(ctx, msg)
	if msg.IsDelivered() {
		return nil
	}
	return e.hide(err)
}

// talk runs one conversation with the server. It ends with ctx, whatever the server does.
func (s Server) talk(ctx context.Context, msg *gomail.Msg) error {
	var line line
	defer line.close()
	defer context.AfterFunc(ctx, line.close)() // the library's deadlines begin anew with each step
	client, err := s.client(&line)
	if err != nil {
		return fmt.Errorf("mail server %s: %w", s, err)
	}
	conn, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return fmt.Errorf("mail server %s: %w", s, err)
	}
	if msg != nil {
		err = client.SendWithSMTPClient(conn, msg)
	}
	var said *gomail.SendError
	switch {
	case err == nil:
		_ = client.CloseWithSMTPClient(conn) // all is said
		return nil
	case errors.As(err, &said) && said.ErrorCode() >= 400:
		return &refusal{said.ErrorCode(), fmt.Errorf("mail server %s: %w", s, err)}
	}
	// Without a word of parting, which would end a mail that is only half there.
	return fmt.Errorf("mail server %s: %w", s, err)
}

func (s Server) client(l *line) (*gomail.Client, error) {
	trust := s.Trust
	if trust == nil {
		trust = &tls.Config{ServerName: s.Host, MinVersion: tls.VersionTLS12}
	}
	policy := s.Policy
	dial := l.dial
	if s.TLS { // the library finds the connection encrypted already
		policy = gomail.TLSOpportunistic
		dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := l.dial(ctx, network, address)
			if err != nil {
				return nil, err
			}
			secure := tls.Client(conn, trust)
			return secure, secure.HandshakeContext(ctx)
		}
	}
	options := []gomail.Option{
		gomail.WithPort(s.Port), gomail.WithTimeout(stepTime), gomail.WithHELO(s.Hello), gomail.WithTLSConfig(trust),
		gomail.WithTLSPolicy(policy), gomail.WithoutNoop(), gomail.WithDialContextFunc(dial),
	}
	if s.User != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.User), gomail.WithPassword(s.Password.Reveal()))
	}
	return gomail.NewClient(s.Host, options...)
}

// line is the one connection of a talk. The library leaves it open when something fails.
type line struct {
	mu     sync.Mutex
	conn   net.Conn
	closed bool
}

func (l *line) dial(ctx context.Context, network, address string) (net.Conn, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conn = conn
	if l.closed {
		return nil, errors.Join(context.Cause(ctx), conn.Close())
	}
	return conn, nil
}

func (l *line) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn != nil && !l.closed {
		_ = l.conn.Close() // parted already, or given up
	}
	l.closed = true
}

// hide takes the recipient's address out of what is kept of an error: servers like to repeat it.
func (e *envelope) hide(err error) error {
	if err == nil {
		return errors.New("the mail server did not say that it took the mail")
	}
	text := err.Error()
	for at := indexFold(text, e.to); at >= 0; at = indexFold(text, e.to) {
		text = text[:at] + "the address" + text[at+len(e.to):]
	}
	text = oneLine(text, maxErrorRunes)
	var said *refusal
	if errors.As(err, &said) {
		return &refusal{said.status, errors.New(text)}
	}
	return errors.New(text)
}

func indexFold(text, part string) int {
	return strings.Index(strings.ToLower(text), strings.ToLower(part))
}
