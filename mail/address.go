package mail

import (
	"errors"
	"net/mail"
	"strings"

	"golang.org/x/net/idna"
)

const (
	maxAddressBytes = 254
	maxLocalBytes   = 64
)

var domains = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(true), idna.VerifyDNSLength(true))

// postal makes of what somebody gave as an e-mail address one that a mail server takes: one address without a name, in ASCII,
// its domain in the form of the DNS. False if it is none.
func postal(given string) (string, bool) {
	given = strings.TrimSpace(given)
	at := strings.LastIndexByte(given, '@')
	if at < 1 || at > maxLocalBytes || !plainLocal(given[:at]) {
		return "", false
	}
	domain, err := domains.ToASCII(given[at+1:])
	if err != nil || !strings.Contains(domain, ".") || strings.HasPrefix(domain, ".") || strings.HasSuffix(domain, ".") {
		return "", false
	}
	address := given[:at+1] + domain
	parsed, err := mail.ParseAddress(address)
	if err != nil || parsed.Address != address || parsed.Name != "" || len(address) > maxAddressBytes {
		return "", false
	}
	return address, true
}

// plainLocal tells whether the part before the @ is of the characters that stand there without quotes.
func plainLocal(local string) bool {
	for i := range len(local) {
		c := local[i]
		if c <= ' ' || c >= 0x7f || strings.IndexByte("()<>[]:;@\\,\"", c) >= 0 {
			return false
		}
	}
	return true
}

// postbox is an address without what large providers pass over when they sort mail: dots, and what follows a plus. Bounds go
// by it, so that nobody has many addresses of one person written to.
func postbox(address string) string {
	at := strings.LastIndexByte(address, '@')
	local, _, _ := strings.Cut(address[:at], "+")
	return strings.ReplaceAll(local, ".", "") + address[at:]
}

// ParseSender reads the address that mail comes from, with or without a name: chat@example.com, Acme <chat@example.com>.
func ParseSender(given string) (mail.Address, error) {
	parsed, err := mail.ParseAddress(given)
	if err != nil {
		return mail.Address{}, err
	}
	address, ok := postal(parsed.Address)
	if !ok {
		return mail.Address{}, errors.New("not an address that mail can come from")
	}
	return mail.Address{Name: oneLine(parsed.Name, maxNameRunes), Address: address}, nil
}

// ParseDomain reads the name of a domain that mail comes from, and returns it in the form of the DNS.
func ParseDomain(given string) (string, error) {
	address, ok := postal("x@" + strings.TrimSpace(given))
	if !ok {
		return "", errors.New("not a domain that mail can come from")
	}
	return address[len("x@"):], nil
}
