//go:build processes

package faulttest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"confab/chat"
)

const (
	toldKills = 5               // kills for one of theirs in the test of connections
	toldTime  = 3 * time.Minute // for all deliveries after the troubles: what failed is tried again after seconds, then after minutes
	refuseOne = 40              // deliveries for one whose first try is refused
)

// listener is an address of webhooks that refuses some deliveries at first, and keeps what it was told.
type listener struct {
	t      *testing.T
	verify *standardwebhooks.Webhook
	open   chan struct{} // until it is closed nothing is answered; nil: it always was

	mu      sync.Mutex
	refused map[string]bool                     // deliveries whose first try was refused
	taken   map[string]bool                     // by webhook-id
	again   int                                 // taken before
	told    map[chat.ThreadID][]chat.EntryID    // in the order of their first coming
	seqs    map[chat.ThreadID]map[chat.Seq]bool // what was told
}

var toldSecret = "whsec_" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32)))

func newListener(t *testing.T) *listener {
	t.Helper()
	verify, err := standardwebhooks.NewWebhook(toldSecret)
	if err != nil {
		t.Fatal(err)
	}
	return &listener{
		t: t, verify: verify, refused: map[string]bool{}, taken: map[string]bool{},
		told: map[chat.ThreadID][]chat.EntryID{}, seqs: map[chat.ThreadID]map[chat.Seq]bool{},
	}
}

// newHouse starts a house with so many agents that tells the listener everything.
func (l *listener) newHouse(agents int) *house {
	l.t.Helper()
	server := httptest.NewServer(l)
	l.t.Cleanup(server.Close)
	webhook := fmt.Sprintf("    webhooks:\n      - {dialect: confab, url: %q, secret: %q}\n", server.URL, toldSecret)
	return newHouseWith(l.t, agents, webhook, "--webhook-allow-private=on")
}

func (l *listener) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the node died
	}
	if err := l.verify.Verify(body, r.Header); err != nil {
		l.t.Errorf("a delivery is not signed rightly: %v", err)
	}
	var event struct {
		Data struct {
			Thread chat.ThreadID
			Seq    chat.Seq
			Entry  chat.Entry
		}
	}
	if err := json.Unmarshal(body, &event); err != nil {
		l.t.Errorf("%s: %v", body, err)
	}
	if l.open != nil {
		select {
		case <-l.open:
		case <-r.Context().Done():
			return
		}
	}
	id, d := r.Header.Get(standardwebhooks.HeaderWebhookID), event.Data
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.taken) >= refuseOne*len(l.refused) && !l.refused[id] && !l.taken[id] {
		l.refused[id] = true
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	if l.taken[id] {
		l.again++
		return
	}
	l.taken[id] = true
	l.told[d.Thread] = append(l.told[d.Thread], d.Entry.EID)
	if l.seqs[d.Thread] == nil {
		l.seqs[d.Thread] = map[chat.Seq]bool{}
	}
	l.seqs[d.Thread][d.Seq] = true
}

// missing counts the entries of a log that were not told.
func (l *listener) missing(thread chat.ThreadID, log []Logged) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range log {
		if !l.seqs[thread][e.Seq] {
			n++
		}
	}
	return n
}

// TestProcessesKillLeavesNothingUntold kills a random node again and again while people talk and an address of webhooks listens,
// which refuses some: each committed entry is told at least once, and, by its id once, in the order of its thread.
func TestProcessesKillLeavesNothingUntold(t *testing.T) {
	t.Parallel()
	const pairs = 8
	ear := newListener(t)
	h := ear.newHouse(pairs + 2)
	c := gather(h, pairs)
	c.talk()
	random := rand.New(rand.NewPCG(*killSeed, 2))
	kills := max(*killCount/toldKills, 1)
	for range kills {
		gap := time.After(killGap)
		n := h.nodes[random.IntN(len(h.nodes))]
		n.child.end()
		n.start()
		n.awaitReady()
		c.spread(random)
		c.awaitProgress(killProgress)
		<-gap
	}
	c.settle()
	logs := map[chat.ThreadID][]Logged{}
	entries := 0
	for _, v := range c.visitors {
		logs[v.about()] = h.readThread(v.about())
		entries += len(logs[v.about()])
	}
	ear.awaitAll(logs)
	ear.judge(logs)
	ear.mu.Lock()
	defer ear.mu.Unlock()
	t.Logf("%d kills: %d entries committed, %d told, %d of them twice or more, %d refused at first", kills, entries, len(ear.taken), ear.again, len(ear.refused))
}

// count is how many deliveries were taken.
func (l *listener) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.taken)
}

// awaitAll waits until every entry of the logs was told.
func (l *listener) awaitAll(logs map[chat.ThreadID][]Logged) {
	l.t.Helper()
	all := func() bool {
		for thread, log := range logs {
			if l.missing(thread, log) > 0 {
				return false
			}
		}
		return true
	}
	if came(toldTime, all) {
		return
	}
	for thread, log := range logs {
		l.t.Errorf("of %d entries of %s, %d were told to nobody after %v", len(log), thread, l.missing(thread, log), toldTime)
	}
}

// judge holds the order of each thread against its log.
func (l *listener) judge(logs map[chat.ThreadID][]Logged) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for thread, log := range logs {
		want := map[chat.EntryID]int{}
		for i, e := range log {
			want[e.Entry.EID] = i
		}
		last, seen := -1, map[chat.EntryID]bool{}
		for _, eid := range l.told[thread] {
			at, known := want[eid]
			switch {
			case !known:
				l.t.Errorf("%s: told of an entry %s that is not in the log", thread, eid)
			case seen[eid]:
				l.t.Errorf("%s: entry %d was told under two ids", thread, log[at].Seq)
			case at < last:
				l.t.Errorf("%s: entry %d was told after entry %d", thread, log[at].Seq, log[last].Seq)
			}
			seen[eid], last = true, max(last, at)
		}
	}
}
