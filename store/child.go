package store

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"go.uber.org/zap"
)

const (
	childSocket   = "redis.sock"
	childLock     = "confab.lock"
	childPatience = 30 * time.Second // to start, with a log to load, and to stop
	childPoll     = 20 * time.Millisecond
)

// ErrNoRedis tells that there is no redis-server to start.
var ErrNoRedis = errors.New("there is no redis-server on this machine; install it (apt-get install redis-server), or name a Redis by its URL")

// Child is a redis-server that this process started for itself. It keeps everything in one folder and is reached by
// a socket in there.
type Child struct {
	socket string
	cmd    *exec.Cmd
	lock   *os.File
	exited chan struct{} // closed when it is gone
	log    *zap.Logger
}

// StartChild starts a redis-server from PATH on the folder dir, which it makes if it is missing, syncing every write.
// It returns when the data is loaded. Whoever starts closes. ErrNoRedis if there is none.
func StartChild(ctx context.Context, dir string, log *zap.Logger) (*Child, error) {
	program, err := exec.LookPath("redis-server")
	if err != nil {
		return nil, ErrNoRedis
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	lock, err := lockFolder(dir)
	if err != nil {
		return nil, err
	}
	c := &Child{socket: filepath.Join(dir, childSocket), lock: lock, exited: make(chan struct{}), log: log}
	if err := c.start(ctx, program, dir); err != nil {
		lock.Close()
		return nil, err
	}
	return c, nil
}

// lockFolder makes sure that one process uses the folder. The lock goes with the process.
func lockFolder(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, childLock), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return nil, fmt.Errorf("the data folder %s is in use by another process: %w", dir, err)
	}
	return f, nil
}

func (c *Child) start(ctx context.Context, program, dir string) error {
	if conn, err := net.Dial("unix", c.socket); err == nil {
		conn.Close()
		return fmt.Errorf("a redis-server of an earlier run still serves %s; stop it, or name it as the store's URL (unix://%s)", c.socket, c.socket)
	}
	if err := os.Remove(c.socket); err != nil && !errors.Is(err, os.ErrNotExist) { // left by a crash
		return fmt.Errorf("stale socket: %w", err)
	}
	c.cmd = exec.Command(program, "--port", "0", "--unixsocket", c.socket, "--unixsocketperm", "700", "--dir", dir,
		"--appendonly", "yes", "--appendfsync", "always", "--no-appendfsync-on-rewrite", "no", "--maxmemory-policy", "noeviction",
		"--auto-aof-rewrite-min-size", "512mb", // a rewrite takes a core for seconds; this is some seconds of reading at the start
		"--save", "", "--daemonize", "no", "--logfile", filepath.Join(dir, "redis.log"))
	c.cmd.Stdin = nil
	// Its own group: Ctrl-C reaches us, and we stop it after the last commit.
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := c.cmd.Start(); err != nil {
		return fmt.Errorf("start redis-server: %w", err)
	}
	go func() { // ends with the process; Close waits for it
		if err := c.cmd.Wait(); err != nil {
			c.log.Error("redis-server ended", zap.Error(err))
		}
		close(c.exited)
	}()
	return c.await(ctx, dir)
}

// await waits until the socket answers.
func (c *Child) await(ctx context.Context, dir string) error {
	ctx, cancel := context.WithTimeout(ctx, childPatience)
	defer cancel()
	ticker := time.NewTicker(childPoll)
	defer ticker.Stop()
	for {
		if pong(ctx, c.socket) {
			c.log.Info("redis-server started", zap.String("folder", dir), zap.Int("pid", c.cmd.Process.Pid))
			return nil
		}
		select {
		case <-ticker.C:
		case <-c.exited:
			return fmt.Errorf("redis-server ended at once; see %s", filepath.Join(dir, "redis.log"))
		case <-ctx.Done():
			c.stop()
			return fmt.Errorf("redis-server did not start: %w", ctx.Err())
		}
	}
}

func pong(ctx context.Context, socket string) bool {
	client, err := connect(Options{URL: "unix://" + socket}, nil)
	if err != nil {
		return false
	}
	defer client.Close()
	return client.Ping(ctx).Err() == nil
}

// URL is for Options.URL.
func (c *Child) URL() string { return "unix://" + c.socket }

// Close stops the server, which syncs and leaves its data.
func (c *Child) Close() error {
	c.stop()
	return c.lock.Close()
}

func (c *Child) stop() {
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		c.log.Debug("redis-server is gone already", zap.Error(err))
	}
	timer := time.NewTimer(childPatience)
	defer timer.Stop()
	select {
	case <-c.exited:
	case <-timer.C:
		c.log.Error("redis-server does not stop; killing it")
		if err := c.cmd.Process.Kill(); err != nil {
			c.log.Error("kill redis-server", zap.Error(err))
		}
		<-c.exited
	}
}
