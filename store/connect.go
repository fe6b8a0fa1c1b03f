package store

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

const (
	readTimeout   = 1500 * time.Millisecond
	dialTimeout   = time.Second
	poolSize      = 4 // the committer takes one; subscribers are counted apart
	pipelines     = 2 // each has two large buffers
	pipelineBytes = 64 << 10
	defaultPort   = "6379"
	sentinelPort  = "26379"
)

type mode int

const (
	single mode = iota
	cluster
	sentinel
)

// target is a parsed URL.
type target struct {
	mode           mode
	network        string // tcp or unix
	addrs          []string
	user, password string
	db             int
	tls            bool
	master         string // sentinel
}

// parseURL reads the forms that Options.URL lists. It keeps the password out of its errors.
func parseURL(raw string) (target, error) {
	scheme, rest, ok := strings.Cut(raw, "://")
	if !ok {
		return target{}, fmt.Errorf("the store's URL has no scheme; it begins like redis://")
	}
	t := target{network: "tcp"}
	switch scheme {
	case "unix":
		return parseUnix(rest)
	case "redis":
	case "rediss":
		t.tls = true
	case "redis+cluster", "rediss+cluster":
		t.mode, t.tls = cluster, strings.HasPrefix(scheme, "rediss")
	case "redis+sentinel", "rediss+sentinel":
		t.mode, t.tls = sentinel, strings.HasPrefix(scheme, "rediss")
	default:
		return target{}, fmt.Errorf("the store's URL has the unknown scheme %q", scheme)
	}
	if err := t.parseRest(rest); err != nil {
		return target{}, fmt.Errorf("the store's URL: %w", err)
	}
	return t, nil
}

func (t *target) parseRest(rest string) error {
	rest, query, _ := strings.Cut(rest, "?")
	authority, path, _ := strings.Cut(rest, "/")
	if at := strings.LastIndex(authority, "@"); at >= 0 {
		if err := t.parseUser(authority[:at]); err != nil {
			return err
		}
		authority = authority[at+1:]
	}
	if err := t.parseHosts(authority); err != nil {
		return err
	}
	if path != "" {
		db, err := strconv.Atoi(path)
		if err != nil || db < 0 {
			return fmt.Errorf("%q is no number of a database", path)
		}
		t.db = db
	}
	if err := t.parseQuery(query); err != nil {
		return err
	}
	switch {
	case t.mode == cluster && t.db != 0:
		return fmt.Errorf("a Cluster has only database 0")
	case t.mode == sentinel && t.master == "":
		return fmt.Errorf("name the master that the Sentinels watch: ?master=name")
	}
	return nil
}

func (t *target) parseUser(info string) (err error) {
	user, password, _ := strings.Cut(info, ":")
	if t.user, err = url.PathUnescape(user); err == nil {
		t.password, err = url.PathUnescape(password)
	}
	if err != nil {
		return fmt.Errorf("user or password are not escaped rightly")
	}
	return nil
}

func (t *target) parseHosts(list string) error {
	port := defaultPort
	if t.mode == sentinel {
		port = sentinelPort
	}
	for _, host := range strings.Split(list, ",") {
		addr, err := hostPort(host, port)
		if err != nil {
			return err
		}
		t.addrs = append(t.addrs, addr)
	}
	if t.mode == single && len(t.addrs) > 1 {
		t.mode = cluster
	}
	return nil
}

func hostPort(host, port string) (string, error) {
	if h, p, err := net.SplitHostPort(host); err == nil {
		host, port = h, p
	} else {
		host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return "", fmt.Errorf("%q is no port", port)
	}
	if host == "" || strings.ContainsAny(host, "[]@/ ") {
		return "", fmt.Errorf("a host is missing or wrong")
	}
	return net.JoinHostPort(host, port), nil
}

func (t *target) parseQuery(query string) error {
	values, err := url.ParseQuery(query)
	if err != nil {
		return fmt.Errorf("what follows ? cannot be read")
	}
	for name := range values {
		switch {
		case name == "master" && t.mode == sentinel:
			t.master = values.Get(name)
		case name == "db":
			if t.db, err = strconv.Atoi(values.Get(name)); err != nil || t.db < 0 {
				return fmt.Errorf("%q is no number of a database", values.Get(name))
			}
		default:
			return fmt.Errorf("unknown setting %q", name)
		}
	}
	return nil
}

// parseUnix reads user:password@/path?db=1.
func parseUnix(rest string) (target, error) {
	t := target{network: "unix"}
	rest, query, _ := strings.Cut(rest, "?")
	if at := strings.LastIndex(rest, "@"); at >= 0 {
		if err := t.parseUser(rest[:at]); err != nil {
			return target{}, fmt.Errorf("the store's URL: %w", err)
		}
		rest = rest[at+1:]
	}
	if !strings.HasPrefix(rest, "/") {
		return target{}, fmt.Errorf("the store's URL: unix:// wants the absolute path of a socket")
	}
	t.addrs = []string{rest}
	if err := t.parseQuery(query); err != nil {
		return target{}, fmt.Errorf("the store's URL: %w", err)
	}
	return t, nil
}

type dialFunc = func(ctx context.Context, network, addr string) (net.Conn, error)

// withTLS adds what go-redis leaves to a dialer of one's own.
func withTLS(dial dialFunc, on bool) dialFunc {
	if !on {
		return dial
	}
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		host, _, err := net.SplitHostPort(addr)
		if err != nil {
			conn.Close()
			return nil, fmt.Errorf("address %s: %w", addr, err)
		}
		secure := tls.Client(conn, &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12})
		if err := secure.HandshakeContext(ctx); err != nil {
			conn.Close()
			return nil, fmt.Errorf("TLS with %s: %w", addr, err)
		}
		return secure, nil
	}
}

// connect makes the client; greet runs on every new connection.
func connect(o Options, greet func(context.Context, *redis.Conn) error) (redis.UniversalClient, error) {
	t, err := parseURL(o.URL)
	if err != nil {
		return nil, err
	}
	dial := o.Dialer
	if dial == nil {
		dial = directly(realDialer().DialContext)
	}
	dial = dialOnce(guarded(withTLS(dial, t.tls)))
	quiet := &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	// MaxRetries -1: a failed write is never repeated below us; the author repeats it under its own id.
	switch t.mode {
	case cluster:
		return redis.NewClusterClient(&redis.ClusterOptions{
			Addrs: t.addrs, Dialer: dial, OnConnect: greet, Username: t.user, Password: t.password, Protocol: 2, DisableIdentity: true,
			DisableRoutingPolicies: true, MaxRetries: -1, MaxRedirects: 3, DialTimeout: dialTimeout, DialerRetries: 1,
			ReadTimeout: readTimeout, WriteTimeout: readTimeout, ContextTimeoutEnabled: true, PoolSize: poolSize,
			PipelinePoolSize: pipelines, PipelineReadBufferSize: pipelineBytes, PipelineWriteBufferSize: pipelineBytes,
			MaintNotificationsConfig: quiet,
		}), nil
	case sentinel:
		return redis.NewFailoverClient(&redis.FailoverOptions{
			MasterName: t.master, SentinelAddrs: t.addrs, Dialer: dial, OnConnect: greet, Username: t.user, Password: t.password,
			DB: t.db, Protocol: 2, DisableIdentity: true, MaxRetries: -1, DialTimeout: dialTimeout, DialerRetries: 1,
			ReadTimeout: readTimeout, WriteTimeout: readTimeout, ContextTimeoutEnabled: true, PoolSize: poolSize,
			PipelinePoolSize: pipelines, PipelineReadBufferSize: pipelineBytes, PipelineWriteBufferSize: pipelineBytes,
		}), nil
	}
	return redis.NewClient(&redis.Options{
		Network: t.network, Addr: t.addrs[0], Dialer: dial, OnConnect: greet, Username: t.user, Password: t.password, DB: t.db,
		Protocol: 2, DisableIdentity: true, MaxRetries: -1, DialTimeout: dialTimeout, DialerRetries: 1,
		ReadTimeout: readTimeout, WriteTimeout: readTimeout, ContextTimeoutEnabled: true, PoolSize: poolSize,
		PipelinePoolSize: pipelines, PipelineReadBufferSize: pipelineBytes, PipelineWriteBufferSize: pipelineBytes,
		MaintNotificationsConfig: quiet,
	}), nil
}
