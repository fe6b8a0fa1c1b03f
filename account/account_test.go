package account

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"confab/auth"
	"confab/chat"
	"confab/store"
	"confab/store/storetest"
)

// cheap is what a password costs where the cost is not the matter.
var cheap = auth.Cost{MemoryKiB: 8, Passes: 1, Lanes: 1}

// bench is two nodes on one store.
type bench struct {
	*Accounts
	other *Accounts
	ear   *storetest.Ear
	out   *output
	store *store.Store
}

type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// onEach runs a test on the embedded store and on a real Redis.
func onEach(t *testing.T, test func(t *testing.T, b *bench)) {
	t.Run("embedded", func(t *testing.T) {
		e, err := store.StartEmbedded(zap.NewNop())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { e.Close() })
		test(t, newBench(t, e.URL()))
	})
	t.Run("redis", func(t *testing.T) { test(t, newBench(t, storetest.Start(t).URL())) })
}

func TestAChangedIdleTimeHasAllConversationsLookedAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, b *bench) {
		due := func() any {
			t.Helper()
			n, err := b.store.Command(t.Context(), "acme", "ZCARD", b.store.TimersKey("acme"))
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		for _, step := range []struct {
			spec    AccountSpec
			minutes int64
			due     int64
		}{
			{AccountSpec{ID: "acme"}, 0, 0},
			{AccountSpec{ID: "acme", IdleCloseMinutes: new(int64(0))}, 0, 0},
			{AccountSpec{ID: "acme", IdleCloseMinutes: new(int64(30))}, 30, 1},
			{AccountSpec{ID: "acme", Name: new("Acme")}, 30, 1},
		} {
			if err := b.Apply(t.Context(), Bootstrap{Accounts: []AccountSpec{step.spec}}); err != nil {
				t.Fatal(err)
			}
			got, err := b.IdleAfter(t.Context(), "acme")
			if err != nil || got != time.Duration(step.minutes)*time.Minute || due() != step.due {
				t.Errorf("%+v: idle after %v (%v), %v timers", step.spec, got, err, due())
			}
		}
		if got, err := b.IdleAfter(t.Context(), "nobody"); got != 0 || err != nil {
			t.Errorf("of no account: %v, %v", got, err)
		}
	})
}

func newBench(t *testing.T, url string) *bench { return newBenchOf(t, url, cheap) }

func newBenchOf(t *testing.T, url string, cost auth.Cost) *bench {
	b := &bench{ear: &storetest.Ear{}, out: &output{}}
	core := zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(b.out), zap.DebugLevel)
	b.store = storetest.Open(t, url, b.ear)
	o := Options{Store: b.store, IDs: chat.NewIDs(nil), Log: zap.New(core), Secret: []byte("the signing secret of this test!"), HashCost: cost}
	b.Accounts = New(o)
	b.other = New(o)
	return b
}

func (b *bench) example(t *testing.T) {
	t.Helper()
	parsed, err := ParseBootstrap(readFile(t, "testdata/good.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Apply(t.Context(), parsed); err != nil {
		t.Fatal(err)
	}
}

func refused(t *testing.T, what string, err error, code chat.Code) {
	t.Helper()
	if !errors.Is(err, &chat.Refusal{Code: code}) {
		t.Errorf("%s: got %v, want %s", what, err, code)
	}
}

func TestApplyingAFileAgainOrOnTwoNodesAtOnceChangesNothing(t *testing.T) {
	onEach(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		parsed, err := ParseBootstrap(readFile(t, "testdata/good.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		parsed.Accounts[0].Agents = append(parsed.Accounts[0].Agents, AgentSpec{Email: ptr("no-id@acme.test")})
		var both sync.WaitGroup
		for _, node := range []*Accounts{b.Accounts, b.other} {
			both.Go(func() {
				if err := node.Apply(ctx, parsed); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
		before := b.versions(t)
		if err := b.other.Apply(ctx, parsed); err != nil {
			t.Fatal(err)
		}
		if after := b.versions(t); after != before {
			t.Errorf("documents changed: %s, then %s", before, after)
		}
		agents, err := b.Agents(ctx, "acme")
		if err != nil || len(agents) != 2 {
			t.Errorf("agents: %+v, %v", agents, err)
		}
	})
}

// versions of the documents, and what is in them.
func (b *bench) versions(t *testing.T) string {
	t.Helper()
	var out strings.Builder
	for _, kind := range []string{kindAccount, kindAgent} {
		docs, _, err := b.store.ListDocs(t.Context(), "acme", kind, "", 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range docs {
			out.WriteString(d.ID + " " + string(rune('0'+d.Version)) + string(d.Data) + "\n")
		}
	}
	return out.String()
}

func TestApplyLeavesAloneWhatTheFileDoesNotName(t *testing.T) {
	onEach(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		b.example(t)
		if _, err := b.CreateAgent(ctx, "acme", AgentSpec{Email: ptr("new@acme.test")}); err != nil {
			t.Fatal(err)
		}
		err := b.Apply(ctx, Bootstrap{[]AccountSpec{{ID: "acme", Name: ptr("Acme Ltd"), Channels: []ChannelSpec{{WidgetID: "w2"}}}}})
		if err != nil {
			t.Fatal(err)
		}
		a, err := b.Account(ctx, "acme")
		if err != nil || a.Name != "Acme Ltd" || len(a.Channels) != 2 || a.Hosts[0] != "localhost:8080" || len(a.Webhooks) != 3 ||
			a.ServerKeys(time.Now())[0].Reveal() != "ladygaga" || a.Credentials[0].Secret.Reveal() != "SEC" || a.Webhooks[2].Secret.Reveal() != "whsec_Y2FuYXJ5LW9mLTMyLWJ5dGVzLWZvci1hLXRlc3QhIQ==" {
			t.Errorf("%+v, %v", a, err)
		}
		if agents, err := b.Agents(ctx, "acme"); err != nil || len(agents) != 2 {
			t.Errorf("%+v, %v", agents, err)
		}
	})
}

func TestAnAccountIsFoundByEveryNameItHasAndByNoneItHadBefore(t *testing.T) {
	onEach(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		b.example(t)
		if _, err := b.Update(ctx, AccountSpec{ID: "acme", VanityID: ptr("acme-shop"), Hosts: &[]string{"Shop.Example"}}); err != nil {
			t.Fatal(err)
		}
		for what, find := range map[string]func() (*Account, error){
			"id":         func() (*Account, error) { return b.Account(ctx, "acme") },
			"vanity id":  func() (*Account, error) { return b.Account(ctx, "acme-shop") },
			"host":       func() (*Account, error) { return b.ByHost(ctx, "SHOP.example") },
			"widget":     func() (*Account, error) { return b.ByWidget(ctx, "3677") },
			"credential": func() (*Account, error) { return b.ByCredential(ctx, DialectChatra, "PUB") },
		} {
			if a, err := find(); err != nil || a.ID != "acme" {
				t.Errorf("%s: %v", what, err)
			}
		}
		_, err := b.ByHost(ctx, "localhost:8080")
		refused(t, "old host", err, chat.NotFound)
		if _, err := b.Update(ctx, AccountSpec{ID: "acme", VanityID: ptr("")}); err != nil {
			t.Fatal(err)
		}
		_, err = b.Account(ctx, "acme-shop")
		refused(t, "old vanity id", err, chat.NotFound)
	})
}

func TestNamesAreUniqueAmongAllAccounts(t *testing.T) {
	onEach(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		b.example(t)
		if _, err := b.Create(ctx, AccountSpec{ID: "other"}); err != nil {
			t.Fatal(err)
		}
		key := auth.NewSecret("ladygaga")
		for what, spec := range map[string]AccountSpec{
			"vanity id":  {ID: "other", VanityID: ptr("acme")},
			"host":       {ID: "other", Hosts: &[]string{"LOCALHOST:8080"}},
			"widget":     {ID: "other", Channels: []ChannelSpec{{WidgetID: "3677"}}},
			"server key": {ID: "other", ServerKey: &key},
			"credential": {ID: "other", Credentials: []Credential{{Kind: DialectChatra, Public: "PUB"}}},
			"e-mail":     {ID: "other", Agents: []AgentSpec{{Email: ptr("ANN@acme.test")}}},
		} {
			_, err := b.Update(ctx, spec)
			refused(t, what, err, chat.Conflict)
		}
		_, err := b.Create(ctx, AccountSpec{ID: "acme"})
		refused(t, "id", err, chat.Conflict)
		_, err = b.CreateAgent(ctx, "acme", AgentSpec{Email: ptr("x@acme.test"), No: ptr(int64(2224))})
		refused(t, "number", err, chat.Conflict)
		_, err = b.CreateAgent(ctx, "acme", AgentSpec{Email: ptr("x@acme.test"), Groups: &[]chat.GroupID{"nowhere"}})
		refused(t, "group", err, chat.NotFound)
	})
}

func TestANameClaimedByACrashedNodeIsFreeAgain(t *testing.T) {
	onEach(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		if err := b.store.IndexPut(ctx, "", indexHost, "shop.example", "never-written"); err != nil {
			t.Fatal(err)
		}
		if err := b.store.IndexPut(ctx, "", indexEmail, "ann@acme.test", "never-written/x"); err != nil {
			t.Fatal(err)
		}
		_, err := b.Create(ctx, AccountSpec{ID: "acme", Hosts: &[]string{"shop.example"}, Agents: []AgentSpec{{Email: ptr("ann@acme.test")}}})
		if err != nil {
			t.Fatal(err)
		}
		if a, err := b.ByHost(ctx, "shop.example"); err != nil || a.ID != "acme" {
			t.Errorf("%v", err)
		}
	})
}

func TestARotatedKeyHoldsForItsOverlapAndAReplacedOneNot(t *testing.T) {
	onEach(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		b.example(t)
		if owner, err := b.VerifyKey(ctx, "ladygaga"); err != nil || owner != "acme" {
			t.Fatalf("%v", err)
		}
		fresh, err := b.RotateKey(ctx, "acme", time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"ladygaga", fresh.Reveal()} {
			if owner, err := b.VerifyKey(ctx, key); err != nil || owner != "acme" {
				t.Errorf("%v", err)
			}
		}
		a, err := b.Account(ctx, "acme")
		if err != nil {
			t.Fatal(err)
		}
		if later := a.ServerKeys(time.Now().Add(time.Hour)); len(later) != 1 || !later[0].Equal(fresh) {
			t.Errorf("after the overlap %d keys hold", len(later))
		}
		last, err := b.RotateKey(ctx, "acme", 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"ladygaga", fresh.Reveal(), "unknown-key", ""} {
			_, err := b.VerifyKey(ctx, key)
			refused(t, "old key", err, chat.Unauthorized)
		}
		if owner, err := b.VerifyKey(ctx, last.Reveal()); err != nil || owner != "acme" {
			t.Errorf("%v", err)
		}
	})
}

func TestSecretsShowNeitherInLogsNorInDocuments(t *testing.T) {
	onEach(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		b.example(t)
		s, err := b.LogIn(ctx, "ann@acme.test", auth.NewSecret("correct horse"), "192.0.2.7:1")
		if err != nil {
			t.Fatal(err)
		}
		b.LogIn(ctx, "ann@acme.test", auth.NewSecret("wrong canary horse"), "192.0.2.7:1")
		b.Refresh(ctx, s.RefreshToken+"x")
		next, err := b.Refresh(ctx, s.RefreshToken)
		if err != nil {
			t.Fatal(err)
		}
		key, err := b.RotateKey(ctx, "acme", 0)
		if err != nil {
			t.Fatal(err)
		}
		New(Options{Store: b.store, IDs: chat.NewIDs(nil), Log: b.log, Secret: []byte("another signing secret, 32 bytes")}).Account(ctx, "acme")
		if !strings.Contains(b.out.String(), "signing secret is not the one") || !strings.Contains(b.out.String(), "log-in refused") {
			t.Error("the log says too little for this test")
		}
		all := b.out.String() + b.versions(t)
		for _, canary := range []string{"correct horse", "wrong canary", "ladygaga", "SEC\"", "whsec_Y2FuYXJ5LW9mLTMyLWJ5dGVzLWZvci1hLXRlc3QhIQ==", key.Reveal(),
			s.Token, s.RefreshToken, next.Token, next.RefreshToken} {
			if strings.Contains(all, canary) {
				t.Errorf("%q shows", canary)
			}
		}
	})
}

func TestACachedAccountIsDroppedByTheBellAndNotKeptByAReadingBegunBefore(t *testing.T) {
	c := newCache[int](time.Hour)
	ctx := context.Background()
	reading, release := make(chan struct{}), make(chan struct{})
	first := make(chan int)
	go func() {
		v, _ := c.get(ctx, "k", func(context.Context) (int, chat.AccountID, error) {
			close(reading)
			<-release
			return 1, "acme", nil
		})
		first <- v
	}()
	<-reading
	c.drop("acme")
	second := func(context.Context) (int, chat.AccountID, error) { return 2, "acme", nil }
	if v, _ := c.get(ctx, "k", second); v != 2 {
		t.Errorf("who asked after the bell got what was read before it: %d", v)
	}
	close(release)
	<-first
	if v, _ := c.get(ctx, "k", second); v != 2 {
		t.Errorf("the outdated reading was kept: %d", v)
	}
	c.drop("acme")
	if v, _ := c.get(ctx, "k", func(context.Context) (int, chat.AccountID, error) { return 3, "acme", nil }); v != 3 {
		t.Errorf("not dropped: %d", v)
	}
}
