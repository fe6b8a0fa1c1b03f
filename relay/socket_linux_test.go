package relay

import (
	"net"
	"testing"

	"golang.org/x/net/nettest"
)

// busy is a reader whose owner reads himself.
type busy struct{}

func (busy) readable([]byte) bool { return false }

func TestAWatchedSocketIsAConnectionLikeAnyOther(t *testing.T) {
	nettest.TestConn(t, func() (here, there net.Conn, stop func(), err error) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, nil, nil, err
		}
		defer l.Close()
		near, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			return nil, nil, nil, err
		}
		far, err := l.Accept()
		if err != nil {
			return nil, nil, nil, err
		}
		p := &pollers{}
		here, there = p.adopt(near, busy{}), p.adopt(far, busy{})
		for _, c := range []net.Conn{here, there} {
			if _, ok := c.(*socket); !ok {
				t.Fatalf("%T is not watched", c)
			}
		}
		return here, there, func() {
			here.Close()
			there.Close()
			p.stop()
		}, nil
	})
}

func TestAConnectionThatIsNoneOfTCPStaysAsItIs(t *testing.T) {
	here, there := net.Pipe()
	defer there.Close()
	p := &pollers{}
	defer p.stop()
	if got := p.adopt(here, busy{}); got != here {
		t.Errorf("adopted as %T", got)
	}
	p.stop()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if got := p.adopt(c, busy{}); got != c {
		t.Errorf("adopted as %T after the end", got)
	}
}
