//go:build !race

// The detector of races ends with a fault of its own where a bubble has that many timers.

package webhook

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"confab/account"
	"confab/chat"
	"confab/faulttest"
	"confab/store/storetest"
)

// arrivals are when each event arrived at each address, from the beginning of the run.
type arrivals map[string]time.Duration

const (
	neighbours   = 50
	hangs        = 15 * time.Second
	healthyTakes = 20 * time.Millisecond
	between      = 800 * time.Millisecond // two messages
	messages     = 24                     // for longer than a try that hangs
	threads      = 12                     // more than may be under way to one address
)

// neighbourhood tells fifty addresses that are well what is said in a few threads, and one more that hangs or does not. early
// is how many tries that one saw until the first would end that hangs.
func neighbourhood(t *testing.T, oneHangs bool) (came arrivals, early int) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		t.Cleanup(func() { time.Sleep(time.Minute) }) // in which what a closed client has begun ends
		e, reach := storetest.Memory(t)
		b := benchOn(t, storetest.Open(t, e.URL(), nil, reach), Native{})
		network := faulttest.NewNetwork()
		b.webhooks.clients.dial = func(ctx context.Context, a address) (net.Conn, error) {
			return network.Dialer("node")(ctx, "tcp", fmt.Sprint(a.host, ":", a.port))
		}
		began := time.Now()
		var mu sync.Mutex
		came = arrivals{}
		spec := account.AccountSpec{ID: "acme"}
		for i := range neighbours + 1 {
			host := fmt.Sprintf("host-%d.example", i)
			spec.Webhooks = append(spec.Webhooks, account.WebhookSpec{Dialect: account.DialectNative, URL: "http://" + host + ":80/"})
			serveHost(t, network, host, func(w http.ResponseWriter, r *http.Request) {
				var event nativeEvent
				if err := json.NewDecoder(r.Body).Decode(&event); err != nil {
					t.Error(err)
				}
				mu.Lock()
				if at := time.Since(began); i > 0 {
					came[fmt.Sprint(host, " ", event.Data.Thread, " ", event.Data.Seq)] = at
				} else if at < hangs {
					early++
				}
				mu.Unlock()
				takes := healthyTakes
				if i == 0 && oneHangs {
					takes = hangs
				}
				select {
				case <-time.After(takes):
				case <-r.Context().Done():
				}
			})
		}
		if _, err := b.accounts.Create(t.Context(), spec); err != nil {
			t.Fatal(err)
		}
		b.run()
		for i := range messages {
			time.Sleep(time.Until(began.Add(time.Duration(i+1) * between)))
			b.say("acme", chat.ThreadID(fmt.Sprint("thread-", i%threads)), fmt.Sprint("text ", i))
		}
		time.Sleep(time.Minute)
	})
	return came, early
}

// serveHost serves a host of the network until the test ends.
func serveHost(t *testing.T, n *faulttest.Network, host string, handle http.HandlerFunc) {
	t.Helper()
	l, err := n.Listen(host + ":80")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: handle}
	var running sync.WaitGroup
	running.Go(func() { server.Serve(l) })
	t.Cleanup(func() { server.Close(); running.Wait() })
}

// The clock of the bubble stands still while anybody works, so what one address costs the others is time that they wait, and
// nothing else.
func TestAnAddressThatHangsMakesNoOtherWait(t *testing.T) {
	beside, hang := neighbourhood(t, true)
	alone, all := neighbourhood(t, false)
	if len(alone) != neighbours*messages || hang != atOnce || all <= hang {
		t.Fatalf("%d events came to those that are well; the one that hangs was tried %d times, and would have been %d times", len(alone), hang, all)
	}
	if !maps.Equal(alone, beside) {
		late, most := 0, time.Duration(0)
		for event, at := range alone {
			if beside[event] != at {
				late, most = late+1, max(most, (beside[event]-at).Abs())
			}
		}
		t.Errorf("%d of %d events came at another time than without the address that hangs, by up to %v", late, len(alone), most)
	}
}
