package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"syscall"

	"github.com/redis/go-redis/v9"
)

// What a server may announce. go-redis makes room for whatever it is told, and more than there is ends the process.
const (
	maxReplyBytes = 64 << 20 // of one string
	maxReplyItems = 4 << 20  // of one list
	maxReplyLine  = 64 << 10
)

var (
	errOversized = errors.New("redis announces a reply that is too large")
	errAnswer    = errors.New("redis answers what was not asked")
)

// guard is a connection that breaks when the server announces more than it may.
type guard struct {
	net.Conn
	frames frames
}

// plainGuard lets go-redis look whether an idle connection is still open.
type plainGuard struct {
	*guard
	syscall.Conn
}

func guarded(dial dialFunc) dialFunc {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		g := &guard{Conn: conn}
		if plain, ok := conn.(syscall.Conn); ok {
			return plainGuard{g, plain}, nil
		}
		return g, nil
	}
}

func (g *guard) Read(p []byte) (int, error) {
	n, err := g.Conn.Read(p)
	if bad := g.frames.scan(p[:n]); bad != nil {
		g.Conn.Close()
		return 0, bad
	}
	return n, err
}

// frames follows the protocol (RESP 2) as far as to see the announced lengths. What is wrong otherwise is for go-redis
// to refuse.
type frames struct {
	skip int    // bytes of a string that still come
	line []byte // beginning of a line that came in parts
}

func (f *frames) scan(p []byte) error {
	for len(p) > 0 {
		if f.skip > 0 {
			n := min(f.skip, len(p))
			f.skip, p = f.skip-n, p[n:]
			continue
		}
		line, rest, whole := bytes.Cut(p, []byte("\n"))
		if len(f.line)+len(line) > maxReplyLine {
			return errOversized
		}
		if !whole {
			f.line = append(f.line, line...)
			return nil
		}
		if len(f.line) > 0 {
			line = append(f.line, line...)
		}
		if err := f.begin(bytes.TrimSuffix(line, []byte("\r"))); err != nil {
			return err
		}
		f.line, p = f.line[:0], rest
	}
	return nil
}

func (f *frames) begin(line []byte) error {
	if len(line) < 2 || (line[0] != '$' && line[0] != '*') {
		return nil
	}
	n, err := strconv.Atoi(string(line[1:]))
	switch {
	case errors.Is(err, strconv.ErrRange), line[0] == '$' && n > maxReplyBytes, line[0] == '*' && n > maxReplyItems:
		return errOversized
	case err == nil && line[0] == '$' && n >= 0:
		f.skip = n + len("\r\n")
	}
	return nil
}

// receive reads the next message of a subscription. go-redis panics on one of another form than it expects.
func receive(ctx context.Context, p *redis.PubSub) (msg any, err error) {
	defer func() {
		if r := recover(); r != nil {
			msg, err = nil, fmt.Errorf("%w: %v", errAnswer, r)
		}
	}()
	return p.ReceiveTimeout(ctx, 0)
}
