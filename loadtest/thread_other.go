//go:build !linux

package loadtest

import (
	"errors"
	"time"
)

// beside is for Linux, as are the figures of processes with which the ceiling is compared.
func beside(int) (back func(), err error) { return nil, errors.ErrUnsupported }

func threadCPU() time.Duration { return 0 }
