package chat

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestAddressesThatNameSomebodyAreShortened(t *testing.T) {
	cases := []struct{ in, out string }{
		{"203.0.113.77", "203.0.113.0"},
		{"203.0.113.77:4711", "203.0.113.0"},
		{"::ffff:203.0.113.77", "203.0.113.0"},
		{"2001:db8:1234:5678:9abc:def0:1234:5678", "2001:db8:1234::"},
		{"[2001:db8:1234:5678::1]:443", "2001:db8:1234::"},
		{"2002:cb00:714d::1", "2002:cb00:7100::"}, // within it 203.0.113.77
		{"64:ff9b::203.0.113.77", "64:ff9b::"},
		{"127.0.0.1", "127.0.0.1"},
		{"10.1.2.3", "10.1.2.3"},
		{"172.16.0.9", "172.16.0.9"},
		{"192.168.1.20", "192.168.1.20"},
		{"169.254.7.7", "169.254.7.7"},
		{"100.64.3.3", "100.64.3.3"},
		{"::1", "::1"},
		{"fe80::1%eth0", "fe80::1%eth0"},
		{"fd12:3456:789a:1::1", "fd12:3456:789a:1::1"},
		{"::ffff:10.1.2.3", "10.1.2.3"},
		{"@", ""},
		{"", ""},
		{"203.0.113.77, 10.0.0.1", ""},
		{strings.Repeat("1", 100), ""},
	}
	for _, c := range cases {
		got := Privacy{}.Address(c.in)
		if got != c.out {
			t.Errorf("%q is known as %q, want %q", c.in, got, c.out)
		}
		if again := (Privacy{}).Address(got); again != got {
			t.Errorf("%q is %q the second time", got, again)
		}
	}
	whole := Privacy{Addresses: AddressesWhole}
	for _, address := range []string{"203.0.113.77", "2001:db8:1234:5678:9abc:def0:1234:5678", "10.1.2.3"} {
		if got := whole.Address(address); got != address {
			t.Errorf("wanted whole, %q is known as %q", address, got)
		}
	}
}

// queries are what comes in, and what is left of it.
var queries = []struct{ in, out string }{
	{"size=3&color=red", "size=3&color=red"},
	{"token=canary", ""},
	{"a=1&token=canary&b=2", "a=1&b=2"},
	{"a=1&b=2&TOKEN=canary", "a=1&b=2"},
	{"reset_token=canary&a=1", "a=1"},
	{"resetToken=canary", ""},
	{"user%5Breset-token%5D=canary", ""},
	{"to%6ben=canary", ""},
	{"to%256ben=canary", ""},
	{"accesstoken=canary;a=1", "a=1"},
	{"a=1;token=canary", "a=1"},
	{"a=1;token=canary;b=2&c=3", "a=1;b=2&c=3"},
	{"PHPSESSID=canary&sid=canary&sessionId=canary", ""},
	{"api_key=canary&key=canary&X-Amz-Signature=canary&sig=canary", ""},
	{"pwd=canary&password=canary&user_secret=canary&jwt=canary&auth=canary&otp=canary", ""},
	{"email=canary&mail=canary&customer_email=canary&phone=canary&tel=canary&firstName=canary&last_name=canary", ""},
	{"code=canary&invite_code=canary&country_code=no&promoCode=MAY", "country_code=no&promoCode=MAY"},
	{"keyword=tents&monkey=1&mailbox=2&codec=h264&author=kim&assign=1&sidebar=open", "keyword=tents&monkey=1&mailbox=2&codec=h264&author=kim&assign=1&sidebar=open"},
	{"utm_source=news&utm_medium=mail&gclid=x&q=red+tent", "utm_source=news&utm_medium=mail&gclid=x&q=red+tent"},
	{"u=canary%40acme.test&a=1", "a=1"},
	{"canary@acme.test", ""},
	{"x=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.canary", ""},
	{"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.canary", ""},
	{"next=https%3A%2F%2Facme.test%2Fa%3Ftoken%3Dcanary%26b%3D2", "next=https%3A%2F%2Facme.test%2Fa%3Fb%3D2"},
	{"next=%2Fa%3Ftoken%3Dcanary&b=2", "next=%2Fa&b=2"},
	{"next=%2Fa%23access_token%3Dcanary", "next=%2Fa"},
	{"next=https%3A%2F%2Fcanary%3Acanary%40acme.test%2F", "next=https%3A%2F%2Facme.test%2F"},
	{"a=%3Fb%3D%3Fc%3D%3Fd%3D%3Fe%3D%3Ftoken%3Dcanary", "a=%3Fb%3D%253Fc%253D"},
	{"q=why%3F", "q=why%3F"},
	{"token", "token"},
	{"%zz=1&token=canary", "%zz=1"},
	{"a=1&&b=2", "a=1&&b=2"},
}

func TestSecretsAndPersonalDataGoFromQueries(t *testing.T) {
	for _, c := range queries {
		for _, at := range []struct{ before, after string }{{"https://acme.test/a?", ""}, {"https://acme.test/#/cart?", ""}, {"https://acme.test/shop;", "/x"}} {
			if bad := strings.Contains(c.in, "%zz"); bad && at.before != "https://acme.test/a?" {
				continue
			}
			want := at.before + c.out + at.after
			if c.out == "" {
				want = at.before[:len(at.before)-1] + at.after
			}
			page := Privacy{}.View(Page{URL: at.before + c.in + at.after, Referrer: at.before + c.in + at.after}).Page()
			if page == nil || page.URL != want || page.Referrer != want {
				t.Errorf("%q is known as %+v, want %q", at.before+c.in+at.after, page, want)
			}
		}
	}
}

func TestAnAccountChoosesWhatIsKnownOfQueries(t *testing.T) {
	const address = "https://acme.test/a;jsessionid=1?b=c&token=d&utm_source=news#/cart?e=f&token=g"
	cases := map[Queries]string{
		"":             "https://acme.test/a?b=c&utm_source=news#/cart?e=f",
		QueriesCleaned: "https://acme.test/a?b=c&utm_source=news#/cart?e=f",
		QueriesKept:    address,
		QueriesRemoved: "https://acme.test/a#/cart",
	}
	for queries, want := range cases {
		v := Privacy{Queries: queries}.View(Page{URL: address, Referrer: address})
		if page := v.Page(); page == nil || page.URL != want || page.Referrer != want {
			t.Errorf("%q: it is known as %+v, want %q", queries, page, want)
		}
		if v.UTM().Source != "news" {
			t.Errorf("%q: the campaign is %+v", queries, v.UTM())
		}
	}
}

func TestPagesAreCutToWhatIsKept(t *testing.T) {
	long := "https://acme.test/" + strings.Repeat("%C3%A9", 2000)
	known := func(url string) string {
		page := Privacy{}.View(Page{URL: url}).Page()
		if page == nil {
			return ""
		}
		return page.URL
	}
	cases := []struct{ in, out string }{
		{"https://acme.test/a?b=c#d", "https://acme.test/a?b=c"},
		{"https://acme.test/#/cart?b=c", "https://acme.test/#/cart?b=c"},
		{"https://acme.test/#!/cart", "https://acme.test/#!/cart"},
		{"https://acme.test/#!cart", "https://acme.test/"},
		{"https://acme.test/#access_token=x", "https://acme.test/"},
		{"http://user:pass@acme.test/", "http://acme.test/"},
		{"HTTPS://acme.test/", "https://acme.test/"},
		{"https://acme.test/a;b=c/d;e", "https://acme.test/a;b=c/d;e"},
		{"javascript:alert(1)", ""},
		{"data:text/html,x", ""},
		{"file:///etc/passwd", ""},
		{"//acme.test/", ""},
		{"https://", ""},
		{"", ""},
		{"https://acme.test/%zz", ""},
	}
	for _, c := range cases {
		if got := known(c.in); got != c.out {
			t.Errorf("%q is kept as %q, want %q", c.in, got, c.out)
		}
	}
	got := known(long)
	if len(got) > Limits.PageURLBytes || !utf8.ValidString(got) || strings.HasSuffix(got, "%") || strings.HasSuffix(got, "%C") {
		t.Errorf("cut to %d bytes, ending in %q", len(got), got[len(got)-4:])
	}
}

func FuzzPagesStaySafeAndTheSameWhenCleanedAgain(f *testing.F) {
	for _, c := range queries {
		f.Add("https://acme.test/a?" + c.in)
		f.Add("https://acme.test/a;" + c.in + "/#/b?" + c.in)
	}
	f.Fuzz(func(t *testing.T, url string) {
		once := Privacy{}.View(Page{URL: url}).Page()
		if once == nil {
			return
		}
		if len(once.URL) > Limits.PageURLBytes || !utf8.ValidString(once.URL) {
			t.Errorf("%q is kept as %q", url, once.URL)
		}
		if len(once.URL) == Limits.PageURLBytes {
			return
		}
		if twice := (Privacy{}).View(*once).Page(); twice == nil || twice.URL != once.URL {
			t.Errorf("%q is %q at first, then %+v", url, once.URL, twice)
		}
	})
}
