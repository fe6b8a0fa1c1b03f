//go:build unix

package nowait

import (
	"errors"
	"net"
	"syscall"
	"testing"
)

// pair returns the descriptors of two connected sockets, which are closed when the test ends.
func pair(t *testing.T) (here, there int) {
	t.Helper()
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range fds {
		if err := syscall.SetNonblock(fd, true); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { syscall.Close(fd) })
	}
	return fds[0], fds[1]
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	here, there := pair(t)
	if n, err := Write(here, []byte("hello")); n != 5 || err != nil {
		t.Fatalf("wrote %d, %v", n, err)
	}
	in := make([]byte, 8)
	if n, err := Read(there, in); string(in[:n]) != "hello" || err != nil {
		t.Fatalf("read %q, %v", in[:n], err)
	}
}

func TestWhatWouldHaveToWaitFailsWithNothingDone(t *testing.T) {
	here, there := pair(t)
	if n, err := Read(here, make([]byte, 8)); n != 0 || !errors.Is(err, syscall.EAGAIN) {
		t.Errorf("reading where nothing is: %d, %v", n, err)
	}
	written, p := 0, make([]byte, 1<<16)
	for {
		n, err := Write(here, p)
		if written += n; err == nil {
			continue
		}
		if n != 0 || !errors.Is(err, syscall.EAGAIN) {
			t.Errorf("writing where no room is: %d, %v", n, err)
		}
		break
	}
	for read := 0; read < written; {
		n, err := Read(there, p)
		if err != nil || n == 0 {
			t.Fatalf("of %d bytes only %d arrived: %v", written, read, err)
		}
		read += n
	}
}

func TestAnEndIsReadAsNothingWithoutAnError(t *testing.T) {
	here, there := pair(t)
	if err := syscall.Shutdown(here, syscall.SHUT_WR); err != nil {
		t.Fatal(err)
	}
	if n, err := Read(there, make([]byte, 8)); n != 0 || err != nil {
		t.Errorf("got %d, %v", n, err)
	}
	if n, err := Read(there, nil); n != 0 || err != nil {
		t.Errorf("into nothing: %d, %v", n, err)
	}
}

func TestADuplicateOutlivesItsOriginal(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	dialled, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer dialled.Close()
	accepted, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	fd, err := Duplicate(accepted.(*net.TCPConn))
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(fd)
	accepted.Close()
	if n, err := Write(fd, []byte("still here")); n != 10 || err != nil {
		t.Fatalf("wrote %d, %v", n, err)
	}
	in := make([]byte, 16)
	if n, err := dialled.Read(in); string(in[:n]) != "still here" {
		t.Errorf("read %q, %v", in[:n], err)
	}
	if _, err := Duplicate(accepted.(*net.TCPConn)); !errors.Is(err, net.ErrClosed) {
		t.Errorf("of a closed connection: %v", err)
	}
}
