package account

import (
	"net"
	"net/netip"
	"strings"
)

// Address is where people reach the account's nodes, without a slash at its end: public if there is one address for all, else the
// first of the account's hosts, by https unless that is this machine itself. "" if neither is known.
func (a *Account) Address(public string) string {
	if public != "" || len(a.Hosts) == 0 {
		return public
	}
	name, _, err := net.SplitHostPort(a.Hosts[0])
	if err != nil {
		name = strings.Trim(a.Hosts[0], "[]")
	}
	ip, err := netip.ParseAddr(name)
	if name == "localhost" || err == nil && ip.IsLoopback() {
		return "http://" + a.Hosts[0]
	}
	return "https://" + a.Hosts[0]
}
