package webhook

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"go.uber.org/goleak"
	"go.uber.org/zap"

	"confab/account"
	"confab/auth"
	"confab/chat"
	"confab/outbox"
	"confab/store"
	"confab/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// quick is our own dialect, with pauses that a test can wait for.
type quick struct {
	Native
	timeout  time.Duration
	answered func([]byte) error
}

func (q quick) Rules() Rules {
	r := q.Native.Rules()
	for i := range r.Pauses {
		r.Pauses[i] = time.Millisecond
	}
	if q.timeout > 0 {
		r.Timeout = q.timeout
	}
	return r
}

func (q quick) Answered(_ context.Context, _ *account.Account, _ outbox.Delivery, body []byte) error {
	if q.answered == nil {
		return nil
	}
	return q.answered(body)
}

// bench is a node that delivers to servers of this machine.
type bench struct {
	t        *testing.T
	store    *store.Store
	accounts *account.Accounts
	webhooks *Webhooks
	outbox   *outbox.Outbox
}

func newBench(t *testing.T, encoder Encoder, change ...func(*Options)) *bench {
	t.Helper()
	e, err := store.StartEmbedded(zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return benchOn(t, storetest.Open(t, e.URL(), nil), encoder, change...)
}

func benchOn(t *testing.T, s *store.Store, encoder Encoder, change ...func(*Options)) *bench {
	t.Helper()
	b := &bench{t: t, store: s}
	b.accounts = account.New(account.Options{Store: b.store, IDs: chat.NewIDs(nil), Log: zap.NewNop(), Secret: []byte(strings.Repeat("s", 32)),
		HashCost: auth.Cost{MemoryKiB: 8, Passes: 1, Lanes: 1}})
	o := Options{Encoders: map[string]Encoder{account.DialectNative: encoder}, AllowPrivate: true, Accounts: b.accounts, Log: zap.NewNop()}
	for _, c := range change {
		c(&o)
	}
	b.webhooks = New(o)
	t.Cleanup(b.webhooks.Close)
	b.outbox = outbox.New(outbox.Options{Store: b.store, Accounts: b.accounts, Kinds: map[string]outbox.Kind{Kind: b.webhooks},
		IDs: chat.NewIDs(nil), Log: zap.NewNop(), Node: "node"})
	return b
}

func (b *bench) run() {
	b.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := b.outbox.Run(ctx); err != nil {
			b.t.Errorf("run: %v", err)
		}
	})
	b.t.Cleanup(func() { cancel(); running.Wait(); b.webhooks.Close() })
}

// account makes one that has a webhook at the URL.
func (b *bench) account(id chat.AccountID, url string) *account.Account {
	b.t.Helper()
	a, err := b.accounts.Create(b.t.Context(), account.AccountSpec{ID: id, Webhooks: []account.WebhookSpec{{Dialect: account.DialectNative, URL: url}}})
	if err != nil {
		b.t.Fatal(err)
	}
	return a
}

func (b *bench) say(a chat.AccountID, thread chat.ThreadID, texts ...string) {
	b.t.Helper()
	if err := b.store.OpenThread(context.Background(), a, thread, "visitor-1"); err != nil {
		b.t.Fatal(err)
	}
	for _, text := range texts {
		storetest.MustAppend(b.t, b.store, storetest.Note(a, thread, "visitor-1", chat.NewIDs(nil).New(), text))
		b.outbox.Wake(a, thread)
	}
}

// try makes one by hand.
func (b *bench) try(a *account.Account, tries int) outbox.Outcome {
	return b.webhooks.Deliver(b.t.Context(), a, outbox.Delivery{ID: "delivery-1", Target: a.Webhooks[0].ID, Type: "message", Body: []byte(`{"a":1}`), Tries: tries})
}

func serve(t *testing.T, handle http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(handle)
	t.Cleanup(s.Close)
	return s
}

// The vector was computed with another program.
func TestASignatureIsTheOneOfTheStandard(t *testing.T) {
	at := time.Unix(1614265330, 0)
	hook := account.Webhook{Secret: auth.NewSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
		Before: auth.NewSecret("whsec_Y2FuYXJ5LW9mLTMyLWJ5dGVzLWZvci1hLXRlc3QhIQ=="), BeforeUntil: chat.At(at) + 1}
	d := outbox.Delivery{ID: "msg_p5jXN8AQM9LWM0D4loKWxJek", Body: []byte(`{"test": 2432232314}`)}
	h, err := Native{}.Headers(hook, d, at)
	if err != nil {
		t.Fatal(err)
	}
	if h.Get("webhook-id") != d.ID || h.Get("webhook-timestamp") != "1614265330" || h.Get("webhook-signature") != "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v1,J8546rhH96CmBQ7q7Eke4rmmDYmc71Zzk5JnSEcDtk0=" {
		t.Errorf("%v", h)
	}
	hook.BeforeUntil = chat.At(at)
	if h, err = (Native{}).Headers(hook, d, at); err != nil || h.Get("webhook-signature") != "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" {
		t.Errorf("%v, %v", h, err)
	}
	if _, err := (Native{}).Headers(account.Webhook{}, d, at); err == nil {
		t.Error("something was sent unsigned")
	}
}

func TestWhatIsKeptArrivesSigned(t *testing.T) {
	type request struct {
		header http.Header
		body   []byte
	}
	var mu sync.Mutex
	var got []request
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		got = append(got, request{r.Header, body})
	})
	b := newBench(t, Native{})
	a := b.account("acme", server.URL)
	b.run()
	count := func() int { mu.Lock(); defer mu.Unlock(); return len(got) }
	b.say("acme", "thread-1", "Hello")
	storetest.Eventually(t, "it arrives", func() bool { return count() == 1 })
	first := a.Webhooks[0].Secret
	second, err := b.accounts.RenewWebhookSecret(t.Context(), "acme", a.Webhooks[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	b.say("acme", "thread-1", "Again")
	storetest.Eventually(t, "the other arrives", func() bool { return count() == 2 })
	for i, secrets := range [][]auth.Secret{{first}, {first, second}} {
		for _, s := range secrets {
			verifier, err := standardwebhooks.NewWebhook(s.Reveal())
			if err != nil {
				t.Fatal(err)
			}
			if err := verifier.Verify(got[i].body, got[i].header); err != nil {
				t.Errorf("request %d: %v", i, err)
			}
		}
	}
	var event struct {
		Type, AccountID string
		Timestamp       time.Time
		Data            struct {
			Thread, VisitorID string
			Seq               int
			Entry             chat.Entry
		}
	}
	if err := json.Unmarshal(got[0].body, &event); err != nil || event.Type != "message" || event.AccountID != "acme" || time.Since(event.Timestamp) > time.Minute ||
		event.Data.Thread != "thread-1" || event.Data.VisitorID != "visitor-1" || event.Data.Seq != 1 || event.Data.Entry.Text != "Hello" {
		t.Errorf("%s, %v", got[0].body, err)
	}
	h := got[0].header
	if h.Get("Content-Type") != "application/json" || h.Get("Accept-Encoding") != "" || h.Get("Authorization") != "" || h.Get("Cookie") != "" {
		t.Errorf("%v", h)
	}
}

// The address fails at every second call, after it has read what was sent.
func TestAThreadArrivesInOrderThoughEverySecondCallFails(t *testing.T) {
	var calls atomic.Int64
	var mu sync.Mutex
	var order []string
	seen := map[string]bool{}
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var event struct{ Data struct{ Entry chat.Entry } }
		if err := json.Unmarshal(body, &event); err != nil {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		if id := r.Header.Get("webhook-id"); !seen[id] {
			seen[id] = true
			order = append(order, event.Data.Entry.Text)
		}
		if calls.Add(1)%2 == 1 {
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	b := newBench(t, quick{})
	b.account("acme", server.URL)
	b.run()
	var want []string
	for i := range 40 {
		want = append(want, fmt.Sprint("text ", i))
	}
	b.say("acme", "thread-1", want...)
	storetest.Eventually(t, "all arrive", func() bool { mu.Lock(); defer mu.Unlock(); return len(order) == len(want) })
	if fmt.Sprint(order) != fmt.Sprint(want) {
		t.Errorf("arrived as %v", order)
	}
}

func TestAnswersMeanWhatTheStandardSays(t *testing.T) {
	var status atomic.Int64
	var retryAfter atomic.Value
	retryAfter.Store("")
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if after := retryAfter.Load().(string); after != "" {
			w.Header().Set("Retry-After", after)
		}
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(int(status.Load()))
	})
	b := newBench(t, Native{})
	a := b.account("acme", server.URL)
	for s := 200; s <= 599; s++ {
		if s == http.StatusGone {
			continue
		}
		status.Store(int64(s))
		out := b.try(a, 0)
		if done := s < 300; out.Done != done || out.GiveUp || out.Status != s || !done && (out.Again < 4*time.Second || out.Again > 6*time.Second) || done != (out.Error == "") {
			t.Errorf("%d: %+v", s, out)
		}
	}
	for _, c := range []struct {
		status, tries int
		after         string
		least, most   time.Duration
	}{
		{503, 0, "60", time.Minute, time.Minute}, {429, 0, "3600", time.Hour, time.Hour}, {502, 1, "1", 4 * time.Minute, 6 * time.Minute},
		{504, 0, "999999999", 24 * time.Hour, 24 * time.Hour}, {500, 0, "60", 4 * time.Second, 6 * time.Second}, {429, 0, "soon", 4 * time.Second, 6 * time.Second},
		{429, 0, "-5", 4 * time.Second, 6 * time.Second}, {503, 0, time.Now().Add(time.Hour).UTC().Format(http.TimeFormat), 59 * time.Minute, time.Hour},
	} {
		status.Store(int64(c.status))
		retryAfter.Store(c.after)
		if out := b.try(a, c.tries); out.Again < c.least || out.Again > c.most {
			t.Errorf("%+v: again in %v", c, out.Again)
		}
	}
	status.Store(http.StatusGone)
	if out := b.try(a, 0); !out.GiveUp || out.Done {
		t.Errorf("gone: %+v", out)
	}
	now, err := b.accounts.Account(t.Context(), "acme")
	if err != nil || now.Webhooks[0].DisabledAt == 0 || len(b.webhooks.Targets(now)) != 0 {
		t.Errorf("%+v, %v", now.Webhooks, err)
	}
	if out := b.webhooks.Deliver(t.Context(), now, outbox.Delivery{Target: now.Webhooks[0].ID}); !out.Untried {
		t.Errorf("disabled: %+v", out)
	}
}

func TestTheScheduleIsThatOfTheStandardAndThenItIsGivenUp(t *testing.T) {
	want := []time.Duration{5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour}
	seen := map[time.Duration]bool{}
	for tries := range len(want) {
		for range 200 {
			one := try{rules: Native{}.Rules(), delivery: outbox.Delivery{Tries: tries}}
			out := one.failed(500, 0, "It failed.")
			if least, most := want[tries]*8/10, want[tries]*12/10; out.GiveUp || out.Again < least || out.Again > most {
				t.Fatalf("after %d tries: %+v", tries+1, out)
			}
			seen[out.Again] = true
		}
	}
	if len(seen) < 1000 {
		t.Error("the pauses do not vary")
	}
	last := try{rules: Native{}.Rules(), delivery: outbox.Delivery{Tries: len(want)}}
	if out := last.failed(500, 0, "It failed."); !out.GiveUp {
		t.Errorf("%+v", out)
	}
}

func TestARedirectionIsNotFollowed(t *testing.T) {
	var led atomic.Int64
	elsewhere := serve(t, func(http.ResponseWriter, *http.Request) { led.Add(1) })
	var asked atomic.Int64
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL, []int{301, 302, 303, 307, 308}[asked.Add(1)%5])
	})
	b := newBench(t, Native{})
	a := b.account("acme", server.URL)
	for range 5 {
		if out := b.try(a, 0); out.Done || out.Again == 0 || !strings.Contains(out.Error, "redirections are not followed") {
			t.Errorf("%+v", out)
		}
	}
	if led.Load() != 0 || asked.Load() != 5 {
		t.Errorf("asked %d times, led elsewhere %d times", asked.Load(), led.Load())
	}
}

// Answers that are made to cost memory or time cost neither.
func TestHostileAnswersCostLittle(t *testing.T) {
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	chunk := bytes.Repeat([]byte("x"), 1<<20)
	var bomb bytes.Buffer
	packer := gzip.NewWriter(&bomb)
	for range 64 {
		_, _ = packer.Write(make([]byte, 1<<20))
	}
	packer.Close()
	raw := func(answer func(net.Conn)) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			answer(conn)
		}
	}
	for name, c := range map[string]struct {
		handle http.HandlerFunc
		done   bool
		body   int // bytes that are read of a success
	}{
		"10 GB": {raw(func(c net.Conn) {
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", int64(10)<<30)
			for range 10 << 10 {
				if _, err := c.Write(chunk); err != nil {
					return
				}
			}
		}), true, maxAnswerBytes},
		"a header line of 1 MB": {raw(func(c net.Conn) {
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nX-Long: ")
			_, _ = c.Write(chunk)
			fmt.Fprintf(c, "\r\n\r\n")
		}), false, 0},
		"header lines without end": {raw(func(c net.Conn) {
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\n")
			for i := 0; ; i++ {
				if _, err := fmt.Fprintf(c, "X-%d: y\r\n", i); err != nil {
					return
				}
			}
		}), false, 0},
		"a gzip bomb": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(bomb.Bytes())
		}, true, min(bomb.Len(), maxAnswerBytes)},
		"a byte now and then": {raw(func(c net.Conn) {
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx")
			<-release
		}), false, 0},
		"a header now and then": {raw(func(c net.Conn) { fmt.Fprintf(c, "HTTP/1.1 200"); <-release }), false, 0},
		"silence":               {raw(func(net.Conn) { <-release }), false, 0},
		"no HTTP":               {raw(func(c net.Conn) { _, _ = c.Write(chunk) }), false, 0},
		"informations without end": {raw(func(c net.Conn) {
			for {
				if _, err := fmt.Fprintf(c, "HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n"); err != nil {
					return
				}
			}
		}), false, 0},
		"two lengths": {raw(func(c net.Conn) {
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx")
		}), false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			read := -1
			b := newBench(t, quick{timeout: 700 * time.Millisecond, answered: func(body []byte) error { read = len(body); return nil }})
			a := b.account("acme", serve(t, c.handle).URL)
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			began := time.Now()
			out := b.try(a, 0)
			took := time.Since(began)
			runtime.ReadMemStats(&after)
			if out.Done != c.done || took > 3*time.Second || c.done && read != c.body {
				t.Errorf("%+v after %v, %d bytes read", out, took, read)
			}
			if grown := int64(after.TotalAlloc - before.TotalAlloc); grown > 12<<20 { // both sides, the server's megabytes not counted
				t.Errorf("%d bytes were allocated", grown)
			}
		})
	}
}

// Two accounts tell the same server; neither is spoken to on the other's connections.
func TestConnectionsAreNeverAnotherAccounts(t *testing.T) {
	var mu sync.Mutex
	from := map[string]map[string]bool{} // remote address -> accounts
	server := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if from[r.RemoteAddr] == nil {
			from[r.RemoteAddr] = map[string]bool{}
		}
		from[r.RemoteAddr][r.Header.Get("webhook-signature")] = true
	})
	b := newBench(t, quick{})
	x, y := b.account("acme", server.URL), b.account("rival", server.URL)
	for range 6 {
		for _, a := range []*account.Account{x, y} {
			if out := b.try(a, 0); !out.Done {
				t.Fatalf("%+v", out)
			}
		}
	}
	if len(from) != 2 {
		t.Errorf("%d connections", len(from))
	}
}

func TestAnswersAreHandedOnAndWhatIsWrongWithThemStandsInTheLog(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("nonsense")) })
	b := newBench(t, quick{answered: func(body []byte) error { return fmt.Errorf("%q is no answer", body) }})
	out := b.try(b.account("acme", server.URL), 0)
	if !out.Done || !strings.Contains(out.Error, `"nonsense" is no answer`) {
		t.Errorf("%+v", out)
	}
}

func TestOnlyAValidCertificateIsSpokenTo(t *testing.T) {
	var heard atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { heard.Add(1) }))
	server.Config.ErrorLog = zap.NewStdLog(zap.NewNop())
	server.StartTLS()
	t.Cleanup(server.Close)
	b := newBench(t, quick{})
	if out := b.try(b.account("acme", server.URL), 0); out.Done || heard.Load() != 0 || !strings.Contains(out.Error, "certificate") {
		t.Errorf("%+v", out)
	}
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	b = newBench(t, quick{}, func(o *Options) { o.TLS = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12} })
	if out := b.try(b.account("acme", server.URL), 0); !out.Done || heard.Load() != 1 {
		t.Errorf("%+v", out)
	}
}

func TestNothingNearbyIsAskedUnlessAllowed(t *testing.T) {
	var heard atomic.Int64
	server := serve(t, func(http.ResponseWriter, *http.Request) { heard.Add(1) })
	b := newBench(t, quick{}, func(o *Options) { o.AllowPrivate = false })
	t.Setenv("HTTPS_PROXY", server.URL) // nor is a proxy asked instead
	t.Setenv("HTTP_PROXY", server.URL)
	for i, url := range []string{server.URL, "https://" + strings.TrimPrefix(server.URL, "http://"), "https://127.0.0.1:8443/", "https://[::1]:8443/"} {
		if out := b.try(b.account(chat.AccountID(fmt.Sprint("acct", i)), url), 0); out.Done || out.Status != 0 || out.Again == 0 {
			t.Errorf("%s: %+v", url, out)
		}
	}
	if heard.Load() != 0 {
		t.Errorf("heard %d requests", heard.Load())
	}
}
