package webhook

import (
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// Refused tells why an address is not asked. It is a sentence for the owner of the webhook.
type Refused struct{ Sentence string }

func (r *Refused) Error() string { return r.Sentence }

func refused(format string, args ...any) error {
	return &Refused{fmt.Sprintf(format, args...)}
}

// address is a webhook's URL that may be asked, as far as its text tells: where its name leads to is looked at when it is
// dialled.
type address struct {
	url  *url.URL
	host string // a name, or an IP address
	ip   netip.Addr
	port uint16
}

const maxURLBytes = 2048

// parseAddress refuses everything that one reader of URLs may take for another host than the next one does: only names of
// letters, digits and hyphens, and addresses in their plain form, are hosts. With private, http and any port are let through
// to where the guard then sees that they lead: to private addresses.
func parseAddress(text string, private bool) (address, error) {
	if len(text) > maxURLBytes || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' || r == '\\' }) {
		return address{}, refused("The address is too long, or has characters that no address has.")
	}
	u, err := url.Parse(text)
	if err != nil || u.Opaque != "" || u.Host == "" {
		return address{}, refused("This is no address.")
	}
	switch {
	case u.Scheme != "https" && !(private && u.Scheme == "http"):
		return address{}, refused("Only https is asked.")
	case u.User != nil:
		return address{}, refused("There is a user name in the address.")
	case strings.Contains(u.Host, "%"):
		return address{}, refused("The host of the address is not written plainly.")
	}
	a := address{url: u, host: u.Hostname()}
	if a.port, err = portOf(u); err != nil {
		return address{}, err
	}
	if !private && !publicPort(a.port) {
		return address{}, refused("Only the ports 443 and 8443 are asked.")
	}
	return a, a.readHost(private)
}

func publicPort(p uint16) bool { return p == 443 || p == 8443 }

func portOf(u *url.URL) (uint16, error) {
	if strings.HasSuffix(u.Host, ":") {
		return 0, refused("The port is missing in the address.")
	}
	switch text := u.Port(); {
	case text != "":
		n, err := strconv.ParseUint(text, 10, 16)
		if err != nil || n == 0 || strconv.FormatUint(n, 10) != text {
			return 0, refused("This is no port.")
		}
		return uint16(n), nil
	case u.Scheme == "http":
		return 80, nil
	}
	return 443, nil
}

func (a *address) readHost(private bool) error {
	if strings.HasPrefix(a.url.Host, "[") || strings.Contains(a.host, ":") {
		ip, err := netip.ParseAddr(a.host)
		if err != nil || !ip.Is6() || ip.Is4In6() || ip.Zone() != "" {
			return refused("The host of the address is not written plainly.")
		}
		a.ip = ip
		return nil
	}
	if ip, err := netip.ParseAddr(a.host); err == nil {
		a.ip = ip
		return nil
	}
	if !isName(a.host, private) {
		return refused("The host of the address is neither a full name nor an IP address in its plain form.")
	}
	return nil
}

// isName tells whether it is a name that no resolver takes for a number: its last label begins with a letter and is not of
// the form 0x…, and it has a dot in it, for the rest may mean a machine nearby.
func isName(host string, single bool) bool {
	host = strings.TrimSuffix(host, ".")
	labels := strings.Split(host, ".")
	if len(host) > 253 || len(labels) < 2 && !single {
		return false
	}
	for _, label := range labels {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' || strings.ContainsFunc(label, notInName) {
			return false
		}
	}
	last := labels[len(labels)-1]
	return last[0] > '9' && (single || len(last) > 1)
}

func notInName(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_')
}
