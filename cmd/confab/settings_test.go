package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"
)

func settings(t *testing.T, args []string, env map[string]string) (Settings, error) {
	t.Helper()
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	addFlags(flags)
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	return readSettings(flags, func(name string) (string, bool) { v, ok := env[name]; return v, ok })
}

func TestFlagsWinOverTheEnvironmentWhichWinsOverTheFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "confab.yaml")
	if err := os.WriteFile(file, []byte("listen: 127.0.0.1:1\nvisitor-grace: 11s\nlog-level: warn\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"CONFAB_CONFIG": file, "CONFAB_LISTEN": "127.0.0.1:2", "CONFAB_VISITOR_GRACE": "22s"}
	s, err := settings(t, []string{"--listen", "127.0.0.1:3"}, env)
	if err != nil {
		t.Fatal(err)
	}
	if s.Listen != "127.0.0.1:3" || s.VisitorGrace != 22*time.Second || s.LogLevel.String() != "warn" {
		t.Errorf("listen %s, grace %s, level %s", s.Listen, s.VisitorGrace, s.LogLevel)
	}
}

func TestPortOfThePlatformIsListenedOnEverywhere(t *testing.T) {
	s, err := settings(t, nil, map[string]string{"PORT": "5000"})
	if err != nil || s.Listen != ":5000" {
		t.Errorf("listen %q, %v", s.Listen, err)
	}
}

func TestAWrongSettingIsNamedWithItsValueAndWhatIsAllowed(t *testing.T) {
	short := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(short, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		env  map[string]string
		want []string
	}{
		{args: []string{"--listen", "here"}, want: []string{"listen", `"here"`, "host:port", "--listen"}},
		{args: []string{"--listen", "a:99999"}, want: []string{"listen"}},
		{env: map[string]string{"REDIS_URL": "http://x"}, want: []string{"redis", `"http://x"`, "redis://", "REDIS_URL"}},
		{env: map[string]string{"CONFAB_GEO": "/no/such.mmdb"}, want: []string{"geo", "/no/such.mmdb", "files, separated by commas"}},
		{env: map[string]string{"CONFAB_VISITOR_GRACE": "1"}, want: []string{"visitor-grace", "10s to 24h"}},
		{env: map[string]string{"CONFAB_LOG_LEVEL": "loud"}, want: []string{"log-level", "debug, info, warn or error"}},
		{env: map[string]string{"CONFAB_TRUSTED_PROXIES": "10.0.0.0/8,nobody"}, want: []string{"trusted-proxies", "nobody"}},
		{env: map[string]string{"CONFAB_PUBLIC_URL": "https://a.b/c"}, want: []string{"public-url"}},
		{env: map[string]string{"CONFAB_SECRET": "tooshort"}, want: []string{"secret", "8 bytes", "32 bytes"}},
		{args: []string{"--secret-file", short}, want: []string{"secret-file"}},
		{args: []string{"--bootstrap", "/nowhere/at/all"}, want: []string{"bootstrap"}},
		{args: []string{"--files", "s3://"}, want: []string{"files", "s3://bucket?endpoint="}},
		{env: map[string]string{"CONFAB_FILES": "s3://bucket?key=x"}, want: []string{"files", "CONFAB_FILES"}},
		{args: []string{"--smtp", "mx.example.com"}, want: []string{"smtp", "--smtp", "smtp://user:password@host:587"}},
		{env: map[string]string{"CONFAB_SMTP": "smtp://ann:tooshort@mx?tls=perhaps"}, want: []string{"smtp", "CONFAB_SMTP", "tls=required"}},
		{args: []string{"--smtp-password-file", "/nowhere/at/all"}, want: []string{"smtp-password-file"}},
		{args: []string{"--mail-from", "nobody"}, want: []string{"mail-from", `"nobody"`, "an e-mail address"}},
		{args: []string{"--require-durable", "perhaps"}, want: []string{"require-durable", "on or off"}},
	} {
		_, err := settings(t, c.args, c.env)
		if err == nil {
			t.Errorf("%v %v was accepted", c.args, c.env)
			continue
		}
		for _, part := range c.want {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%q does not say %q", err, part)
			}
		}
		if strings.Contains(err.Error(), "tooshort") {
			t.Errorf("the secret is in %q", err)
		}
		if strings.Contains(err.Error(), "\n") {
			t.Errorf("%q is more than one line", err)
		}
	}
}

func TestAnUnknownKeyInTheSettingsFileStopsTheStart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "confab.yaml")
	if err := os.WriteFile(file, []byte("lisen: x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := settings(t, []string{"--config", file}, nil); err == nil || !strings.Contains(err.Error(), "lisen") {
		t.Errorf("got %v", err)
	}
}

func TestHelpNamesEverySettingThreeTimes(t *testing.T) {
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	addFlags(flags)
	help := flags.FlagUsages()
	for _, s := range settingsTable() {
		for _, part := range []string{"--" + s.key, s.env, "file " + s.key} {
			if !slices.Contains(flagless, s.key) && !strings.Contains(help, part) {
				t.Errorf("the help does not name %s", part)
			}
		}
	}
}
