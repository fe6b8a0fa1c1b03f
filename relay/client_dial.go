package relay

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/coder/websocket"

	"confab/wire"
)

const (
	dialTimeout    = 10 * time.Second
	maxServerFrame = 16 << 20 // a page of the longest messages fits
)

// dialError is a try that did not get as far as a socket. RetryAfter is what the server asked for, zero if nothing.
type dialError struct {
	err        error
	retryAfter time.Duration
}

func (e *dialError) Error() string { return e.err.Error() }
func (e *dialError) Unwrap() error { return e.err }

func (c *Client) dial(ctx context.Context) (*clientLink, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	address, err := socketURL(c.o.URLs[c.next%len(c.o.URLs)])
	if err != nil {
		return nil, err
	}
	up := &upgrade{dial: c.o.Dial, tls: c.o.TLS}
	header := http.Header{}
	if c.o.Origin != "" {
		header.Set("Origin", c.o.Origin)
	}
	ws, resp, err := websocket.Dial(ctx, address, &websocket.DialOptions{
		HTTPClient: &http.Client{Transport: up}, HTTPHeader: header, Subprotocols: []string{wire.Subprotocol},
	})
	if err != nil {
		up.close()
		return nil, refusedDial(address, resp, err)
	}
	if ws.Subprotocol() != wire.Subprotocol {
		up.close()
		return nil, &dialError{err: fmt.Errorf("connect to %s: the server does not speak %s", address, wire.Subprotocol)}
	}
	_ = up.conn.SetDeadline(time.Time{})
	ws.SetReadLimit(maxServerFrame)
	return newClientLink(ws, up.conn), nil
}

// refusedDial tells a refusal for good from a failure that may pass.
func refusedDial(address string, resp *http.Response, err error) error {
	failed := &dialError{err: fmt.Errorf("connect to %s: %w", address, err)}
	if resp == nil {
		return failed
	}
	if resp.StatusCode == http.StatusForbidden {
		return &ClosedError{wire.NotAllowed.Code, "the server refused the handshake"}
	}
	if seconds, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && seconds > 0 {
		failed.retryAfter = time.Duration(seconds) * time.Second
	}
	return failed
}

// socketURL completes a node's address: the path is /ws if there is none.
func socketURL(raw string) (string, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return "", fmt.Errorf("address of a node: %w", err)
	}
	switch u.Scheme {
	case "ws", "http":
		u.Scheme = "http"
	case "wss", "https":
		u.Scheme = "https"
	default:
		return "", fmt.Errorf("address of a node: %q is neither ws:// nor wss://", raw)
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = "/ws"
	}
	return u.String(), nil
}

// upgrade is an http.RoundTripper for one handshake. It keeps none of the buffers and goroutines of http.Transport,
// for a client with many sockets. A failed handshake leaves conn to the caller of close.
type upgrade struct {
	dial func(ctx context.Context, network, addr string) (net.Conn, error)
	tls  *tls.Config
	conn net.Conn
}

func (u *upgrade) RoundTrip(req *http.Request) (*http.Response, error) {
	conn, err := u.connect(req)
	if err != nil {
		return nil, err
	}
	u.conn = conn
	if deadline, ok := req.Context().Deadline(); ok {
		_ = conn.SetDeadline(deadline)
	}
	stop := context.AfterFunc(req.Context(), func() { _ = conn.Close() })
	defer stop()
	if err := req.Write(conn); err != nil {
		return nil, fmt.Errorf("handshake: %w", err)
	}
	rest := bufio.NewReaderSize(conn, 512)
	resp, err := http.ReadResponse(rest, req)
	if err != nil {
		return nil, fmt.Errorf("handshake: %w", err)
	}
	if resp.StatusCode == http.StatusSwitchingProtocols {
		resp.Body = &upgraded{conn, rest}
	}
	return resp, nil
}

func (u *upgrade) connect(req *http.Request) (net.Conn, error) {
	host, port := req.URL.Hostname(), req.URL.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[req.URL.Scheme]
	}
	conn, err := u.dial(req.Context(), "tcp", net.JoinHostPort(host, port))
	if err != nil || req.URL.Scheme != "https" {
		return conn, err
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if u.tls != nil {
		config = u.tls.Clone()
	}
	if config.ServerName == "" {
		config.ServerName = host
	}
	secure := tls.Client(conn, config)
	if err := secure.HandshakeContext(req.Context()); err != nil {
		return nil, errors.Join(fmt.Errorf("TLS with %s: %w", host, err), conn.Close())
	}
	return secure, nil
}

func (u *upgrade) close() {
	if u.conn != nil {
		_ = u.conn.Close()
	}
}

// upgraded is the stream after the handshake: first what was read beyond it.
type upgraded struct {
	net.Conn
	rest *bufio.Reader
}

func (u *upgraded) Read(p []byte) (int, error) {
	if u.rest != nil && u.rest.Buffered() > 0 {
		return u.rest.Read(p)
	}
	u.rest = nil
	return u.Conn.Read(p)
}

var _ io.ReadWriteCloser = (*upgraded)(nil)
