//go:build !linux

package main

import "syscall"

// whenSpoken does nothing here.
func whenSpoken(_, _ string, _ syscall.RawConn) error { return nil }
