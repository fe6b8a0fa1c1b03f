package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"confab/chat"
	"confab/store"
	"confab/wire"
)

const (
	doctorTimeout = 20 * time.Second
	enoughDisk    = 1 << 30 // bytes; an append-only file needs room to be rewritten
)

func doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Check a deployment; one line per check, with the remedy",
		Long:  "Checks the store, its persistence and eviction, the clock, the allowed origins, the way through the proxy to this host (--public-url), the disk, the place for files and the mail server. Exits with 1 if one check fails.",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := readSettings(cmd.Flags(), os.LookupEnv)
			if err != nil {
				return err
			}
			ctx, cancel := context.WithTimeout(cmd.Context(), doctorTimeout)
			defer cancel()
			return report(cmd.OutOrStdout(), examine(ctx, s))
		},
	}
}

// report prints the findings and ends with errSaid if one is bad.
func report(out io.Writer, findings []store.Finding) error {
	failed := false
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, f := range findings {
		mark := "ok"
		if !f.OK {
			mark, failed = "FAIL", true
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", mark, f.Name, f.Sentence)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if failed {
		return errSaid
	}
	return nil
}

func examine(ctx context.Context, s Settings) []store.Finding {
	findings := examineStore(ctx, s)
	findings = append(findings, examineWay(ctx, s), examineDisk(s), examineFiles(ctx, s))
	return append(findings, examineMail(ctx, s))
}

func examineStore(ctx context.Context, s Settings) []store.Finding {
	if s.Redis == "" && s.Data == "" {
		return []store.Finding{{Name: "redis", OK: true, Sentence: "None is named: everything is kept in memory and gone at the next start. Name one with --redis, or a folder with --data."}}
	}
	log := newLogger(Settings{LogLevel: 2, LogFormat: "console"}, os.Stderr) // errors only: the findings say the rest
	o, err := openStore(ctx, s, "doctor-"+chat.NewIDs(nil).New(), log)
	if err != nil {
		return []store.Finding{{Name: "redis", Sentence: fmt.Sprintf("Not reachable (%v). Check the address, the password, and that it runs.", err)}}
	}
	defer o.close()
	return append(o.store.Findings(ctx), examineOrigins(ctx, o)...)
}

func examineOrigins(ctx context.Context, o opened) []store.Finding {
	accounts, err := o.accounts.List(ctx)
	if err != nil {
		return []store.Finding{{Name: "origins", Sentence: fmt.Sprintf("The accounts could not be read: %v.", err)}}
	}
	if len(accounts) == 0 {
		return []store.Finding{{Name: "origins", Sentence: "There is no account. Create one with confab account create, or name a bootstrap file."}}
	}
	var findings []store.Finding
	for _, a := range accounts {
		f := store.Finding{Name: "origins", OK: true, Sentence: fmt.Sprintf("%s: the widget may be used on %v.", a.ID, a.AllowedOrigins)}
		if len(a.AllowedOrigins) == 0 {
			f = store.Finding{Name: "origins", Sentence: fmt.Sprintf("%s: no page but this node's own may use the widget. Add your site to allowedOrigins.", a.ID)}
		}
		findings = append(findings, f)
	}
	return findings
}

// examineWay asks for a WebSocket under the public address, as a browser would, to see whether a proxy passes the
// upgrade on.
func examineWay(ctx context.Context, s Settings) store.Finding {
	f := store.Finding{Name: "proxy"}
	if s.PublicURL == "" {
		f.OK, f.Sentence = true, "Not checked: name the public address with --public-url while a node runs behind it."
		return f
	}
	status, err := askForUpgrade(ctx, s.PublicURL)
	switch {
	case err != nil:
		f.Sentence = fmt.Sprintf("%s does not answer (%v). Check the address and that a node runs behind it.", s.PublicURL, err)
	case status != http.StatusSwitchingProtocols:
		f.Sentence = fmt.Sprintf("%s/ws answers %d instead of 101. Let the proxy pass the Upgrade and Connection headers on over HTTP/1.1.", s.PublicURL, status)
	default:
		f.OK, f.Sentence = true, s.PublicURL+"/ws passes WebSockets on."
	}
	return f
}

func askForUpgrade(ctx context.Context, public string) (int, error) {
	u, err := url.Parse(public)
	if err != nil {
		return 0, err
	}
	conn, err := dialWeb(ctx, u)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return 0, err
		}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, public+"/ws", nil)
	if err != nil {
		return 0, err
	}
	for key, value := range map[string]string{
		"Connection": "Upgrade", "Upgrade": "websocket", "Origin": public, "Sec-WebSocket-Version": "13",
		"Sec-WebSocket-Key": "Y29uZmFiLWRvY3Rvci0xNg==", "Sec-WebSocket-Protocol": wire.Subprotocol,
	} {
		request.Header.Set(key, value)
	}
	if err := request.Write(conn); err != nil {
		return 0, err
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), request)
	if err != nil {
		return 0, err
	}
	return response.StatusCode, errors.Join(response.Body.Close())
}

func dialWeb(ctx context.Context, u *url.URL) (net.Conn, error) {
	host, port := u.Hostname(), u.Port()
	if u.Scheme == "https" {
		if port == "" {
			port = "443"
		}
		d := tls.Dialer{Config: &tls.Config{ServerName: host, NextProtos: []string{"http/1.1"}, MinVersion: tls.VersionTLS12}}
		return d.DialContext(ctx, "tcp", net.JoinHostPort(host, port))
	}
	if port == "" {
		port = "80"
	}
	var d net.Dialer
	return d.DialContext(ctx, "tcp", net.JoinHostPort(host, port))
}

func examineDisk(s Settings) store.Finding {
	f := store.Finding{Name: "disk", OK: true, Sentence: "No data folder of our own."}
	if s.Data == "" {
		return f
	}
	var stat syscall.Statfs_t
	if err := syscall.Statfs(s.Data, &stat); err != nil {
		return store.Finding{Name: "disk", Sentence: fmt.Sprintf("The data folder %s cannot be read (%v). Create it, owned by the user that runs confab.", s.Data, err)}
	}
	free := stat.Bavail * uint64(stat.Bsize)
	f.Sentence = fmt.Sprintf("%.1f GiB free for %s.", float64(free)/(1<<30), s.Data)
	if free < enoughDisk {
		f.OK, f.Sentence = false, f.Sentence+" Make it 1 GiB at least: rewriting the append-only file needs room."
	}
	return f
}
