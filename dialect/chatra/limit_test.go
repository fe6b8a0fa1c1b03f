package chatra

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"confab/chat"
	"confab/wire"
)

// Proves CHATRA-REST-013 CHATRA-REST-015.
func TestAfterTheSecondsThatAreNamedARequestPasses(t *testing.T) {
	s := stage(t)
	v := s.Guest("maya", wire.Proof{}, chat.Page{URL: "https://shop.example/"}, "")
	path := "/api/clients/" + string(v.Visitor.ID)
	began := time.Now() // the first is counted after this
	for range mostRequests {
		if got := ask(s, http.MethodGet, path, "", keys); got.Code != http.StatusOK {
			t.Fatalf("%d %s", got.Code, got.Body)
		}
	}
	counted := time.Now() // and before this
	refused := ask(s, http.MethodGet, path, "", keys)
	seconds, err := strconv.Atoi(refused.Header().Get("Retry-After"))
	if refused.Code != http.StatusTooManyRequests || err != nil {
		t.Fatalf("%d, Retry-After %q", refused.Code, refused.Header().Get("Retry-After"))
	}
	wait := time.Duration(seconds) * time.Second
	if free := began.Add(time.Minute); time.Now().Add(wait).Before(free) {
		t.Errorf("after %s the first request is still counted", wait)
	}
	if wait > time.Minute-time.Since(counted)+time.Second+counted.Sub(began) {
		t.Errorf("%s is longer than anybody has to wait", wait)
	}
}
