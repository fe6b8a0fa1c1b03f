package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	lru "github.com/hashicorp/golang-lru"

	"confab/chat"
)

const (
	maxAnswerBytes = 16 << 10 // of the body; what follows is not read
	maxHeaderBytes = 16 << 10
	keepIdle       = 30 * time.Second
	keepClients    = 512 // addresses with connections that are kept
	userAgent      = "Confab-Webhooks/1"
)

// clientKey is whom connections belong to. They are never another account's, nor another address'.
type clientKey struct {
	account chat.AccountID
	webhook string
	url     string
}

// clients keeps a transport for each webhook.
type clients struct {
	guard *guard
	dial  func(context.Context, address) (net.Conn, error) // the guard's
	tls   *tls.Config
	kept  *lru.Cache // clientKey -> *http.Transport
}

func newClients(g *guard, t *tls.Config) *clients {
	kept, err := lru.NewWithEvict(keepClients, func(_, value any) { value.(*http.Transport).CloseIdleConnections() })
	if err != nil {
		panic("webhook: " + err.Error()) // only a size below one fails
	}
	return &clients{guard: g, dial: g.dial, tls: t, kept: kept}
}

func (c *clients) of(k clientKey, a address) *http.Transport {
	if kept, ok := c.kept.Get(k); ok {
		return kept.(*http.Transport)
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.tls != nil {
		config = c.tls.Clone()
	}
	t := &http.Transport{
		// No proxy: it would be asked instead of what was looked at. No HTTP/2, whose frames and tables have bounds of their own.
		DialContext:            func(ctx context.Context, _, _ string) (net.Conn, error) { return c.dial(ctx, a) },
		TLSClientConfig:        config,
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxHeaderBytes,
		MaxIdleConnsPerHost:    2,
		IdleConnTimeout:        keepIdle,
		WriteBufferSize:        4 << 10,
		ReadBufferSize:         4 << 10,
		TLSNextProto:           map[string]func(string, *tls.Conn) http.RoundTripper{},
	}
	c.kept.Add(k, t)
	return t
}

func (c *clients) close() { c.kept.Purge() }

// answer is what an address answered.
type answer struct {
	status     int
	retryAfter string
	body       []byte // the first maxAnswerBytes
}

// post asks once, from dialling to the last byte within the context. A redirection is an answer like another.
func (c *clients) post(ctx context.Context, k clientKey, a address, header http.Header, body []byte) (answer, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, a.url.String(), bytes.NewReader(body))
	if err != nil {
		return answer{}, fmt.Errorf("make the request: %w", err)
	}
	r.Header = header
	r.Header.Set("User-Agent", userAgent)
	res, err := c.of(k, a).RoundTrip(r)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close() // what is left unread costs the connection
	got := answer{status: res.StatusCode, retryAfter: res.Header.Get("Retry-After")}
	got.body, err = io.ReadAll(io.LimitReader(res.Body, maxAnswerBytes))
	if err != nil && (got.status < 200 || got.status > 299) {
		err = nil // a refusal is one, however its text ends
	}
	return got, err
}

// sentence says for people why there was no answer.
func sentence(err error) string {
	var refusal *Refused
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.As(err, &refusal):
		return refusal.Sentence
	case errors.Is(err, context.DeadlineExceeded):
		return "It did not answer in time."
	case errors.As(err, &dns):
		return "Its name could not be resolved: " + dns.Err + "."
	case errors.As(err, &certificate):
		return "Its certificate is not valid: " + certificate.Err.Error() + "."
	}
	return "There was no answer: " + err.Error() + "."
}
