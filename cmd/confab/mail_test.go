package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestMailIsOffUntilServerSenderAndAddressAreThere(t *testing.T) {
	smtp, from, public := []string{"--smtp", "smtp://mx.example.com"}, []string{"--mail-from", "Acme <chat@acme.example>"}, []string{"--public-url", "https://chat.example.com"}
	for _, c := range []struct {
		args    [][]string
		on      bool
		missing string
	}{
		{nil, false, ""},
		{[][]string{public}, false, ""},
		{[][]string{smtp, from, public}, true, ""},
		{[][]string{smtp, public}, true, "--mail-from"},
		{[][]string{from, public}, false, "--smtp"},
		{[][]string{smtp, from}, true, "--public-url"},
	} {
		var args []string
		for _, a := range c.args {
			args = append(args, a...)
		}
		s, err := settings(t, args, nil)
		if err != nil {
			t.Fatal(err)
		}
		if from := mailFrom(s); (from != "") != (c.on && s.MailFrom.Address != "") {
			t.Errorf("%v: the API is told that mail comes from %q", args, from)
		}
		err = checkMail(s)
		if mailOn(s) != c.on || (err == nil) != (c.missing == "") || err != nil && !strings.Contains(err.Error(), c.missing) {
			t.Errorf("%v: on %t, %v", args, mailOn(s), err)
		}
		if f := examineMail(t.Context(), s); c.missing != "" && (f.OK || !strings.Contains(f.Sentence, c.missing)) || c.args == nil && (!f.OK || !strings.Contains(f.Sentence, "--smtp")) {
			t.Errorf("%v: doctor says %+v", args, f)
		}
	}
}

func TestThePasswordOfTheMailServerComesFromWhereNobodyReadsIt(t *testing.T) {
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte("from a file \n"), 0o600); err != nil {
		t.Fatal(err)
	}
	common := []string{"--mail-from", "chat@acme.example", "--public-url", "https://chat.example.com", "--smtp"}
	for want, c := range map[string]struct {
		args []string
		env  map[string]string
	}{
		"in the address":       {append(common, "smtp://ann:in%20the%20address@mx.example.com"), nil},
		"from the environment": {append(common, "smtp://ann:x@mx.example.com"), map[string]string{"CONFAB_SMTP_PASSWORD": "from the environment", "CONFAB_SMTP_PASSWORD_FILE": file}},
		"from a file ":         {append(common, "smtp://ann:x@mx.example.com", "--smtp-password-file", file), nil},
	} {
		s, err := settings(t, c.args, c.env)
		if err != nil {
			t.Fatal(err)
		}
		server := mailServer(s)
		if got := server.Password.Reveal(); got != want || server.User != "ann" || server.Hello != "chat.example.com" {
			t.Errorf("%q as %s, hello %s; want %q", got, server.User, server.Hello, want)
		}
		if shown := fmt.Sprintf("%+v %v %s", s, server, server); strings.Contains(shown, want) {
			t.Errorf("the settings show it: %s", shown)
		}
	}
	if s, err := settings(t, append(common, "smtp://mx.example.com"), nil); err != nil || mailServer(s).Hello != "chat.example.com" {
		t.Error(err)
	}
	if s, err := settings(t, []string{"--mail-from", "chat@acme.example", "--public-url", "http://10.0.0.1:8080", "--smtp", "smtp://mx"}, nil); err != nil || mailServer(s).Hello != "acme.example" {
		t.Errorf("a node without a name greets as %s: %v", mailServer(s).Hello, err)
	}
}

func TestDoctorTellsTheRemedyIfTheMailServerDoesNotTakeMail(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := l.Addr().String()
	l.Close()
	s, err := settings(t, []string{"--mail-from", "chat@acme.example", "--public-url", "https://chat.example.com", "--smtp", "smtp://ann:canary@" + nobody}, nil)
	if err != nil {
		t.Fatal(err)
	}
	f := examineMail(t.Context(), s)
	if f.OK || !strings.Contains(f.Sentence, nobody) || !strings.Contains(f.Sentence, "Check host and port") || strings.Contains(f.Sentence, "canary") {
		t.Errorf("%+v", f)
	}
}

func TestDomainsOfMailAreReadAsTheDNSHasThem(t *testing.T) {
	s, err := settings(t, []string{"--mail-domains", "tern.example, Zelt-Süd.example"}, nil)
	if err != nil || len(s.MailDomains) != 2 || s.MailDomains[0] != "tern.example" || s.MailDomains[1] != "xn--zelt-sd-s2a.example" {
		t.Errorf("%v, %q", err, s.MailDomains)
	}
	for _, wrong := range []string{"tern", "a@tern.example", "tern.example,,other.example", "https://tern.example"} {
		if _, err := settings(t, []string{"--mail-domains", wrong}, nil); err == nil || !strings.Contains(err.Error(), "mail-domains") {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}
