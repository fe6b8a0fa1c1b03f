package loadtest

import "golang.org/x/sys/unix"

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
