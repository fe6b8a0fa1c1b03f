package store

import (
	"net"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const userTimeout = 5 * time.Second // unacknowledged bytes break the connection: a silent partition is seen

func realDialer() *net.Dialer {
	return &net.Dialer{Timeout: dialTimeout, KeepAlive: userTimeout, Control: func(network, _ string, c syscall.RawConn) error {
		if network == "unix" {
			return nil
		}
		var failed error
		err := c.Control(func(fd uintptr) {
			failed = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(userTimeout.Milliseconds()))
		})
		if err != nil {
			return err
		}
		return failed
	}}
}
