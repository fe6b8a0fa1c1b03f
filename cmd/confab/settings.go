package main

import (
	"fmt"
	"net"
	netmail "net/mail"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"go.uber.org/zap/zapcore"
	"gopkg.in/yaml.v3"

	"confab/auth"
	"confab/files"
	"confab/mail"
)

// Settings of a node. Every one can be given as a flag, in the environment, or in the settings file, and the first
// of these three that gives it decides.
type Settings struct {
	Listen              string
	Redis               string
	Data                string
	Files               string
	PublicURL           string
	Bootstrap           string
	Secret              string // the secret itself
	SecretFile          string
	Geo                 []string // files
	VisitorGrace        time.Duration
	RequireHTTPS        *bool // nil: on, unless the store is the embedded one
	TrustedProxies      []netip.Prefix
	WebhookAllowPrivate bool
	SMTP                *mail.Server // nil: no mail is sent
	SMTPPassword        auth.Secret  // outranks the one in SMTP
	MailFrom            netmail.Address
	MailDomains         []string // beside MailFrom's, in ASCII
	RequireDurable      bool
	Drain               time.Duration
	LogLevel            zapcore.Level
	LogFormat           string // console, json, or "" for console on a terminal and json elsewhere
}

// requiresHTTPS is what holds where nothing was said.
func (s Settings) requiresHTTPS(embedded bool) bool {
	if s.RequireHTTPS == nil {
		return !embedded
	}
	return *s.RequireHTTPS
}

// setting ties the three names of one value to the place where it goes.
type setting struct {
	key     string // in the settings file, and the flag's name
	env     string
	value   string // the default
	usage   string
	allowed string // what a wrong value is answered with
	set     func(*Settings, string) error
}

var errNotAllowed = fmt.Errorf("not allowed")

// settingsTable is the one list of all settings.
func settingsTable() []setting {
	return []setting{
		{"listen", "CONFAB_LISTEN", "127.0.0.1:8080", "address to listen on; the environment's PORT stands for :PORT", "host:port", setListen},
		{"redis", "REDIS_URL", "", "Redis: redis://, rediss://, unix://, redis+sentinel://, redis+cluster://", "a redis://, rediss://, unix://, redis+sentinel:// or redis+cluster:// address",
			func(s *Settings, v string) error {
				s.Redis = v
				return checkScheme(v, "redis", "rediss", "unix", "redis+sentinel", "redis+cluster")
			}},
		{"data", "CONFAB_DATA", "", "folder for a redis-server of our own, if no Redis is named; without both, everything is kept in memory", "a folder",
			func(s *Settings, v string) error { s.Data = v; return nil }},
		{"files", "CONFAB_FILES", "", "where files that people send lie: a folder, or s3://bucket?endpoint=https://host&region=region with the keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; by default DATA/files, or a passing folder if everything is kept in memory", "a folder, or s3://bucket?endpoint=https://host&region=region",
			func(s *Settings, v string) error { s.Files = v; return checkFiles(v) }},
		{"public-url", "CONFAB_PUBLIC_URL", "", "address under which browsers reach this node; by default taken from each request", "http://host or https://host, without a path",
			func(s *Settings, v string) error {
				s.PublicURL = strings.TrimSuffix(v, "/")
				return checkOrigin(s.PublicURL)
			}},
		{"bootstrap", "CONFAB_BOOTSTRAP", "", "file of accounts, agents and keys to be created or brought to what it says", "a file",
			func(s *Settings, v string) error { s.Bootstrap = v; return checkFile(v) }},
		{"secret", "CONFAB_SECRET", "", "signing secret of tokens, 32 bytes or more; by default random and kept in the store (as a flag: --secret-file)", "32 bytes or more",
			func(s *Settings, v string) error { s.Secret = v; return checkSecret(v) }},
		{"secret-file", "CONFAB_SECRET_FILE", "", "file that holds the signing secret", "a file of 32 bytes or more", setSecretFile},
		{"geo", "CONFAB_GEO", "", "files that tell where an address is (.mmdb, of MaxMind or ip-location-db), separated by commas; read again when they change; without any nothing is known", "files, separated by commas", setGeo},
		{"visitor-grace", "CONFAB_VISITOR_GRACE", "60s", "how long a visitor, or all agents of a conversation, may be away before its episode ends", "a time from 10s to 24h, such as 60s",
			func(s *Settings, v string) (err error) {
				s.VisitorGrace, err = duration(v, 10*time.Second, 24*time.Hour)
				return
			}},
		{"require-https", "CONFAB_REQUIRE_HTTPS", "", "redirect plain HTTP on the Pavior API; by default on, unless the store is the embedded one", "on or off", setRequireHTTPS},
		{"trusted-proxies", "CONFAB_TRUSTED_PROXIES", "", "addresses or networks whose X-Forwarded-For and -Proto are believed", "addresses or networks, separated by commas", setTrustedProxies},
		{"webhook-allow-private", "CONFAB_WEBHOOK_ALLOW_PRIVATE", "off", "let webhooks go to private addresses", "on or off",
			func(s *Settings, v string) (err error) { s.WebhookAllowPrivate, err = onOff(v); return }},
		{"smtp", "CONFAB_SMTP", "", "mail server to send mail with; by default none is sent", "smtp://user:password@host:587?tls=required (or opportunistic, or none), or smtps://user:password@host:465", setSMTP},
		{"smtp-password", "CONFAB_SMTP_PASSWORD", "", "password of the mail server's user (as a flag: --smtp-password-file)", "a password",
			func(s *Settings, v string) error { s.SMTPPassword = auth.NewSecret(v); return nil }},
		{"smtp-password-file", "CONFAB_SMTP_PASSWORD_FILE", "", "file that holds that password", "a file", setSMTPPasswordFile},
		{"mail-from", "CONFAB_MAIL_FROM", "", "sender of mail, such as Acme <chat@acme.example>", "an e-mail address, with or without a name", setMailFrom},
		{"mail-domains", "CONFAB_MAIL_DOMAINS", "", "domains, beside the sender's, for which the mail server signs (DKIM): mail of agents' sender profiles comes from their addresses there", "domains, separated by commas", setMailDomains},
		{"require-durable", "CONFAB_REQUIRE_DURABLE", "off", "refuse to be ready when Redis may lose acknowledged messages", "on or off",
			func(s *Settings, v string) (err error) { s.RequireDurable, err = onOff(v); return }},
		{"drain", "CONFAB_DRAIN", "20s", "how long a stopping node spreads the departure of its sockets", "a time from 0s to 10m",
			func(s *Settings, v string) (err error) { s.Drain, err = duration(v, 0, 10*time.Minute); return }},
		{"log-level", "CONFAB_LOG_LEVEL", "info", "least level that is logged", "debug, info, warn or error", setLogLevel},
		{"log-format", "CONFAB_LOG_FORMAT", "", "console or json; by default console on a terminal, else json", "console or json",
			func(s *Settings, v string) error { s.LogFormat = v; return oneOf(v, "console", "json") }},
	}
}

// flagless are the settings that have no flag: a secret on the command line is read by everybody on the machine.
var flagless = []string{"secret", "smtp-password"}

// storeSettings are those that a command needs to reach the store of a running deployment.
var storeSettings = []string{"redis", "data", "secret", "secret-file", "log-level", "log-format"}

// addFlags declares a flag for each of the named settings, or for all if none is named, with the other two names in
// the help.
func addFlags(flags *pflag.FlagSet, keys ...string) {
	flags.String("config", "", "settings file (YAML) with the names of the flags as keys (environment CONFAB_CONFIG)")
	for _, s := range settingsTable() {
		if slices.Contains(flagless, s.key) || len(keys) > 0 && !slices.Contains(keys, s.key) {
			continue
		}
		flags.String(s.key, s.value, fmt.Sprintf("%s (environment %s, file %s)", s.usage, s.env, s.key))
	}
}

// readSettings puts the settings together. An error is one sentence that names the setting, its value and what is allowed.
func readSettings(flags *pflag.FlagSet, env func(string) (string, bool)) (Settings, error) {
	file, err := readSettingsFile(flags, env)
	if err != nil {
		return Settings{}, err
	}
	var out Settings
	for _, s := range settingsTable() {
		value, from := s.value, "the default"
		if v, ok := file[s.key]; ok {
			value, from = v, "the settings file"
		}
		if v, ok := lookup(s, env); ok {
			value, from = v, "the environment ("+s.env+")"
		}
		if f := flags.Lookup(s.key); f != nil && f.Changed {
			value, from = f.Value.String(), "the flag --"+s.key
		}
		if value == "" {
			continue
		}
		if err := s.set(&out, value); err != nil {
			return Settings{}, fmt.Errorf("setting %s is %s in %s; allowed is %s", s.key, shown(s, value), from, s.allowed)
		}
	}
	return out, nil
}

func shown(s setting, value string) string {
	switch s.key {
	case "secret":
		return fmt.Sprintf("%d bytes long", len(value))
	case "smtp", "smtp-password": // a password may be anywhere in it
		return "*** (not shown)"
	}
	return strconv.Quote(value)
}

func lookup(s setting, env func(string) (string, bool)) (string, bool) {
	if v, ok := env(s.env); ok {
		return v, true
	}
	if s.key == "listen" {
		if port, ok := env("PORT"); ok {
			return ":" + port, true
		}
	}
	return "", false
}

func readSettingsFile(flags *pflag.FlagSet, env func(string) (string, bool)) (map[string]string, error) {
	path, _ := env("CONFAB_CONFIG")
	if f := flags.Lookup("config"); f != nil && f.Changed {
		path = f.Value.String()
	}
	if path == "" {
		return nil, nil
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("settings file: %w", err)
	}
	var values map[string]string
	if err := yaml.Unmarshal(raw, &values); err != nil {
		return nil, fmt.Errorf("settings file %s: %w", path, err)
	}
	for key := range values {
		if !slices.ContainsFunc(settingsTable(), func(s setting) bool { return s.key == key }) {
			return nil, fmt.Errorf("settings file %s: there is no setting %q", path, key)
		}
	}
	return values, nil
}

func setListen(s *Settings, v string) error {
	host, port, err := net.SplitHostPort(v)
	if err != nil {
		return err
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return errNotAllowed
	}
	s.Listen = net.JoinHostPort(host, port)
	return nil
}

func setSecretFile(s *Settings, v string) error {
	raw, err := os.ReadFile(v)
	if err != nil {
		return err
	}
	if s.Secret == "" {
		s.Secret = strings.TrimSpace(string(raw))
	}
	s.SecretFile = v
	return checkSecret(s.Secret)
}

func setSMTPPasswordFile(s *Settings, v string) error {
	raw, err := os.ReadFile(v)
	if err == nil && s.SMTPPassword.Empty() {
		s.SMTPPassword = auth.NewSecret(strings.TrimRight(string(raw), "\r\n"))
	}
	return err
}

func setRequireHTTPS(s *Settings, v string) error {
	on, err := onOff(v)
	s.RequireHTTPS = &on
	return err
}

func setTrustedProxies(s *Settings, v string) error {
	for part := range strings.SplitSeq(v, ",") {
		part = strings.TrimSpace(part)
		if prefix, err := netip.ParsePrefix(part); err == nil {
			s.TrustedProxies = append(s.TrustedProxies, prefix.Masked())
			continue
		}
		addr, err := netip.ParseAddr(part)
		if err != nil {
			return err
		}
		s.TrustedProxies = append(s.TrustedProxies, netip.PrefixFrom(addr, addr.BitLen()))
	}
	return nil
}

func setGeo(s *Settings, v string) error {
	for part := range strings.SplitSeq(v, ",") {
		path := strings.TrimSpace(part)
		if err := checkFile(path); err != nil {
			return err
		}
		s.Geo = append(s.Geo, path)
	}
	return nil
}

func setLogLevel(s *Settings, v string) error {
	if err := oneOf(v, "debug", "info", "warn", "error"); err != nil {
		return err
	}
	return s.LogLevel.UnmarshalText([]byte(v))
}

func oneOf(v string, allowed ...string) error {
	if !slices.Contains(allowed, v) {
		return errNotAllowed
	}
	return nil
}

func onOff(v string) (bool, error) {
	switch v {
	case "on", "true", "1", "yes":
		return true, nil
	case "off", "false", "0", "no":
		return false, nil
	}
	return false, errNotAllowed
}

func duration(v string, least, most time.Duration) (time.Duration, error) {
	d, err := time.ParseDuration(v)
	if err != nil || d < least || d > most {
		return 0, errNotAllowed
	}
	return d, nil
}

func checkSecret(v string) error {
	if len(v) < 32 {
		return errNotAllowed
	}
	return nil
}

func checkFile(v string) error {
	_, err := os.Stat(v)
	return err
}

func checkFiles(v string) error {
	if !isBucket(v) {
		return nil
	}
	_, _, _, _, err := files.ParseBucket(v)
	return err
}

func checkScheme(v string, allowed ...string) error {
	scheme, _, ok := strings.Cut(v, "://")
	if !ok {
		return errNotAllowed
	}
	return oneOf(scheme, allowed...)
}

func checkOrigin(v string) error {
	u, err := url.Parse(v)
	if err != nil || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.User != nil {
		return errNotAllowed
	}
	return oneOf(u.Scheme, "http", "https")
}
