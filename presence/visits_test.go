package presence

import (
	"slices"
	"testing"
	"time"

	"confab/chat"
	"confab/store"
	"confab/store/storetest"
)

func (n *node) visits(t testing.TB, owner chat.ContactID, visitors ...chat.VisitorID) Visits {
	t.Helper()
	v, err := n.Visits(t.Context(), acct, owner, visitors...)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// clock moves the store's clock, which stands still otherwise.
type clock struct {
	at  time.Time
	set func(time.Time)
}

func clockOf(e *store.Embedded) *clock {
	c := &clock{time.Now(), e.Mini().SetTime}
	c.set(c.at)
	return c
}

func (c *clock) after(d time.Duration) { c.at = c.at.Add(d); c.set(c.at) }

func (c *clock) since(t testing.TB, at chat.Millis) time.Duration {
	t.Helper()
	return c.at.Truncate(time.Millisecond).Sub(at.Time())
}

func of(contact chat.ContactID, i int, connection, page string) Arrival {
	a := arrival(visitor(i), connection, page)
	a.Visitor.Contact = contact
	return a
}

// Proves ATTR-026 ATTR-027.
func TestAVisitIsActivityWithoutAGapOfThirtyMinutes(t *testing.T) {
	still(t, func(t testing.TB, g ground, e *store.Embedded) {
		n, who, now := start(t, g, "a"), visitor(1), clockOf(e)
		n.enter(t, arrival(who, "one", "https://acme.test/"))
		steps := []struct {
			after time.Duration
			act   func()
			no    int64
			spent time.Duration
		}{
			{30*time.Minute - time.Millisecond, func() { n.view(t, who, "https://acme.test/a") }, 1, 30*time.Minute - time.Millisecond},
			{30*time.Minute - time.Millisecond, func() { n.Touch(acct, "v0001") }, 1, time.Hour - 2*time.Millisecond},
			{30 * time.Minute, func() { n.view(t, who, "https://acme.test/b") }, 2, time.Hour - 2*time.Millisecond},
			{time.Minute, func() { n.view(t, who, "https://acme.test/b") }, 2, time.Hour + time.Minute - 2*time.Millisecond},
			{2 * time.Hour, func() { n.Touch(acct, "v0001") }, 3, time.Hour + time.Minute - 2*time.Millisecond},
			{40 * time.Minute, func() { n.TouchLate(acct, "v0001", 11*time.Minute) }, 3, time.Hour + 30*time.Minute - 2*time.Millisecond},
			{0, func() { n.TouchLate(acct, "v0001", 20*time.Minute) }, 3, time.Hour + 30*time.Minute - 2*time.Millisecond},
			{0, func() { n.Touch(acct, "v0001") }, 3, time.Hour + 41*time.Minute - 2*time.Millisecond},
		}
		for i, s := range steps {
			now.after(s.after)
			s.act()
			if got := n.visits(t, "v0001"); got.No != s.no || got.Spent != s.spent {
				t.Errorf("step %d: %d visits of %v, want %d of %v", i, got.No, got.Spent, s.no, s.spent)
			}
		}
		got := n.visits(t, "v0001")
		if now.since(t, got.ActiveAt) != 0 || now.since(t, got.StartedAt) != 40*time.Minute || got.FinishedAt != 0 {
			t.Errorf("the latest visit is %+v", got)
		}
		now.after(30*time.Minute - time.Millisecond)
		if got := n.visits(t, "v0001"); got.FinishedAt != 0 || got.Coming(chat.At(now.at)).No != 3 {
			t.Errorf("it may go on still: %+v", got)
		}
		now.after(time.Millisecond)
		if got := n.visits(t, "v0001"); got.FinishedAt != got.ActiveAt || got.Coming(chat.At(now.at)).No != 4 {
			t.Errorf("it is over: %+v", got)
		}
	})
}

// Proves ATTR-029.
func TestAllThatAPersonUsesMakesOneVisit(t *testing.T) {
	still(t, func(t testing.TB, g ground, e *store.Embedded) {
		n, now := start(t, g, "a"), clockOf(e)
		n.enter(t, of("c1", 1, "phone", "https://acme.test/"))
		n.enter(t, of("c1", 1, "phone, another tab", "https://acme.test/a"))
		now.after(20 * time.Minute)
		n.enter(t, of("c1", 2, "laptop", "https://acme.test/b"))
		n.enter(t, arrival(visitor(3), "a stranger", "https://acme.test/"))
		now.after(29 * time.Minute)
		n.view(t, visitor(1), "https://acme.test/c")
		got := n.visits(t, "c1")
		if got.No != 1 || got.Pages != 4 || got.Spent != 49*time.Minute || got.Entry == nil || got.Entry.URL != "https://acme.test/" {
			t.Errorf("the person's: %+v, entered by %+v", got, got.Entry)
		}
		if got := n.visits(t, "v0003"); got.No != 1 || got.Pages != 1 || got.Spent != 0 {
			t.Errorf("the stranger's: %+v", got)
		}
		now.after(30 * time.Minute)
		n.Touch(acct, "v0002")
		if got := n.visits(t, "c1"); got.No != 2 || got.Pages != 1 {
			t.Errorf("half an hour later: %+v", got)
		}
	})
}

// A tab of him who has become a contact, and an older node, do not know it: what they tell counts for the contact.
func TestWhatWasCountedOfAVisitorIsAddedToTheContactThatHeTurnsOutToBe(t *testing.T) {
	const own, contact = chat.ContactID("v0001"), chat.ContactID("c1")
	cases := []struct {
		name  string
		apart time.Duration // from the contact's last act to the visitor's first one
		want  Visits
	}{
		{"at the same time", -5 * time.Minute, Visits{No: 2, Pages: 4, Spent: 5*time.Minute + 15*time.Minute, UTM: chat.UTM{Source: "mail"}}},
		{"less than a gap apart", 29 * time.Minute, Visits{No: 2, Pages: 4, Spent: 5*time.Minute + 49*time.Minute, UTM: chat.UTM{Source: "mail"}}},
		{"long after", 30 * time.Minute, Visits{No: 3, Pages: 2, Spent: 5*time.Minute + 20*time.Minute, UTM: chat.UTM{Source: "ad"}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			still(t, func(t testing.TB, g ground, e *store.Embedded) {
				a, b, now := start(t, g, "a"), start(t, g, "b"), clockOf(e)
				a.enter(t, of(contact, 2, "known", "https://acme.test/old"))
				now.after(5 * time.Minute)
				a.Touch(acct, "v0002")
				a.visits(t, contact) // once it is told
				now.after(time.Hour)
				a.view(t, visitor(2), "https://acme.test/k1?utm_source=mail")
				now.after(10 * time.Minute)
				a.view(t, visitor(2), "https://acme.test/k2")
				now.after(c.apart)
				b.enter(t, arrival(visitor(1), "nobody", "https://acme.test/n1?utm_source=ad"))
				now.after(10 * time.Minute)
				b.view(t, visitor(1), "https://acme.test/n2")
				if got := b.visits(t, own); got.No != 1 || got.Pages != 2 {
					t.Fatalf("before: %+v", got)
				}
				for range 2 {
					if err := a.Adopt(t.Context(), acct, "v0001", contact); err != nil {
						t.Fatal(err)
					}
				}
				got := a.visits(t, contact)
				if got.No != c.want.No || got.Pages != c.want.Pages || got.Spent != c.want.Spent {
					t.Errorf("%d visits of %v, %d pages; want %d of %v, %d", got.No, got.Spent, got.Pages, c.want.No, c.want.Spent, c.want.Pages)
				}
				if trail, err := a.Trail(t.Context(), acct, "v0001"); err != nil || trail[0].Visit != got.No || trail[1].Visit != got.No {
					t.Errorf("his pages are of the visits %+v (%v), want %d", trail, err, got.No)
				}
				if got.UTM.Source != c.want.UTM.Source {
					t.Errorf("the campaign is %+v, want %+v", got.UTM, c.want.UTM)
				}
				b.view(t, visitor(1), "https://acme.test/n3") // b does not know
				if now := a.visits(t, contact); now.No != got.No || now.Pages != got.Pages+1 {
					t.Errorf("then: %+v", now)
				}
				b.enter(t, arrival(visitor(1), "a tab of before", "https://acme.test/n4"))
				if now := a.visits(t, contact); now.No != got.No || now.Pages != got.Pages+2 {
					t.Errorf("and then: %+v", now)
				}
				if left := a.visits(t, own); left.No != 0 {
					t.Errorf("still his own: %+v", left)
				}
			})
		})
	}
}

func TestWhoComesAsAContactBringsWhatWasCountedOfHim(t *testing.T) {
	everywhere(t, func(t testing.TB, g ground) {
		n := start(t, g, "a")
		n.enter(t, arrival(visitor(1), "before", "https://acme.test/"))
		n.enter(t, of("c1", 1, "after", "https://acme.test/in"))
		if got := n.visits(t, "c1"); got.No != 1 || got.Pages != 2 {
			t.Errorf("%+v", got)
		}
		if err := n.ForgetVisits(t.Context(), acct, "c1"); err != nil {
			t.Fatal(err)
		}
		if got := n.visits(t, "c1"); got.No != 0 {
			t.Errorf("of who was erased is kept %+v", got)
		}
	})
}

func TestTheCampaignIsThatOfTheFirstPageOfTheVisitThatHadAny(t *testing.T) {
	still(t, func(t testing.TB, g ground, e *store.Embedded) {
		n, now := start(t, g, "a"), clockOf(e)
		n.enter(t, arrival(visitor(1), "one", "https://acme.test/"))
		n.view(t, visitor(1), "https://acme.test/a?x=1&utm_source=news%20letter&utm_medium=mail&utm_campaign=may&utm_content=top&utm_term=tent&utm_source=twice")
		n.view(t, visitor(1), "https://acme.test/b?utm_source=other")
		want := chat.UTM{Source: "news letter", Medium: "mail", Content: "top", Campaign: "may", Term: "tent"}
		if got := n.visits(t, "v0001"); got.UTM != want || got.Entry.URL != "https://acme.test/" {
			t.Errorf("got %+v, entered by %+v", got.UTM, got.Entry)
		}
		now.after(time.Hour)
		n.view(t, visitor(1), "https://acme.test/c")
		if got := n.visits(t, "v0001"); got.UTM != (chat.UTM{}) || got.Entry.URL != "https://acme.test/c" {
			t.Errorf("of the next visit: %+v, entered by %+v", got.UTM, got.Entry)
		}
	})
}

func TestAVisitIsOverWhenNothingOfThePersonWasHereForTheGrace(t *testing.T) {
	still(t, func(t testing.TB, g ground, _ *store.Embedded) {
		n := start(t, g, "a")
		n.enter(t, of("c1", 1, "phone", "https://acme.test/"))
		n.enter(t, of("c1", 2, "laptop", "https://acme.test/"))
		gone := func(i int, connection string) {
			n.Leave(acct, visitor(i), connection)
			id := chat.VisitorID(visitor(i).ID)
			storetest.Eventually(t, connection+" is gone", func() bool { return n.gone(t)[id] > 0 })
		}
		gone(1, "phone")
		time.Sleep(2 * n.o.VisitorGrace) // of the bubble's clock
		if got := n.visits(t, "c1", "v0001", "v0002"); got.FinishedAt != 0 {
			t.Errorf("the laptop is here: %+v", got)
		}
		left := chat.At(time.Now())
		gone(2, "laptop")
		if got := n.visits(t, "c1", "v0001", "v0002"); got.FinishedAt != 0 {
			t.Errorf("within the grace: %+v", got)
		}
		// Whoever hears of the timer that ends the episode finds the visit over.
		timers := n.o.Store.TimersKey(acct)
		due := score(t, n, timers, "visitor.gone|t-v0002")
		time.Sleep(time.Until(due))
		got := n.visits(t, "c1", "v0001", "v0002")
		if off := got.FinishedAt - left; got.FinishedAt < got.StartedAt || off < 0 || off > 100 {
			t.Errorf("it ended %d ms after he left: %+v", off, got)
		}
		n.enter(t, of("c1", 2, "back", "https://acme.test/again"))
		if got := n.visits(t, "c1", "v0001", "v0002"); got.FinishedAt != 0 || got.No != 1 {
			t.Errorf("back in the same visit: %+v", got)
		}
	})
}

func TestAnAgentWhoStaysAwayIsToldOnceTheGraceIsOver(t *testing.T) {
	everywhere(t, func(t testing.TB, g ground) {
		a, b := start(t, g, "a"), start(t, g, "b")
		ann, bob := Person{chat.Agent, "ann"}, Person{chat.Agent, "bob"}
		away := func(agents ...chat.AgentID) bool {
			t.Helper()
			all, err := b.AllAway(t.Context(), acct, agents)
			if err != nil {
				t.Fatal(err)
			}
			return all
		}
		a.enter(t, arrival(ann, "one", ""))
		b.enter(t, arrival(bob, "two", ""))
		if away("ann") || away("ann", "nobody") || !away("nobody") {
			t.Error("who is here is away, or who never was is not")
		}
		a.kill()
		storetest.Eventually(t, "the agent is offline", func() bool { return slices.Contains(b.statuses(t), Offline) })
		if got := b.timers(t); !slices.Equal(got, []string{"agent.gone|ann"}) || away("ann") {
			t.Errorf("within the grace: timers %v, away %v", got, away("ann"))
		}
		due := score(t, b, b.o.Store.TimersKey(acct), "agent.gone|ann")
		if left := time.Until(due); left > b.o.VisitorGrace-b.t.AgentQuiet || left < b.o.VisitorGrace-b.t.AgentQuiet-g.times.late() {
			t.Errorf("the timer falls due in %v", left)
		}
		b.enter(t, arrival(ann, "back", ""))
		if got := b.timers(t); len(got) != 0 {
			t.Errorf("back, and yet %v", got)
		}
		for _, held := range []bool{true, false} {
			who := chat.Actor{Kind: chat.Agent, ID: "carl"}
			if _, err := b.SetStatus(t.Context(), acct, who, Away, held); err != nil {
				t.Fatal(err)
			}
			if got := b.timers(t); (len(got) == 0) != held || away("carl") {
				t.Errorf("held %v: timers %v, away %v", held, got, away("carl"))
			}
		}
	})
}

func TestWhoIsAwayForTheGraceIsAway(t *testing.T) {
	still(t, func(t testing.TB, g ground, _ *store.Embedded) {
		n := start(t, g, "a")
		ann, bob := Person{chat.Agent, "ann"}, Person{chat.Agent, "bob"}
		n.enter(t, arrival(ann, "one", ""))
		n.enter(t, arrival(bob, "two", ""))
		gone := func(who Person, connection string) time.Time {
			n.Leave(acct, who, connection)
			storetest.Eventually(t, "the timer", func() bool { return slices.Contains(n.timers(t), "agent.gone|"+who.ID) })
			return score(t, n, n.o.Store.TimersKey(acct), "agent.gone|"+who.ID)
		}
		allAway := func() bool {
			all, err := n.AllAway(t.Context(), acct, []chat.AgentID{"ann", "bob"})
			if err != nil {
				t.Fatal(err)
			}
			return all
		}
		annDue := gone(ann, "one")
		time.Sleep(20 * time.Second) // of the bubble's clock
		bobDue := gone(bob, "two")
		time.Sleep(time.Until(annDue))
		if allAway() {
			t.Error("Bob has not been away for the grace")
		}
		time.Sleep(time.Until(bobDue))
		if !allAway() {
			t.Error("both are away")
		}
	})
}
