package loadtest

import (
	"time"

	"golang.org/x/sys/unix"
)

// beside moves the calling thread, to which its goroutine is locked, to the processors of a process, until back is called.
func beside(pid int) (back func(), err error) {
	var own, its unix.CPUSet
	if err := unix.SchedGetaffinity(0, &own); err != nil {
		return nil, err
	}
	if err := unix.SchedGetaffinity(pid, &its); err != nil {
		return nil, err
	}
	if err := unix.SchedSetaffinity(0, &its); err != nil {
		return nil, err
	}
	return func() { _ = unix.SchedSetaffinity(0, &own) }, nil
}

// threadCPU is what the calling thread has used so far. getrusage(2) would be as old as the last tick, and a round of
// frames is not much longer than one.
func threadCPU() time.Duration {
	var t unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t)
	return time.Duration(t.Nano())
}
