//go:build !linux

package store

import (
	"net"
	"time"
)

// Elsewhere the probes over the bus find a silent partition.
func realDialer() *net.Dialer { return &net.Dialer{Timeout: dialTimeout, KeepAlive: 5 * time.Second} }

func directly(dial dialFunc) dialFunc { return dial }
