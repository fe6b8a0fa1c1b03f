package store

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	oldestRedis   = "6.2"
	protectsSince = "7.0" // protected-mode holds whatever bind says
	maxSkew       = 30 * time.Second
	fullPercent   = 80 // of maxmemory
)

// settingsRead are the settings that the rules look at.
var settingsRead = []string{"appendonly", "appendfsync", "maxmemory-policy", "no-appendfsync-on-rewrite",
	"bind", "port", "tls-port", "protected-mode", "requirepass"}

// inspectServer looks at one server. What it does not tell is left out, but for its settings.
func inspectServer(ctx context.Context, c redis.Cmdable) *durabilityReport {
	r := &durabilityReport{level: Unknown}
	if skew, err := clockSkew(ctx, c); err == nil {
		r.skew = skew
		r.findings = append(r.findings, clockFinding(skew))
	}
	settings, err := readSettings(ctx, c)
	if err != nil {
		r.findings = append(r.findings, unreadable(err))
		return r
	}
	server := info(ctx, c, "server")
	version := infoField(server, "redis_version")
	r.level = Durable
	r.judge(settings)
	r.findings = append(r.findings, versionFinding(version), accessFinding(settings, version, opensToAll(ctx, c, settings)))
	if memory := info(ctx, c, "memory"); memory != "" {
		r.findings = append(r.findings, memoryFinding(integer(infoField(memory, "used_memory")), integer(infoField(memory, "maxmemory"))))
	}
	return r
}

func unreadable(err error) Finding {
	return Finding{"durability", false, fmt.Sprintf("Redis does not tell how it keeps data (%v). "+
		"Allow CONFIG GET, or make sure of appendonly yes, appendfsync always and maxmemory-policy noeviction.", err)}
}

// readSettings asks for them one by one, for Redis 6 takes no more at once.
func readSettings(ctx context.Context, c redis.Cmdable) (map[string]string, error) {
	settings := map[string]string{}
	cmds, err := c.Pipelined(ctx, func(p redis.Pipeliner) error {
		for _, name := range settingsRead {
			p.ConfigGet(ctx, name)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i, cmd := range cmds {
		if got, ok := cmd.(*redis.MapStringStringCmd); ok {
			settings[settingsRead[i]] = got.Val()[settingsRead[i]]
		}
	}
	return settings, nil
}

// info returns a section, or "" if it is not told.
func info(ctx context.Context, c redis.Cmdable, section string) string {
	text, err := c.Info(ctx, section).Result()
	if err != nil {
		return ""
	}
	return text
}

// judge applies rule by rule; one that is broken makes the store weak.
func (r *durabilityReport) judge(settings map[string]string) {
	rules := []struct{ name, want, why string }{
		{"appendonly", "yes", "without it a restart loses messages that were acknowledged"},
		{"appendfsync", "always", "otherwise a crash loses up to a second of messages that were acknowledged"},
		{"maxmemory-policy", "noeviction", "otherwise a full memory silently deletes messages"},
		{"no-appendfsync-on-rewrite", "no", "otherwise a crash during a rewrite loses messages"},
	}
	for _, rule := range rules {
		got := settings[rule.name]
		f := Finding{rule.name, got == rule.want, fmt.Sprintf("%s is %s.", rule.name, got)}
		if !f.OK {
			f.Sentence = fmt.Sprintf("%s is %q: set it to %s, %s.", rule.name, got, rule.want, rule.why)
			r.level = Weak
		}
		r.findings = append(r.findings, f)
	}
}

// clockSkew is by how much the server's clock is ahead of ours, to half the way there and back.
func clockSkew(ctx context.Context, c redis.Cmdable) (time.Duration, error) {
	sent := time.Now()
	there, err := c.Time(ctx).Result()
	if err != nil {
		return 0, err
	}
	return there.Sub(sent.Add(time.Since(sent) / 2)), nil
}

func clockFinding(skew time.Duration) Finding {
	if skew.Abs() <= maxSkew {
		return Finding{"clock", true, "The clocks of Redis and this node agree."}
	}
	side := "ahead of"
	if skew < 0 {
		side = "behind"
	}
	return Finding{"clock", false, fmt.Sprintf("The clock of Redis is %s %s this node's: set both by NTP, for times of messages come from the one and of timers from the other.",
		skew.Abs().Round(time.Second), side)}
}

func memoryFinding(used, most int64) Finding {
	switch {
	case most == 0:
		return Finding{"memory", true, fmt.Sprintf("Redis uses %d MB, without a limit of its own.", used>>20)}
	case used > most/100*fullPercent:
		return Finding{"memory", false, fmt.Sprintf("Redis uses %d of %d MB, and refuses messages when that is full: raise maxmemory, or erase what is not needed.", used>>20, most>>20)}
	}
	return Finding{"memory", true, fmt.Sprintf("Redis uses %d of %d MB.", used>>20, most>>20)}
}

func versionFinding(version string) Finding {
	if !atLeast(version, oldestRedis) {
		return Finding{"version", false, "Redis is version " + version + ": take " + oldestRedis + " or later."}
	}
	return Finding{"version", true, "Redis is version " + version + "."}
}

// opensToAll tells whether a connection without credentials may do anything.
func opensToAll(ctx context.Context, c redis.Cmdable, settings map[string]string) bool {
	if settings["requirepass"] != "" {
		return false
	}
	users, err := c.ACLList(ctx).Result()
	if err != nil {
		return true // as far as its settings tell
	}
	for _, user := range users {
		if rest, ok := strings.CutPrefix(user, "user default "); ok {
			words := strings.Fields(rest)
			return slices.Contains(words, "on") && slices.Contains(words, "nopass")
		}
	}
	return false
}

// accessFinding is bad if others than this machine can reach a server that asks nobody who he is.
func accessFinding(settings map[string]string, version string, open bool) Finding {
	reached := reachable(settings)
	protected := settings["protected-mode"] == "yes" && (settings["bind"] == "" || version != "" && atLeast(version, protectsSince))
	switch {
	case !open:
		return Finding{"access", true, "Redis asks for a password."}
	case reached == "":
		return Finding{"access", true, "Redis listens on this machine only."}
	case protected:
		return Finding{"access", true, "Redis has no password, and protected-mode refuses other machines."}
	}
	return Finding{"access", false, fmt.Sprintf("Redis listens on %s and asks for no password, so that whoever reaches it reads and changes everything: "+
		"set requirepass and put the password into the store's URL, or bind it to 127.0.0.1.", reached)}
}

// reachable returns an address beyond this machine that the server listens on, or "".
func reachable(settings map[string]string) string {
	if integer(settings["port"]) == 0 && integer(settings["tls-port"]) == 0 {
		return ""
	}
	addresses := strings.Fields(settings["bind"])
	if len(addresses) == 0 {
		return "all addresses"
	}
	for _, address := range addresses {
		address = strings.TrimPrefix(address, "-") // one that need not exist
		if ip := net.ParseIP(address); address != "localhost" && (ip == nil || !ip.IsLoopback()) {
			return address
		}
	}
	return ""
}

// atLeast compares the first two numbers; an unknown version passes.
func atLeast(version, oldest string) bool {
	if version == "" {
		return true
	}
	have, want := strings.Split(version, "."), strings.Split(oldest, ".")
	for i := range 2 {
		if i >= len(have) {
			return false
		}
		h, _ := strconv.Atoi(have[i])
		w, _ := strconv.Atoi(want[i])
		if h != w {
			return h > w
		}
	}
	return true
}
