//go:build !linux

package relay

import "net"

// pollers are Go's own elsewhere: every session has a goroutine that reads.
type pollers struct{}

func (*pollers) adopt(c net.Conn, _ reader) net.Conn { return c }

func (*pollers) stop() {}
