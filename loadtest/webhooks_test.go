package loadtest

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

func TestWebhooksAreToldAndCounted(t *testing.T) {
	h := newHouse(t, nil)
	r := h.measure(t, Options{Scenario: Webhooks, Connections: 6, Rate: 50, Endpoints: 2, Queue: 60})
	k := r.Hooks
	if err := r.Verdict(); err != nil || r.Delivery.Count != 100 || r.Delivered != 100 || k.FromKept.Count != 100 || k.Queue != 120 || k.QueuePerSecond <= 0 {
		t.Errorf("%v\n%s", err, r.Table())
	}
}

func TestWebhooksBesideOneThatHangsAreComparedWithThoseAlone(t *testing.T) {
	h := newHouse(t, nil)
	r := h.measure(t, Options{Scenario: Neighbour, Connections: 4, Rate: 20, Endpoints: 3, Rounds: 2})
	k := r.Hooks
	if err := r.Verdict(); err != nil || len(k.Alone) != 2 || len(k.Beside) != 2 || k.P99Ratio <= 0 || k.P50Ratio <= 0 {
		t.Fatalf("%v\n%s", err, r.Table())
	}
	for _, q := range append(k.Alone, k.Beside...) {
		if q.Count != 60 {
			t.Errorf("%d deliveries in a round", q.Count)
		}
	}
}

// told is a receiver of one address for what is told of two visitors, of whom each has written three messages.
func told(t *testing.T) (v *receiver, h *hook) {
	t.Helper()
	const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	verifier, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	r := newRun(Options{Scenario: Webhooks})
	talks := []*ledger{r.ledger("visitor 0", 1), r.ledger("visitor 1", 1)}
	for _, l := range talks {
		for range 3 {
			l.ack(l.send())
		}
	}
	h = &hook{verifier: verifier, seen: map[string]struct{}{}}
	return &receiver{run: r, talks: talks, kept: newLatency(), hooks: []*hook{h}}, h
}

func TestTheReceiverFindsWhatIsWrong(t *testing.T) {
	type delivery struct {
		id        string
		stream, n int
		spoilt    bool
	}
	good := []delivery{{"a", 0, 0, false}, {"d", 1, 0, false}, {"b", 0, 1, false}, {"e", 1, 1, false}, {"c", 0, 2, false}, {"f", 1, 2, false}}
	for name, test := range map[string]struct {
		came  []delivery
		again int64
		want  Faults
	}{
		"all as it should be":            {good, 0, Faults{}},
		"one again under its id":         {append(good[:6:6], good[2]), 1, Faults{}},
		"one twice under different ids":  {append(good[:6:6], delivery{"x", 0, 1, false}), 0, Faults{Doubled: 1}},
		"one never":                      {append(good[:2:2], good[3:]...), 0, Faults{Lost: 1}},
		"one too late":                   {[]delivery{good[0], good[1], good[4], good[2], good[3], good[5]}, 0, Faults{Reordered: 1}},
		"one that nobody wrote":          {append(good[:6:6], delivery{"x", 0, 7, false}), 0, Faults{Unexpected: 1}},
		"one of a visitor who is nobody": {append(good[:6:6], delivery{"x", 9, 0, false}), 0, Faults{Unexpected: 1}},
		"one whose signature is wrong":   {append(good[:6:6], delivery{"x", 0, 1, true}), 0, Faults{Unexpected: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			v, h := told(t)
			for _, d := range test.came {
				body := `{"type":"message","timestamp":"2026-05-04T09:12:33.123Z","data":{"entry":{"text":"` + payload{d.stream, d.n, time.Now()}.text(128) + `"}}}`
				now := time.Now()
				signature, err := h.verifier.Sign(d.id, now, []byte(body))
				if err != nil {
					t.Fatal(err)
				}
				req := httptest.NewRequest(http.MethodPost, "/hook/0", strings.NewReader(body))
				req.Header.Set(standardwebhooks.HeaderWebhookID, d.id)
				req.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
				if d.spoilt {
					signature = signature[:len(signature)-4] + "AAA="
				}
				req.Header.Set(standardwebhooks.HeaderWebhookSignature, signature)
				v.ServeHTTP(httptest.NewRecorder(), req)
			}
			got := v.faults
			for _, l := range v.talks {
				got.add(l.close())
			}
			got.Examples = nil
			if got.Lost != test.want.Lost || got.Doubled != test.want.Doubled || got.Reordered != test.want.Reordered ||
				got.Unexpected != test.want.Unexpected || v.again.Load() != test.again {
				t.Errorf("found %+v, again %d", got, v.again.Load())
			}
		})
	}
}
