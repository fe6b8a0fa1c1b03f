package loadtest

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestPostingByRESTIsCleanAndCounted(t *testing.T) {
	h := newHouse(t, nil)
	r := h.measure(t, Options{Scenario: Rest, ServerKeys: h.keys, Connections: 3, Conversations: 7, Rate: 50, Saturate: 300 * time.Millisecond})
	p := r.Posts
	if err := r.Verdict(); err != nil || r.Answer.Count != 50 || p.Read != r.Sent || p.Most.Count < 1 || p.Read != 55+p.Most.Count ||
		p.PerSecond < 1 || p.PerSecond > 55 || p.MostPerSecond <= 0 || p.Accounts != 2 {
		t.Errorf("%v, %+v, %d answers\n%s", err, p, r.Answer.Count, r.Table())
	}
}

// everyNth has spoil answer each nth of the posts.
func everyNth(n int64, spoil func(w http.ResponseWriter, r *http.Request, node http.Handler)) func(http.Handler) http.Handler {
	var posts atomic.Int64
	return func(node http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/messages") && posts.Add(1)%n == 0 {
				spoil(w, r, node)
				return
			}
			node.ServeHTTP(w, r)
		})
	}
}

func TestPostingByRESTFindsPlantedFaults(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(w http.ResponseWriter, r *http.Request, node http.Handler)
		found func(Faults) bool
	}{
		"acknowledged and not kept": {
			func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { w.WriteHeader(http.StatusCreated) },
			func(f Faults) bool { return f.Lost > 0 && f.Doubled+f.Reordered+f.Refused == 0 },
		},
		"kept twice": {
			func(w http.ResponseWriter, r *http.Request, node http.Handler) {
				body, _ := io.ReadAll(r.Body)
				again := r.Clone(r.Context())
				r.Body, again.Body = io.NopCloser(bytes.NewReader(body)), io.NopCloser(bytes.NewReader(body))
				again.Header.Set("Idempotency-Key", "another-than-the-first-"+r.Header.Get("Idempotency-Key")[30:])
				node.ServeHTTP(httptest.NewRecorder(), again)
				node.ServeHTTP(w, r)
			},
			func(f Faults) bool { return f.Doubled > 0 && f.Lost+f.Refused == 0 },
		},
		"kept under a later number": {
			func(w http.ResponseWriter, r *http.Request, node http.Handler) {
				body, _ := io.ReadAll(r.Body)
				number := regexp.MustCompile(`load (\d+) (\d+)`)
				body = number.ReplaceAll(body, []byte("load $1 0"))
				r.Body = io.NopCloser(bytes.NewReader(body))
				node.ServeHTTP(w, r)
			},
			func(f Faults) bool { return f.Doubled > 0 && f.Lost > 0 },
		},
		"refused": {
			func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
				w.WriteHeader(http.StatusServiceUnavailable)
			},
			func(f Faults) bool { return f.Refused > 0 && f.Lost+f.Doubled == 0 },
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, everyNth(17, test.spoil))
			r := h.measure(t, Options{Scenario: Rest, Connections: 2, Conversations: 2, Rate: 50})
			if !test.found(r.Faults) || r.Verdict() == nil {
				t.Errorf("not found:\n%s", r.Table())
			}
		})
	}
}
