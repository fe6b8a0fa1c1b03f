package relay_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"confab/auth"
	"confab/chat"
	"confab/relay"
	"confab/relay/relaytest"
	"confab/store/storetest"
	"confab/wire"
)

// with changes the limits of a node.
func with(change func(*chat.LimitSet)) func(*relay.Options) {
	return func(o *relay.Options) {
		l := chat.Limits
		change(&l)
		o.Limits = &l
	}
}

func TestWhoDoesNotAuthenticateInTimeIsClosed(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		n := w.Start(with(func(l *chat.LimitSet) { l.AuthMillis = 300 }))
		if code := n.MustDial().Closed(); code != 4001 {
			t.Errorf("closed with %d", code)
		}
	})
}

func TestTheFirstFrameIsAuth(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		n := w.Start()
		for raw, code := range map[string]websocket.StatusCode{
			`{"t":"ping"}`: 4001, `nonsense`: 4001, `{"t":"auth"}`: 4001, `{"t":"auth","agent":{"token":"x.y.z"}}`: 4001, `{"t":"auth","account":"nobody"}`: 4003,
		} {
			s := n.MustDial()
			s.Send(raw)
			if got := s.Closed(); got != code {
				t.Errorf("%s: closed with %d, want %d", raw, got, code)
			}
		}
	})
}

func TestWhatIsNoTextFrameOfTheProtocolEndsTheSocketByItsCode(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		n := w.Start(with(func(l *chat.LimitSet) { l.FramesBurst, l.FramesPerSecond = 60, 1 }))
		for name, c := range map[string]struct {
			send func(*relaytest.Socket)
			code websocket.StatusCode
		}{
			"binary":    {func(s *relaytest.Socket) { s.Write(websocket.MessageBinary, []byte("x")) }, 1003},
			"not UTF-8": {func(s *relaytest.Socket) { s.Write(websocket.MessageText, []byte("{\"t\":\"ping\",\"x\":\"\xff\"}")) }, 1007},
			"surrogate": {func(s *relaytest.Socket) { s.Write(websocket.MessageText, []byte("\"\xed\xa0\x80\"")) }, 1007},
			"overlong":  {func(s *relaytest.Socket) { s.Write(websocket.MessageText, []byte("\"\xc0\xaf\"")) }, 1007},
			"too big": {func(s *relaytest.Socket) {
				s.Write(websocket.MessageText, []byte(strings.Repeat(" ", chat.Limits.FrameBytes+1)))
			}, 1009},
			"bad frames":  {func(s *relaytest.Socket) { many(s, chat.Limits.BadFrames, `{"t":"dance"}`) }, 4000},
			"too fast":    {func(s *relaytest.Socket) { many(s, 100, `{"t":"ping"}`) }, 4029},
			"ping frames": {func(s *relaytest.Socket) { pings(s, 100) }, 4029},
		} {
			s := n.Visitor()
			c.send(s)
			if got := s.Closed(); got != c.code {
				t.Errorf("%s: closed with %d, want %d", name, got, c.code)
			}
		}
		n.Visitor().Ping()
	})
}

func many(s *relaytest.Socket, n int, frame string) {
	for range n {
		s.Send(frame)
	}
}

func pings(s *relaytest.Socket, n int) {
	ctx, cancel := context.WithTimeout(context.Background(), relaytest.Patience)
	defer cancel()
	for range n {
		if s.WS.Ping(ctx) != nil {
			return
		}
	}
}

func TestABadFrameIsAnsweredAndTheSocketLivesOn(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		n := w.Start()
		s := n.Visitor()
		s.Send(`{"t":"seen"}`)
		if f := s.Next(wire.TypeError); f.Code != chat.MissingField || f.Field != "seq" || f.Ref != wire.TypeSeen {
			t.Errorf("got %s", f.Raw)
		}
		s.Send(`{"t":"send","cmid":"abcdefgh","text":" "}`)
		if f := s.Next(wire.TypeNack); f.Code != chat.MissingField || f.CMID != "abcdefgh" || f.Retryable {
			t.Errorf("got %s", f.Raw)
		}
		s.Post("", "still here")
	})
}

func TestTooManyMessagesAreRefusedWithTheTimeToWait(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		n := w.Start(with(func(l *chat.LimitSet) { l.SendsBurst, l.SendsPerSecond = 1, 1 }))
		s := n.Visitor()
		s.Post("", "one")
		s.Send(wire.Send{T: wire.TypeSend, CMID: relaytest.CMID(9), Text: "two"})
		if f := s.Next(wire.TypeNack); f.Code != chat.RateLimited || !f.Retryable || f.AfterMillis < 1 {
			t.Errorf("got %s", f.Raw)
		}
	})
}

// raw opens a connection below the library, past the handshake.
func raw(t *testing.T, n *relaytest.Node) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", n.URL[len("http://"):])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	_, err = c.Write([]byte("GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: " + wire.Subprotocol + "\r\n\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	head := make([]byte, 0, 512)
	for !strings.HasSuffix(string(head), "\r\n\r\n") {
		var b [1]byte
		if _, err := c.Read(b[:]); err != nil {
			t.Fatal(err)
		}
		head = append(head, b[0])
	}
	return c
}

// masked is a client's text frame with a zero mask.
func masked(payload string) []byte {
	head := []byte{0x81, 0x80 | 126, byte(len(payload) >> 8), byte(len(payload)), 0, 0, 0, 0}
	return append(head, payload...)
}

// readClose reads until the close frame, which ends what a server sends, and returns its code.
func readClose(t *testing.T, c net.Conn) int {
	t.Helper()
	c.SetReadDeadline(time.Now().Add(relaytest.Patience))
	var tail []byte
	buf := make([]byte, 4096)
	for {
		k, err := c.Read(buf)
		tail = append(tail, buf[:k]...)
		for i := range tail {
			if tail[i] == 0x88 && len(tail) >= i+4 && int(tail[i+1]) == len(tail)-i-2 {
				return int(tail[i+2])<<8 | int(tail[i+3])
			}
		}
		if err != nil {
			t.Fatalf("no close frame before %v", err)
		}
	}
}

// A browser tells its page of the end only when the node has ended the connection (RFC 6455, section 7.1.1).
func TestTheConnectionEndsWithThePeersAnswerToAClose(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		n := w.Start(with(func(l *chat.LimitSet) { l.BadFrames = 1 }))
		for name, frames := range map[string][]string{
			"refused at auth":   {`{"t":"auth","agent":{"token":"x.y.z"}}`},
			"no auth":           {`nonsense`},
			"after it came in":  {`{"t":"auth","account":"acme"}`, `{"t":"dance"}`},
			"refused and talks": {`{"t":"auth","account":"nobody"}`, `{"t":"ping"}`},
		} {
			c := raw(t, n)
			for _, frame := range frames {
				c.Write(masked(frame))
			}
			code := readClose(t, c)
			c.Write([]byte{0x88, 0x82, 0, 0, 0, 0, byte(code >> 8), byte(code)})
			c.SetReadDeadline(time.Now().Add(time.Second)) // the node waits two for who does not answer
			if _, err := c.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
				t.Errorf("%s: %v, want the end", name, err)
			}
		}
	})
}

func TestHalfAFrameIsNotWaitedForForEver(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		n := w.Start(with(func(l *chat.LimitSet) { l.FrameMillis = 300 }))
		c := raw(t, n)
		c.Write(masked(`{"t":"auth","account":"acme"}`))
		c.Write(masked(`{"t":"ping"}`)[:11])
		if code := readClose(t, c); code != 1001 {
			t.Errorf("closed with %d", code)
		}
	})
}

func TestASilentSocketIsClosed(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		n := w.Start(with(func(l *chat.LimitSet) { l.VisitorHeartbeatMillis = 200 }))
		if code := n.Visitor().Closed(); code != 1001 {
			t.Errorf("closed with %d", code)
		}
	})
}

func TestEmptyFragmentsWithoutEndAreRefused(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		n := w.Start()
		c := raw(t, n)
		c.Write(masked(`{"t":"auth","account":"acme"}`))
		go func() {
			c.Write([]byte{0x01, 0x80, 0, 0, 0, 0})
			// Far more than a frame may need, and less than is thrown away after the close: the answer to more would be a reset.
			for left := 8 * chat.Limits.FrameBytes; left > 0; left -= 6000 {
				if _, err := c.Write([]byte(strings.Repeat("\x00\x80\x00\x00\x00\x00", 1000))); err != nil {
					return
				}
			}
		}()
		if code := readClose(t, c); code != 4029 {
			t.Errorf("closed with %d", code)
		}
		c.Close()
	})
}

// tight makes the kernel hold little for a reader who does not read.
type tight struct{ net.Listener }

func (l tight) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err == nil {
		err = c.(*net.TCPConn).SetWriteBuffer(8 << 10)
	}
	return c, err
}

func TestASlowReaderIsClosedAndResumesWhileOthersAreNotHeldUp(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		n := w.StartOn(tight{listener}, func(o *relay.Options) {
			generous(o)
			o.Limits.QueueBytes = 64 << 10
		})
		n.URL = "http://" + listener.Addr().String()
		visitor := n.Conversation("0")
		token := n.LogIn(relaytest.Anna).Token
		slow := raw(t, n)
		slow.(*net.TCPConn).SetReadBuffer(2048)
		slow.Write(masked(`{"t":"auth","agent":{"token":"` + token + `"}}`))
		slow.Write(masked(`{"t":"subscribe","thread":"` + string(visitor.Thread) + `"}`))
		quick := n.Agent(relaytest.Ben, false)
		quick.Subscribe(visitor.Thread, nil)
		text := strings.Repeat("x", 9000)
		const count = 100 // more than the kernel's buffers and the queue hold
		for range count {
			visitor.Post("", text)
			quick.Until(isText(text))
		}
		if code := readClose(t, slow); code != 4008 {
			t.Errorf("closed with %d", code)
		}
		back := n.Agent(relaytest.Anna, false)
		if got := messages(t, back.Subscribe(visitor.Thread, &wire.Cursor{})); len(got) != count+1 {
			t.Errorf("resumed with %d of %d messages", len(got), count+1)
		}
	})
}

func TestOriginsAreComparedWhole(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		n := w.Start()
		own := n.URL
		for _, c := range []struct {
			origins []string
			status  int
			code    websocket.StatusCode // of the close after auth, 0: welcome
		}{
			{nil, 101, 0},
			{[]string{relaytest.Origin}, 101, 0},
			{[]string{"HTTPS://ACME.TEST"}, 101, 0},
			{[]string{"https://acme.test:443"}, 101, 0},
			{[]string{own}, 101, 0},
			{[]string{"https://acme.test.evil.test"}, 101, 4003},
			{[]string{"https://evil-acme.test"}, 101, 4003},
			{[]string{"https://www.acme.test"}, 101, 4003},
			{[]string{"https://acme.test:8443"}, 101, 4003},
			{[]string{"http://acme.test"}, 101, 4003},
			{[]string{"https://acme.tes"}, 101, 4003},
			{[]string{"https://xn--acm-dma.test"}, 101, 4003},
			{[]string{"https://acme.test."}, 403, 0},
			{[]string{"https://user@acme.test"}, 403, 0},
			{[]string{"https://acme.test/"}, 403, 0},
			{[]string{"https://acmé.test"}, 403, 0},
			{[]string{"null"}, 403, 0},
			{[]string{""}, 403, 0},
			{[]string{relaytest.Origin, "https://evil.test"}, 403, 0},
		} {
			s, status := n.Dial(http.Header{"Origin": c.origins})
			if status != c.status {
				t.Errorf("%q: status %d, want %d", c.origins, status, c.status)
				continue
			}
			if s == nil {
				continue
			}
			s.Send(wire.Auth{T: wire.TypeAuth, Account: relaytest.Acme})
			if c.code == 0 {
				s.Next(wire.TypeHello)
			} else if got := s.Closed(); got != c.code {
				t.Errorf("%q: closed with %d, want %d", c.origins, got, c.code)
			}
		}
	})
}

func TestAgentsConnectFromTheNodesOwnPagesOnly(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		n := w.Start()
		frame := wire.Auth{T: wire.TypeAuth, Agent: &wire.AgentProof{Token: n.LogIn(relaytest.Anna).Token}}
		s, _ := n.Dial(http.Header{"Origin": {relaytest.Origin}})
		s.Send(frame)
		if code := s.Closed(); code != 4003 {
			t.Errorf("from a customer's page: closed with %d", code)
		}
		s, _ = n.Dial(http.Header{"Origin": {n.URL}})
		s.Send(frame)
		s.Next(wire.TypeHello)
	})
}

func TestOneAddressHoldsOnlySoManyUnauthenticatedSockets(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		n := w.Start(with(func(l *chat.LimitSet) { l.SocketsPerAddress = 2 }))
		first, _ := n.MustDial(), n.MustDial()
		if _, status := n.Dial(nil); status != http.StatusServiceUnavailable {
			t.Errorf("the third got status %d", status)
		}
		first.Send(wire.Auth{T: wire.TypeAuth, Account: relaytest.Acme})
		first.Next(wire.TypeCaughtUp)
		n.Visitor()
	})
}

func TestALoggedOutAgentsSocketIsClosedWithinASecond(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		a, b := w.Start(), w.Start()
		session := a.LogIn(relaytest.Anna)
		s := b.MustDial()
		s.Send(wire.Auth{T: wire.TypeAuth, Agent: &wire.AgentProof{Token: session.Token}})
		s.Next(wire.TypeHello)
		other := b.Agent(relaytest.Anna, false)
		if err := a.Accounts.LogOut(context.Background(), session.RefreshToken); err != nil {
			t.Fatal(err)
		}
		watch := storetest.Watch()
		code := s.Closed()
		if took := watch(); code != 4010 || took > time.Second {
			t.Errorf("closed with %d after %v", code, took)
		}
		other.Ping()
	})
}

func TestADeactivatedAgentsSocketsAreClosed(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		a, b := w.Start(), w.Start()
		s := b.Agent(relaytest.Anna, false)
		anna, err := a.Accounts.AgentByEmail(context.Background(), relaytest.Anna)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Accounts.SetPassword(context.Background(), relaytest.Acme, anna.ID, auth.NewSecret("another long password")); err != nil {
			t.Fatal(err)
		}
		if code := s.Closed(); code != 4010 {
			t.Errorf("closed with %d", code)
		}
	})
}

func TestALostLeaseClosesAllSockets(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		n := w.Start()
		s := n.Visitor()
		n.Relay.LeaseLost()
		if code := s.Closed(); code != 4009 {
			t.Errorf("closed with %d", code)
		}
	})
}

func TestADrainingNodeSendsItsClientsElsewhere(t *testing.T) {
	both(t, func(t *testing.T, w *relaytest.World) {
		n := w.Start(func(o *relay.Options) { o.DrainTime = 300 * time.Millisecond })
		sockets := []*relaytest.Socket{n.Visitor(), n.Visitor(), n.Agent(relaytest.Anna, false)}
		drained, begun := make(chan error, 1), time.Now()
		go func() { drained <- n.Relay.Drain(context.Background()) }()
		for _, s := range sockets {
			if f := s.Next(wire.TypeReconnect); f.WindowMillis != 150 {
				t.Errorf("got %s", f.Raw)
			}
		}
		if n.Relay.Ready() == nil {
			t.Error("a draining node says that it is ready")
		}
		if _, status := n.Dial(nil); status != http.StatusServiceUnavailable {
			t.Errorf("a new socket got status %d", status)
		}
		for _, s := range sockets {
			if code := s.Closed(); code != 1012 {
				t.Errorf("closed with %d", code)
			}
			if after := time.Since(begun); after < 150*time.Millisecond {
				t.Errorf("closed after %v, within the time to leave by itself", after)
			}
		}
		if err := <-drained; err != nil {
			t.Errorf("drain: %v", err)
		}
	})
}
