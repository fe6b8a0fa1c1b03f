//go:build unix && !linux

package relay

import "syscall"

func writeBytes(fd int, p []byte) (int, error) { return syscall.Write(fd, p) }

func readBytes(fd int, p []byte) (int, error) { return syscall.Read(fd, p) }
