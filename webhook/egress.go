package webhook

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"time"
)

const dialTimeout = 5 * time.Second // of one of several addresses

// forbidden are the networks that are not of the public Internet, or lead back into ones that are not.
var forbidden = prefixes(
	// IANA IPv4 Special-Purpose Address Registry
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
	"192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24",
	"203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"168.63.129.16/32", // of one provider, what others have on 169.254.169.254
	// Within 2000::/3, outside of which nothing is allowed: special purposes with Teredo, documentation, 6to4, AS112
	"2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
)

var global6 = netip.MustParsePrefix("2000::/3") // all that is given to anybody

func prefixes(texts ...string) []netip.Prefix {
	list := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		list[i] = netip.MustParsePrefix(text)
	}
	return list
}

// public tells whether the address is one of the public Internet, and no other one in disguise.
func public(ip netip.Addr) bool {
	if !ip.IsValid() || ip.Zone() != "" || ip.Is4In6() || ip.Is6() && !global6.Contains(ip) {
		return false
	}
	for _, p := range forbidden {
		if p.Contains(ip) {
			return false
		}
	}
	return true
}

// nearby tells whether it is a loopback or private address that an operator may allow. Where providers keep credentials
// of their machines is never one.
func nearby(ip netip.Addr) bool {
	return ip.Zone() == "" && !ip.Is4In6() && (ip.IsLoopback() || ip.IsPrivate()) && ip != metadata6
}

var metadata6 = netip.MustParseAddr("fd00:ec2::254")

// guard decides where a connection may go.
type guard struct {
	resolver *net.Resolver
	private  bool // nearby addresses are allowed
}

// allows tells whether an address and port may be dialled for a URL of that scheme.
func (g *guard) allows(scheme string, ip netip.Addr, port uint16) error {
	switch {
	case public(ip) && scheme == "https" && publicPort(port):
		return nil
	case g.private && nearby(ip):
		return nil
	case public(ip) && g.private:
		return refused("Public addresses are asked by https on the ports 443 and 8443 only.")
	}
	return refused("The address leads to %s, which is not public.", ip)
}

// dial resolves the host once, refuses it if any of its addresses is not allowed, and connects to one of those that were
// looked at; at the last moment, when the socket is about to connect, that is looked at again.
func (g *guard) dial(ctx context.Context, a address) (net.Conn, error) {
	ips, err := g.resolve(ctx, a)
	if err != nil {
		return nil, err
	}
	for _, ip := range ips {
		if err := g.allows(a.url.Scheme, ip, a.port); err != nil {
			return nil, err
		}
	}
	dialer := net.Dialer{Timeout: dialTimeout, ControlContext: func(_ context.Context, network, target string, _ syscall.RawConn) error {
		return g.lastLook(a, network, target)
	}}
	var failed error
	for _, ip := range ips {
		conn, err := dialer.DialContext(ctx, "tcp", netip.AddrPortFrom(ip, a.port).String())
		if err == nil {
			return conn, nil
		}
		failed = errors.Join(failed, err)
	}
	return nil, failed
}

func (g *guard) lastLook(a address, network, target string) error {
	at, err := netip.ParseAddrPort(target)
	if err != nil || network != "tcp4" && network != "tcp6" {
		return refused("Only addresses of the Internet are asked.")
	}
	return g.allows(a.url.Scheme, at.Addr(), at.Port())
}

const maxAddresses = 16 // of one name; a longer list is no site's

func (g *guard) resolve(ctx context.Context, a address) ([]netip.Addr, error) {
	if a.ip.IsValid() {
		return []netip.Addr{a.ip}, nil
	}
	resolver := g.resolver
	if resolver == nil {
		resolver = net.DefaultResolver
	}
	ips, err := resolver.LookupNetIP(ctx, "ip", a.host)
	if err != nil {
		return nil, fmt.Errorf("look up %s: %w", a.host, err)
	}
	if len(ips) == 0 || len(ips) > maxAddresses {
		return nil, refused("The name of the address has %d addresses.", len(ips))
	}
	for i, ip := range ips {
		ips[i] = ip.Unmap() // Go writes IPv4 addresses so too
	}
	return ips, nil
}
