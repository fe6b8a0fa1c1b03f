package console

import (
	"net/http"
	"regexp"
)

// plainHost is a host name or address with an optional port: nothing that could end a directive of the policy.
var plainHost = regexp.MustCompile(`^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]+)?$`)

// protect sets what the browser must hold the page to: scripts and styles from here only, no text ever read as HTML,
// no frame around it, no address told to other sites.
func protect(h http.Header, host string) {
	h.Set("Content-Security-Policy", policy(host))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=()")
}

// policy names the host's sockets too: not every browser counts them as 'self'.
func policy(host string) string {
	sockets := ""
	if plainHost.MatchString(host) {
		sockets = " ws://" + host + " wss://" + host
	}
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'" + sockets +
		"; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'" +
		"; require-trusted-types-for 'script'; trusted-types 'none'"
}
