package auth

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"confab/chat"
)

const maxOriginBytes = 2048

// origin is scheme, host and port of a page, all lower case, the port always spelled out.
type origin struct {
	scheme, host, port string
	below              bool // any host below host, but not host itself
}

// Origins is a list of origins that may do something. The zero value holds none. Immutable.
type Origins struct {
	any     bool
	entries []origin
}

// ParseOrigins reads a list as an operator writes it: "*" for every page, "https://shop.example" for one origin,
// "https://*.shop.example" for all hosts below one. The error names the entry and what is allowed.
func ParseOrigins(list []string) (Origins, error) {
	var o Origins
	for _, entry := range list {
		if entry == "*" {
			o.any = true
			continue
		}
		parsed, err := parseEntry(entry)
		if err != nil {
			return Origins{}, err
		}
		o.entries = append(o.entries, parsed)
	}
	return o, nil
}

// Allows tells whether a page of this origin is on the list. Scheme, host and port are compared as a whole; "null",
// an empty text and anything that is not just an origin are on no list, not even on "*".
func (o Origins) Allows(text string) bool {
	page, ok := parseOrigin(text)
	if !ok {
		return false
	}
	if o.any {
		return true
	}
	for _, entry := range o.entries {
		if entry.covers(page) {
			return true
		}
	}
	return false
}

// Names tells whether a page of this origin is on the list by name: "*" lets pages in but names none.
func (o Origins) Names(text string) bool { return Origins{entries: o.entries}.Allows(text) }

// OriginPolicy decides about the Origin header of a request. Absent and Null are decided openly, for a missing
// header is how a program connects and "null" is how a sandboxed or local page does.
type OriginPolicy struct {
	Own     Origins // the node's own addresses
	Allowed Origins // the account's list
	Absent  bool    // let requests without the header pass
	Null    bool    // let "null" pass
}

// Check takes all values of the header as received. Errors: chat.Forbidden.
func (p OriginPolicy) Check(values []string) error {
	switch {
	case len(values) == 0 && p.Absent:
		return nil
	case len(values) == 1 && values[0] == "null" && p.Null:
		return nil
	case len(values) == 1 && (p.Own.Allows(values[0]) || p.Allowed.Allows(values[0])):
		return nil
	case len(values) == 0:
		return chat.Refuse(chat.Forbidden, "The request names no origin.")
	case len(values) > 1:
		return chat.Refuse(chat.Forbidden, "The request names more than one origin.")
	}
	return chat.Refuse(chat.Forbidden, "This page's origin is not on the account's list of allowed origins.")
}

func (o origin) covers(page origin) bool {
	if o.scheme != page.scheme || o.port != page.port {
		return false
	}
	if !o.below {
		return o.host == page.host
	}
	labels, found := strings.CutSuffix(page.host, "."+o.host)
	return found && labels != "" // parseOrigin has checked that no label is empty
}

func parseEntry(entry string) (origin, error) {
	bad := func(why string) (origin, error) {
		return origin{}, fmt.Errorf(`%q %s; allowed are "*", "https://shop.example" and "https://*.shop.example"`, entry, why)
	}
	scheme, rest, found := strings.Cut(entry, "://")
	if !found {
		return bad("has no scheme")
	}
	rest, below := strings.CutPrefix(rest, "*.")
	o, ok := parseOrigin(scheme + "://" + rest)
	switch {
	case strings.Contains(rest, "*"):
		return bad("has a * that is not the whole first label")
	case !ok:
		return bad("is not an origin")
	case below && !strings.Contains(o.host, ".") && o.host != "localhost":
		return bad("would cover a whole top-level domain")
	case below && isAddress(o.host):
		return bad("has a * before an address")
	}
	o.below = below
	return o, nil
}

// parseOrigin accepts exactly scheme://host[:port], as browsers send it, in either case.
func parseOrigin(text string) (origin, bool) {
	if len(text) > maxOriginBytes {
		return origin{}, false
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Opaque != "" || u.User != nil || u.Path != "" || strings.ContainsAny(text, "?#\\%") {
		return origin{}, false
	}
	o := origin{scheme: strings.ToLower(u.Scheme), host: strings.ToLower(u.Hostname()), port: u.Port()}
	if !validHost(o.host) || strings.HasSuffix(u.Host, ":") {
		return origin{}, false
	}
	if o.port == "" {
		o.port = defaultPort(o.scheme)
		return o, true
	}
	n, err := strconv.ParseUint(o.port, 10, 16)
	return o, err == nil && n > 0 && strconv.FormatUint(n, 10) == o.port // no browser writes 0443
}

func defaultPort(scheme string) string {
	switch scheme {
	case "https":
		return "443"
	case "http":
		return "80"
	}
	return ""
}

func isAddress(host string) bool { return net.ParseIP(host) != nil }

// validHost wants labels of letters, digits, '-' and '_' with nothing empty: no trailing dot, no Unicode (a browser
// sends punycode).
func validHost(host string) bool {
	if strings.Contains(host, ":") {
		a, err := netip.ParseAddr(host)
		return err == nil && a.Zone() == ""
	}
	for label := range strings.SplitSeq(host, ".") {
		if label == "" || len(label) > 63 || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return false
		}
	}
	return len(host) <= 253
}
