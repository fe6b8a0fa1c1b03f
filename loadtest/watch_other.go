//go:build !linux

package loadtest

import (
	"net"
	"net/netip"
)

// watch is for Linux. Elsewhere a goroutine reads each socket.
type watch struct{}

func newWatch() (*watch, error) { return nil, errNotWatched }

func (*watch) stop() {}

func (*watch) adopt(net.Conn, func([]byte, error) bool) (net.Conn, error) { return nil, errNotWatched }

func (*watch) dial(netip.AddrPort) (net.Conn, error) { return nil, errNotWatched }
