package relay_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"confab/relay/relaytest"
	"confab/wire"
)

// pipes is a listener in memory, whose connections hold nothing: a write waits for its reader.
type pipes struct {
	arrivals chan net.Conn
	closed   chan struct{}
	once     sync.Once
}

func newPipes() *pipes {
	return &pipes{arrivals: make(chan net.Conn), closed: make(chan struct{})}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.arrivals:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipes", Net: "pipe"} }

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.arrivals <- there:
		return here, nil
	case <-p.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func inMemory(w *relaytest.World) *relaytest.Node {
	p := newPipes()
	n := w.StartOn(p, generous)
	n.URL, n.Client = "http://pipes", &http.Transport{DialContext: p.dial, DisableKeepAlives: true}
	return n
}

func withTLS(t *testing.T, w *relaytest.World) *relaytest.Node {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	template := httptest.NewUnstartedServer(nil)
	template.StartTLS()
	defer template.Close()
	trusted := template.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	n := w.StartOn(tls.NewListener(listener, &tls.Config{Certificates: template.TLS.Certificates}), generous)
	n.URL = "https://" + listener.Addr().String()
	n.Client = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}, DisableKeepAlives: true}
	return n
}

func TestConnectionsThatCannotBeWrittenToDirectlyCarryTheSame(t *testing.T) {
	for name, start := range map[string]func(*testing.T, *relaytest.World) *relaytest.Node{
		"TLS": withTLS, "memory": func(_ *testing.T, w *relaytest.World) *relaytest.Node { return inMemory(w) },
	} {
		t.Run(name, func(t *testing.T) {
			both(t, func(t *testing.T, w *relaytest.World) {
				n := start(t, w)
				visitor := n.Conversation("0")
				anna := n.Agent(relaytest.Anna, false)
				anna.Subscribe(visitor.Thread, nil)
				for i := range 20 {
					visitor.Post("", fmt.Sprint("question ", i))
					anna.Until(isText(fmt.Sprint("question ", i)))
					anna.Post(visitor.Thread, fmt.Sprint("answer ", i))
					visitor.Until(isText(fmt.Sprint("answer ", i)))
				}
				long := strings.Repeat("long ", 1900)
				anna.Post(visitor.Thread, long)
				visitor.Until(isText(long))
				if code := closedByBinary(visitor); code != 1003 {
					t.Errorf("closed with %d", code)
				}
			})
		})
	}
}

func closedByBinary(s *relaytest.Socket) int {
	s.Write(2, []byte("x"))
	return int(s.Closed())
}

func TestADrainedAgentIsHandedOverWithoutGoingOffline(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		a, b := w.Start(), w.Start(generous)
		ben := b.Agent(relaytest.Ben, true)
		anna, visitor := a.Agent(relaytest.Anna, false), a.Conversation("Hello")
		ben.Until(func(f relaytest.Frame) bool { return f.T == wire.TypeAgent && strings.Contains(f.Raw, `"Anna"`) })
		drained := make(chan error, 1)
		go func() { drained <- a.Relay.Drain(context.Background()) }()
		anna.Next(wire.TypeReconnect)
		visitor.Next(wire.TypeReconnect)
		again := b.Agent(relaytest.Anna, false)
		back := b.VisitorAs(wire.Auth{T: wire.TypeAuth, Account: relaytest.Acme, Visitor: &wire.Proof{Token: visitor.Token}})
		anna.Cut()
		visitor.Cut()
		if err := <-drained; err != nil {
			t.Fatal(err)
		}
		if err := a.Presence.Drain(context.Background()); err != nil {
			t.Fatal(err)
		}
		a.Stop()
		back.Post("", "still here")
		frames := ben.Until(func(f relaytest.Frame) bool {
			return f.T == wire.TypeConversation && strings.Contains(f.Raw, "still here")
		})
		for _, f := range frames {
			if f.Gone || f.T == wire.TypeAgent && strings.Contains(f.Raw, `"offline"`) {
				t.Errorf("a console was told %s", f.Raw)
			}
		}
		again.Ping()
	})
}
