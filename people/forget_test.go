package people

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"

	"confab/account"
	"confab/auth"
	"confab/chat"
	"confab/desk"
	"confab/presence"
	"confab/store"
	"confab/store/storetest"
	"confab/wire"
)

const aDay = 24 * time.Hour

// forgetful is a site of an account that forgets who is nobody in particular after two days.
type forgetful struct {
	*site
	accounts *account.Accounts
	desk     *desk.Desk
	// rest has presence do nothing more: its seconds are too many for a test of days.
	rest func()
}

func inForgetfulBubble(t *testing.T, test func(t *testing.T, f *forgetful)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		e, reach := storetest.Memory(t)
		ids, log := chat.NewIDs(nil), zap.NewNop()
		options := store.Options{URL: e.URL(), Node: "a", IDs: ids, Log: log}
		reach(&options)
		kept, err := store.Open(t.Context(), options) // it does not run: what it does each second is not needed here
		must(t, err)
		t.Cleanup(func() { kept.Close() })
		accounts := account.New(account.Options{
			Store: kept, IDs: ids, Log: log, Secret: []byte("of this test, long enough to sign with"), HashCost: auth.Cost{MemoryKiB: 8, Passes: 1, Lanes: 1},
		})
		here := presence.New(presence.Options{Store: kept, Node: "a", Log: log, VisitorGrace: time.Minute})
		ctx, stop := context.WithCancel(context.Background())
		var running sync.WaitGroup
		running.Go(func() { here.Run(ctx) })
		f := &forgetful{accounts: accounts, rest: func() { stop(); running.Wait() }}
		t.Cleanup(f.rest)
		p := New(Options{Store: kept, Accounts: accounts, Presence: here, IDs: ids, Log: log})
		f.site = &site{room{p, kept}, t}
		f.desk = desk.New(desk.Options{Store: kept, IDs: ids, Log: log, Begun: here.Retain, Meet: p.Meet})
		f.after(2)
		test(t, f)
	})
}

// after says how many days the account keeps them.
func (f *forgetful) after(days int64) {
	f.t.Helper()
	must(f.t, f.accounts.Apply(f.t.Context(), account.Bootstrap{Accounts: []account.AccountSpec{
		{ID: acme.ID, Privacy: account.PrivacySpec{ForgetAnonymousDays: &days}},
	}}))
}

// visitor comes, does something and goes.
func (f *forgetful) visitor(proof wire.Proof, does func(Opened)) Opened {
	f.t.Helper()
	o := f.come(proof, fromNowhere, "https://acme.test/")
	does(o)
	f.leave(o)
	return o
}

func (f *forgetful) writes(o Opened) {
	f.t.Helper()
	_, err := f.desk.Say(f.t.Context(), desk.Post{Account: acme.ID, Thread: o.Thread, Visitor: o.Visitor.ID, Draft: chat.Draft{
		Author: chat.Actor{Kind: chat.Visitor, ID: string(o.Visitor.ID)}, CMID: chat.ClientMessageID(chat.NewIDs(nil).New()), Text: "hello",
	}})
	must(f.t, err)
}

func (f *forgetful) closes(o Opened) {
	f.t.Helper()
	t, err := f.store.LoadThread(f.t.Context(), acme.ID, o.Thread)
	must(f.t, err)
	_, err = f.desk.Close(f.t.Context(), acme.ID, t.Conversation.ID, chat.Actor{Kind: chat.Integration, ID: "server"}, nil, chat.AgentClosed)
	must(f.t, err)
}

func (f *forgetful) talks(o Opened) {
	f.writes(o)
	f.closes(o)
}

// node is another node than the one on which everybody comes. It runs until what it returns is called.
func (f *forgetful) node(name string) (dies func()) {
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	p := New(f.o)
	p.batch = 3
	running.Go(func() { p.Run(ctx, name) })
	dies = func() { stop(); running.Wait() }
	f.t.Cleanup(dies)
	return dies
}

// are tells of each who is there still.
func (f *forgetful) are(all map[string]Opened) (there []string) {
	f.t.Helper()
	for name, o := range all {
		_, err := f.store.GetVisitor(f.t.Context(), acme.ID, o.Visitor.ID)
		if err != nil && !isCode(err, chat.NotFound) {
			f.t.Fatal(err)
		}
		if err == nil {
			there = append(there, name)
			continue
		}
		if _, err := f.Contact(f.t.Context(), acme.ID, chat.ContactID(o.Visitor.ID)); !isCode(err, chat.NotFound) {
			f.t.Errorf("the contact of %s: %v", name, err)
		}
		if _, err := f.store.ThreadOwner(f.t.Context(), acme.ID, o.Thread); !isCode(err, chat.NotFound) {
			f.t.Errorf("the thread of %s: %v", name, err)
		}
		if n, err := f.store.Command(f.t.Context(), acme.ID, "EXISTS", f.store.Key(acme.ID, "p", "visits", string(o.Visitor.ID))); err != nil || n != int64(0) {
			f.t.Errorf("the visits of %s: %v, %v", name, n, err)
		}
	}
	slices.Sort(there)
	return there
}

func TestWhoIsNobodyInParticularIsForgottenOnceHeWasNotHereForAsLongAsTheAccountSays(t *testing.T) {
	inForgetfulBubble(t, func(t *testing.T, f *forgetful) {
		nothing := func(Opened) {}
		all := map[string]Opened{
			"who talked":              f.visitor(wire.Proof{}, f.talks),
			"who said a name":         f.visitor(wire.Proof{Name: "Eve"}, nothing),
			"who comes again":         f.visitor(wire.Proof{}, f.talks),
			"who does something late": f.visitor(wire.Proof{}, f.talks),
			"whom nobody answered":    f.visitor(wire.Proof{}, f.writes),
			"who is here":             f.come(wire.Proof{Name: "Ann"}, fromNowhere, "https://acme.test/"),
			"who gave an address":     f.visitor(wire.Proof{Email: "bob@x.test"}, nothing),
			"who is proven":           f.visitor(wire.Proof{ID: "7", HMAC: sign(acme, "7")}, f.talks),
			"who passed by":           f.visitor(wire.Proof{}, nothing),
		}
		everybody := f.are(all)
		without := func(names ...string) []string {
			return slices.DeleteFunc(slices.Clone(everybody), func(name string) bool { return slices.Contains(names, name) })
		}
		wait := func(d time.Duration, want []string) {
			t.Helper()
			time.Sleep(d)
			stop := f.node("b")
			time.Sleep(4*forgetEvery + time.Second)
			stop()
			time.Sleep(forgetHeld)
			if got := f.are(all); !slices.Equal(got, want) {
				t.Errorf("there are %q, want %q", got, want)
			}
			f.compare(t)
		}
		time.Sleep(time.Minute)
		f.rest()
		wait(aDay, everybody)
		_, err := f.Open(t.Context(), acme, wire.Proof{Token: all["who comes again"].Token}, wire.Device{}, chrome, fromNowhere)
		must(t, err)
		f.o.Presence.Touch(acme.ID, all["who does something late"].Visitor.ID)
		wait(23*time.Hour, everybody)
		wait(2*time.Hour, without("who talked", "who said a name"))
		f.closes(all["whom nobody answered"])
		wait(aDay, without("who talked", "who said a name", "who comes again", "who does something late"))
		wait(aDay, without("who talked", "who said a name", "who comes again", "who does something late", "whom nobody answered"))
	})
}

func TestNobodyIsForgottenWhoseAccountDoesNotSaySo(t *testing.T) {
	inForgetfulBubble(t, func(t *testing.T, f *forgetful) {
		f.after(0)
		all := map[string]Opened{"who talked": f.visitor(wire.Proof{}, f.talks)}
		time.Sleep(time.Minute)
		f.rest()
		time.Sleep(3 * aDay)
		f.node("b")
		time.Sleep(2 * forgetIdle)
		if got := f.are(all); len(got) != 1 {
			t.Error("he is forgotten")
		}
		f.after(2) // in force within a minute
		time.Sleep(2 * forgetIdle)
		if got := f.are(all); len(got) != 0 {
			t.Error("he is not forgotten then")
		}
	})
}

func TestWhatANodeThatDiesHadBegunToForgetAnotherForgets(t *testing.T) {
	inForgetfulBubble(t, func(t *testing.T, f *forgetful) {
		all := map[string]Opened{}
		for i := range 5 {
			all[fmt.Sprint(i)] = f.visitor(wire.Proof{Name: fmt.Sprintf("Guest %d", i)}, func(Opened) {})
		}
		time.Sleep(time.Minute)
		f.rest()
		time.Sleep(3 * aDay)
		dies := f.node("b")
		time.Sleep(forgetEvery / 2)
		other := f.node("c") // whose turn would be next
		time.Sleep(forgetEvery + time.Second)
		if got := f.are(all); len(got) != 2 {
			t.Fatalf("of five %d are left after a batch of three", len(got))
		}
		dies()
		other()
		half := all[f.are(all)[0]].Visitor.ID // whom it was about to erase
		must(t, f.o.Presence.Forget(t.Context(), acme.ID, half))
		must(t, f.store.DeleteVisitor(t.Context(), acme.ID, half))
		time.Sleep(forgetHeld)
		f.node("d")
		time.Sleep(2*forgetEvery + time.Second)
		if got := f.are(all); len(got) != 0 {
			t.Errorf("left are %q", got)
		}
		if left := f.all(t); len(left) != 0 {
			t.Errorf("%d contacts are left", len(left))
		}
		f.compare(t)
		if asked, err := f.store.Command(t.Context(), "", "GET", f.store.GlobalKey("rewrite")); err != nil || asked == nil {
			t.Errorf("the files of Redis are not written anew: %v, %v", asked, err)
		}
	})
}

func TestPageByPageAllAreFoundWhoAreToBeForgotten(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		r.batch = 2
		for i := range 7 {
			o := r.come(t, acme, wire.Proof{Name: fmt.Sprintf("Guest %d", i)})
			if i%3 == 0 { // a lead from now on
				r.patch(t, chat.ContactID(o.Visitor.ID), `{"email":"guest@x.test"}`)
			}
		}
		var whole round
		for batches := 1; ; batches++ {
			must(t, r.forgetNext(t.Context(), "acme", chat.At(time.Now().Add(time.Hour)), &whole))
			if whole.after == "" {
				break
			}
			if batches > 7 {
				t.Fatal("it does not end")
			}
		}
		if got := r.names(t, `{}`); whole.erased != 4 || len(got) != 3 {
			t.Errorf("%d erased, left are %q", whole.erased, got)
		}
		r.compare(t)
	})
}
