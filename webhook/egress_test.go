package webhook

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// nameserver answers each name with the next of its addresses, the last for ever.
type nameserver struct {
	conn  net.PacketConn
	mu    sync.Mutex
	names map[string][]string // "name." -> "1.2.3.4 ::1", one text for each question
	asked atomic.Int64
}

func serveNames(t testing.TB, names map[string][]string) *nameserver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &nameserver{conn: conn, names: names}
	var running sync.WaitGroup
	running.Go(s.run)
	t.Cleanup(func() { conn.Close(); running.Wait() })
	return s
}

func (s *nameserver) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", s.conn.LocalAddr().String())
	}}
}

func (s *nameserver) run() {
	buf := make([]byte, 1500)
	for {
		n, from, err := s.conn.ReadFrom(buf)
		if err != nil {
			return
		}
		if answer, ok := s.answer(buf[:n]); ok {
			_, _ = s.conn.WriteTo(answer, from)
		}
	}
}

func (s *nameserver) answer(question []byte) ([]byte, bool) {
	var m dnsmessage.Message
	if m.Unpack(question) != nil || len(m.Questions) != 1 {
		return nil, false
	}
	q := m.Questions[0]
	m.Response, m.Authoritative, m.Additionals = true, true, nil
	for _, ip := range s.next(q) {
		header := dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class}
		switch {
		case ip.Is4() && q.Type == dnsmessage.TypeA:
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: header, Body: &dnsmessage.AResource{A: ip.As4()}})
		case ip.Is6() && q.Type == dnsmessage.TypeAAAA:
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: header, Body: &dnsmessage.AAAAResource{AAAA: ip.As16()}})
		}
	}
	raw, err := m.Pack()
	return raw, err == nil
}

func (s *nameserver) next(q dnsmessage.Question) (ips []netip.Addr) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.names[q.Name.String()]
	if len(list) == 0 {
		return nil
	}
	var one string
	for text := list[0]; text != ""; {
		one, text = cut(text)
		ips = append(ips, netip.MustParseAddr(one))
	}
	if q.Type == dnsmessage.TypeA { // one look-up asks for both types: it moves on with this one
		s.asked.Add(1)
		if len(list) > 1 {
			s.names[q.Name.String()] = list[1:]
		}
	}
	return ips
}

func cut(text string) (one, rest string) {
	for i := range text {
		if text[i] == ' ' {
			return text[:i], text[i+1:]
		}
	}
	return text, ""
}

// canary listens where nobody may be led: on all addresses of this machine, on the one allowed port that needs no rights.
type canary struct{ heard atomic.Int64 }

func listenNearby(t testing.TB) *canary {
	t.Helper()
	l, err := net.Listen("tcp", ":8443")
	if err != nil {
		t.Fatal(err)
	}
	c := &canary{}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			c.heard.Add(1)
			conn.Close()
		}
	})
	t.Cleanup(func() { l.Close(); running.Wait() })
	return c
}

// nets are addresses that are nobody's business, at least one of each network that has such.
var nets = []string{
	"0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.254", "100.64.0.1", "100.100.100.200", "100.127.255.254", "127.0.0.1", "127.1.2.3",
	"127.255.255.254", "169.254.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.254", "192.0.0.1", "192.0.0.170", "192.0.2.1",
	"192.88.99.1", "192.168.0.1", "192.168.255.254", "198.18.0.1", "198.19.255.254", "198.51.100.1", "203.0.113.1", "224.0.0.1",
	"239.255.255.250", "240.0.0.1", "255.255.255.255", "168.63.129.16",
}

// disguises are ways to write an IPv4 address a.b.c.d that one reader of URLs or another takes for it.
func disguises(a, b, c, d int) []string {
	n := uint32(a)<<24 | uint32(b)<<16 | uint32(c)<<8 | uint32(d)
	hi, lo := n>>16, n&0xffff
	wide := func(s string) (out string) {
		for _, r := range s {
			if r == '.' {
				out += "。"
			} else {
				out += string(r - '0' + '０')
			}
		}
		return out
	}
	plain := fmt.Sprintf("%d.%d.%d.%d", a, b, c, d)
	return []string{
		plain, plain + ".", fmt.Sprintf("0%o.0%o.0%o.0%o", a, b, c, d), fmt.Sprintf("0x%x.0x%x.0x%x.0x%x", a, b, c, d),
		fmt.Sprint(n), fmt.Sprintf("0%o", n), fmt.Sprintf("0x%08x", n), fmt.Sprintf("%d.%d", a, n&0xffffff), fmt.Sprintf("%d.%d.%d", a, b, lo),
		fmt.Sprintf("%03d.%03d.%03d.%03d", a, b, c, d), fmt.Sprintf("%d.0x%x.0%o.%d", a, b, c, d), wide(plain),
		fmt.Sprintf("[::ffff:%s]", plain), fmt.Sprintf("[::ffff:%x:%x]", hi, lo), fmt.Sprintf("[0:0:0:0:0:ffff:%x:%x]", hi, lo),
		fmt.Sprintf("[::%s]", plain), fmt.Sprintf("[64:ff9b::%s]", plain), fmt.Sprintf("[64:ff9b:1::%x:%x]", hi, lo),
		fmt.Sprintf("[2002:%x:%x::1]", hi, lo), fmt.Sprintf("[2001:0:%x:%x::]", hi, lo), fmt.Sprintf("[::ffff:0:%s]", plain),
		fmt.Sprintf("[::ffff:%s%%25lo]", plain), "user@" + plain, "public.example@" + plain, plain + "%00", plain + "\\@public.example",
		"public.example#@" + plain + "\\", "%31" + plain[1:],
	}
}

// others are hosts that are refused for what they are.
var others = []string{
	"[::]", "[::1]", "[0:0:0:0:0:0:0:1]", "[fe80::1]", "[fe80::1%25eth0]", "[fe80::1%eth0]", "[fec0::1]", "[fc00::1]", "[fd00:ec2::254]", "[fdff::1]",
	"[ff02::1]", "[ff0e::1]", "[100::1]", "[2001::1]", "[2001:2::1]", "[2001:10::1]", "[2001:20::1]", "[2001:db8::1]", "[2002::1]", "[3fff::1]",
	"[5f00::1]", "[2620:4f:8000::1]", "[4000::1]", "[::ffff:8.8.8.8]", "[::8.8.8.8]", "[64:ff9b::808:808]", "[2600::1%25lo]",
	"localhost", "localhost.", "redis", "metadata", "127.0.0.1.", "1.", "0x7f000001.", "a..example", "-a.example", "a-.example", "exa mple.com",
	"exam\tple.com", "example.com\n", "ｌocalhost.example", "①②⑦.⓪.⓪.①", "example.0x7f", "example.1", "[127.0.0.1]", "[]", "", ":443", "::1",
	"[v1.127.0.0.1]", "[::1", "::1]", "user:pass@public.example", "@public.example", "public.example\\", "public.example%2f@x", "*.example",
	"a.example,b.example", "public.example:443:443",
}

// names lead nowhere that is allowed, though nothing in their text says so.
var names = map[string][]string{
	"loopback.example.":  {"127.0.0.1"},
	"private.example.":   {"10.1.2.3"},
	"mixed.example.":     {"8.8.8.8 127.0.0.1"},
	"mixed6.example.":    {"8.8.8.8 ::1"},
	"mapped.example.":    {"::ffff:127.0.0.1"},
	"compat.example.":    {"::127.0.0.1"},
	"nat64.example.":     {"64:ff9b::7f00:1"},
	"local6.example.":    {"fe80::1"},
	"metadata.example.":  {"169.254.169.254"},
	"metadata6.example.": {"fd00:ec2::254"},
	"zero.example.":      {"0.0.0.0"},
	"cgnat.example.":     {"100.64.1.1"},
	"six4.example.":      {"2002:7f00:1::1"},
	"multi.example.":     {"224.0.0.1"},
	"none.example.":      nil,
}

func TestNoFormOfAnAddressLeadsToWhatIsNotPublic(t *testing.T) {
	c := listenNearby(t)
	server := serveNames(t, names)
	hosts := append([]string{}, others...)
	for _, ip := range nets {
		b := netip.MustParseAddr(ip).As4()
		hosts = append(hosts, disguises(int(b[0]), int(b[1]), int(b[2]), int(b[3]))...)
	}
	for name := range names {
		hosts = append(hosts, name[:len(name)-1])
	}
	var urls []string
	for _, host := range hosts {
		for _, form := range []string{"https://%s:8443/hook", "https://%s/", "HTTPS://%s:443/a?b=c"} {
			urls = append(urls, fmt.Sprintf(form, host))
		}
	}
	for _, scheme := range []string{"http", "ftp", "file", "gopher", "ws", "javascript", "", "unix", "data"} {
		urls = append(urls, scheme+"://public.example/", scheme+":public.example", scheme+":/public.example")
	}
	for _, port := range []string{"80", "22", "0", "65536", "6379", "444", "8080", "+443", "0443", "", "443 ", "-1", "a"} {
		urls = append(urls, "https://public.example:"+port+"/", "https://8.8.8.8:"+port+"/")
	}
	if len(urls) < 500 {
		t.Fatalf("only %d forms", len(urls))
	}
	g := &guard{resolver: server.resolver()}
	for _, url := range urls {
		if err := reach(t.Context(), g, url); err == nil {
			t.Errorf("%q was let through", url)
		}
	}
	for name, ips := range names {
		var r *Refused
		if err := reach(t.Context(), g, "https://"+name+":8443/"); ips != nil && !errors.As(err, &r) {
			t.Errorf("%s was refused for another reason: %v", name, err)
		}
	}
	if n := c.heard.Load(); n > 0 {
		t.Errorf("the canary heard %d connections", n)
	}
	t.Logf("%d forms were refused", len(urls))
}

// reach dials a URL as a try does.
func reach(ctx context.Context, g *guard, url string) error {
	a, err := parseAddress(url, g.private)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	conn, err := g.dial(ctx, a)
	if err == nil {
		conn.Close()
		return nil
	}
	var r *Refused
	var dns *net.DNSError
	if !errors.As(err, &r) && !errors.As(err, &dns) {
		return nil // it was tried
	}
	return err
}

func TestPublicAddressesAreAllowed(t *testing.T) {
	g := &guard{}
	for _, host := range []string{
		"8.8.8.8", "1.1.1.1", "93.184.215.14", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.0.1.1", "192.167.1.1", "198.17.1.1",
		"198.20.0.1", "203.0.112.1", "223.255.255.254", "11.0.0.1", "128.0.0.1", "169.253.1.1", "169.255.0.1", "9.255.255.255",
		"[2606:4700:4700::1111]", "[2a00:1450:4001:810::200e]", "[2600::1]", "[2001:4860:4860::8888]", "[2003::1]", "[2001:200::1]",
	} {
		for _, url := range []string{"https://" + host, "https://" + host + ":443/", "https://" + host + ":8443/a"} {
			a, err := parseAddress(url, false)
			if err == nil {
				err = g.allows("https", a.ip, a.port)
			}
			if err != nil {
				t.Errorf("%s: %v", url, err)
			}
		}
	}
	for _, host := range []string{"public.example", "a.b-c.public.example.", "xn--bcher-kva.example", "1and1.example", "under_score.example", "127.0.0.1.public.example"} {
		if a, err := parseAddress("https://"+host+":8443/x?y=%20#z", false); err != nil || a.ip.IsValid() || a.port != 8443 {
			t.Errorf("%s: %v", host, err)
		}
	}
}

func TestPrivateAddressesAreAllowedOnlyWhereTheOperatorSaysSo(t *testing.T) {
	open := &guard{private: true}
	for url, want := range map[string]bool{
		"http://127.0.0.1:9999/x": true, "http://localhost:80/": true, "https://10.0.0.1:6000/": true, "http://[::1]:1/": true, "http://[fd12::1]/": true,
		"http://8.8.8.8/": false, "http://8.8.8.8:443/": false, "https://8.8.8.8:9999/": false, "http://169.254.169.254/": false,
		"http://[fd00:ec2::254]/": false, "http://0.0.0.0/": false, "http://224.0.0.1/": false, "http://[::ffff:127.0.0.1]/": false,
		"http://100.64.0.1/": false, "http://0177.0.0.1/": false, "http://u@127.0.0.1/": false, "https://8.8.8.8:8443/": true,
	} {
		a, err := parseAddress(url, true)
		if err == nil {
			ip := a.ip
			if !ip.IsValid() {
				ip = netip.MustParseAddr("127.0.0.1")
			}
			err = open.allows(a.url.Scheme, ip, a.port)
		}
		if (err == nil) != want {
			t.Errorf("%s: %v", url, err)
		}
	}
	for _, url := range []string{"http://127.0.0.1:9999/x", "https://10.0.0.1/", "https://[::1]/"} {
		if reach(t.Context(), &guard{}, url) == nil {
			t.Errorf("%s was let through", url)
		}
	}
}

// The name is public when it is first asked for, and leads here ever after. A try looks once, and connects to what it saw.
func TestANameThatChangesLeadsNowhere(t *testing.T) {
	c := listenNearby(t)
	const public = "8.8.8.8" // nothing listens on that port there; nothing would be sent but the attempt to connect
	server := serveNames(t, map[string][]string{"rebind.example.": {public, "127.0.0.1"}})
	g := &guard{resolver: server.resolver()}
	a, err := parseAddress("https://rebind.example:8443/", false)
	if err != nil {
		t.Fatal(err)
	}
	for try := range 3 {
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		conn, err := g.dial(ctx, a)
		cancel()
		if err == nil {
			conn.Close()
		}
		var r *Refused
		if seen := errors.As(err, &r); seen != (try > 0) {
			t.Errorf("try %d: %v", try, err)
		}
		if n := server.asked.Load(); n != int64(try+1) {
			t.Errorf("try %d: the name was looked up %d times", try, n)
		}
	}
	if n := c.heard.Load(); n > 0 {
		t.Errorf("the canary heard %d connections", n)
	}
}

func TestOneAddressThatIsNotPublicSpoilsAName(t *testing.T) {
	a, err := parseAddress("https://public.example/", false)
	if err != nil {
		t.Fatal(err)
	}
	good, bad := netip.MustParseAddr("8.8.8.8"), netip.MustParseAddr("10.0.0.1")
	for _, ips := range [][]netip.Addr{{bad}, {good, bad}, {bad, good}, {good, good, bad}} {
		if (&guard{}).allowsAll(a, ips) == nil {
			t.Errorf("%v was let through", ips)
		}
	}
}

func TestASocketIsLookedAtOnceMoreBeforeItConnects(t *testing.T) {
	g := &guard{}
	a, err := parseAddress("https://public.example/", false)
	if err != nil {
		t.Fatal(err)
	}
	for target, want := range map[string]bool{
		"8.8.8.8:443": true, "[2600::1]:8443": true, "127.0.0.1:443": false, "8.8.8.8:80": false, "[::1]:443": false, "[fe80::1%lo]:443": false,
		"[::ffff:127.0.0.1]:443": false, "/tmp/socket": false,
	} {
		network := "tcp4"
		if target[0] == '[' {
			network = "tcp6"
		}
		if err := g.lastLook(a, network, target); (err == nil) != want {
			t.Errorf("%s: %v", target, err)
		}
	}
	if g.lastLook(a, "udp4", "8.8.8.8:443") == nil || g.lastLook(a, "unix", "8.8.8.8:443") == nil {
		t.Error("another network was let through")
	}
}
