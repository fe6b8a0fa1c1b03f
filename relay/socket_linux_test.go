package relay

import (
	"net"
	"testing"

	"golang.org/x/net/nettest"
)

// busy is a reader whose owner reads himself.
type busy struct{}

func (busy) readable([]byte) bool { return false }

func adopted(t *testing.T, p *pollers, c net.Conn) net.Conn {
	t.Helper()
	c, err := p.adopt(c, busy{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

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
		here, there = adopted(t, p, near), adopted(t, p, far)
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
	if got := adopted(t, p, here); got != here {
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
	if got := adopted(t, p, c); got != c {
		t.Errorf("adopted as %T after the end", got)
	}
}
