//go:build !linux

package relay

import "net"

// pollers are Go's own elsewhere: every session has a goroutine that reads.
type pollers struct{}

func (*pollers) adopt(c net.Conn, _ reader) (net.Conn, error) { return c, nil }

func acceptorOf(l net.Listener) acceptor { return l }

func asUsual(c net.Conn) (net.Conn, error) { return c, nil }

func (*pollers) stop() {}
