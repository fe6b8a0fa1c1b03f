package chat

import (
	"net/netip"
	"net/url"
	"strings"
)

// Privacy is what an account lets be known of where its visitors come from, and on which pages they are, and for how long those are kept
// who are nobody in particular. The zero value is the default. Addresses and Queries are applied where an address or a page comes in, so
// that what is left out stands nowhere.
type Privacy struct {
	Addresses Addresses `json:"addresses,omitempty"`
	Queries   Queries   `json:"queries,omitempty"`
	// ForgetAnonymousDays is after how many days without a visit or a conversation they are erased. 0: never.
	ForgetAnonymousDays int64 `json:"forgetAnonymousDays"`
}

// Addresses tells what is kept of visitors' network addresses.
type Addresses string

const (
	AddressesShortened Addresses = "shortened" // the default: the network, not who it is in it
	AddressesWhole     Addresses = "whole"
)

// Queries tells what is kept of the queries of pages' addresses.
type Queries string

const (
	QueriesCleaned Queries = "cleaned" // the default: without secrets and personal data, as far as names tell
	QueriesKept    Queries = "kept"
	QueriesRemoved Queries = "removed"
)

// Spelled is the same with the defaults named.
func (p Privacy) Spelled() Privacy {
	if p.Addresses == "" {
		p.Addresses = AddressesShortened
	}
	if p.Queries == "" {
		p.Queries = QueriesCleaned
	}
	return p
}

// Bits that are kept of a shortened address: what providers give out to one customer is longer.
const (
	kept4     = 24
	kept6     = 48
	kept6to4  = 40 // 2002::/16 and 24 bits of the IPv4 address that follows it
	bytesOfIP = 64 // no address is longer
)

var (
	sixToFour = netip.MustParsePrefix("2002::/16")
	// shared is what providers give to many customers at once, RFC 6598: it means something within one network only.
	shared = netip.MustParsePrefix("100.64.0.0/10")
)

// Address is what may be known of an address, that may have a port: a public one loses its last octet, one of IPv6 all but
// /48. Addresses that are not public (loopback, private, link-local, shared) stay whole, for they name nobody to who is
// not in that network. What is no address is "". Doing it again changes nothing.
func (p Privacy) Address(text string) string {
	a, ok := parseAddress(text)
	switch {
	case !ok:
		return ""
	case p.Addresses == AddressesWhole || !names(a):
		return a.String()
	}
	bits := kept6
	switch {
	case a.Is4():
		bits = kept4
	case sixToFour.Contains(a):
		bits = kept6to4
	}
	network, err := a.WithZone("").Prefix(bits)
	if err != nil {
		return ""
	}
	return network.Addr().String()
}

func parseAddress(text string) (netip.Addr, bool) {
	if len(text) > bytesOfIP {
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(text)
	if err != nil {
		withPort, err := netip.ParseAddrPort(text)
		if err != nil {
			return netip.Addr{}, false
		}
		a = withPort.Addr()
	}
	return a.Unmap(), true
}

// names tells whether an address may name somebody to the whole Internet.
func names(a netip.Addr) bool {
	return !a.IsLoopback() && !a.IsPrivate() && !a.IsLinkLocalUnicast() && !a.IsUnspecified() && !shared.Contains(a)
}

// PageView is a page as it may be known, and the marks of its campaign, which were read from the whole address first. Only
// Privacy.View makes one that has a page.
type PageView struct {
	page Page
	utm  UTM
}

// Page is nil if there is none that has an address of the web.
func (v PageView) Page() *Page {
	if v.page.URL == "" {
		return nil
	}
	page := v.page
	return &page
}

func (v PageView) UTM() UTM { return v.utm }

// View is what may be known of a page as a browser told it: cut to its limits, without credentials, without what the
// account does not want of the query, and without the fragment unless that is a route of the page's own (isRoute).
func (p Privacy) View(page Page) PageView {
	v := PageView{page: Page{URL: p.address(page.URL), Title: Clean(page.Title, Limits.PageTitleRunes), Referrer: p.address(page.Referrer)}}
	if v.page.URL == "" {
		return PageView{}
	}
	v.utm = utmOf(page.URL)
	return v
}

// address returns an address of the web; "" for anything else.
func (p Privacy) address(text string) string {
	if len(text) > 16*Limits.PageURLBytes {
		return ""
	}
	u, err := url.Parse(strings.TrimSpace(strings.ToValidUTF8(text, "")))
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return ""
	}
	u.User = nil
	p.cleanPath(u)
	u.RawQuery = p.query(u.RawQuery)
	u.ForceQuery = u.ForceQuery && p.Queries == QueriesKept
	p.cleanFragment(u)
	return cutURL(u.String(), Limits.PageURLBytes)
}

// cleanPath takes secrets out of the parameters that some servers write into the path, as in /shop;jsessionid=1.
func (p Privacy) cleanPath(u *url.URL) {
	escaped := u.EscapedPath()
	if p.Queries == QueriesKept || !strings.Contains(escaped, ";") {
		return
	}
	parts := strings.Split(escaped, "/")
	for i, part := range parts {
		name, parameters, _ := strings.Cut(part, ";")
		if parameters = p.query(parameters); parameters != "" {
			name += ";" + parameters
		}
		parts[i] = name
	}
	escaped = strings.Join(parts, "/")
	if path, err := url.PathUnescape(escaped); err == nil {
		u.Path, u.RawPath = path, escaped
	}
}

// cleanFragment leaves routes, which may have a query of their own.
func (p Privacy) cleanFragment(u *url.URL) {
	if !isRoute(u.Fragment) {
		u.Fragment, u.RawFragment = "", ""
		return
	}
	route, query, has := strings.Cut(u.EscapedFragment(), "?")
	if !has || p.Queries == QueriesKept {
		return
	}
	if query = p.query(query); query != "" {
		route += "?" + query
	}
	if fragment, err := url.PathUnescape(route); err == nil {
		u.Fragment, u.RawFragment = fragment, route
	}
}

// isRoute tells whether a fragment names a page of a site that keeps its routes there, as "#/cart" and "#!/cart" do.
// Others are places within a page, or what a log-in leaves for scripts alone.
func isRoute(fragment string) bool { return strings.HasPrefix(strings.TrimPrefix(fragment, "!"), "/") }

// cutURL cuts before a character, never within one or within its escape.
func cutURL(text string, most int) string {
	if len(text) <= most {
		return text
	}
	text = strings.ToValidUTF8(text[:most], "")
	if i := strings.LastIndexByte(text, '%'); i >= 0 && i > len(text)-3 {
		text = text[:i]
	}
	return text
}
