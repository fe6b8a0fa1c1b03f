package widget

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/julienschmidt/httprouter"
	"go.uber.org/zap"

	"confab/account"
	"confab/chat"
)

// shops are two accounts' names: one that is there, and one that the store does not answer for.
type shops struct{}

func (shops) Named(_ context.Context, name string) (*account.Account, account.Channel, error) {
	a := &account.Account{
		ID: "acme", Name: "Acme", Groups: []account.Group{{ID: "g1", No: 4, Name: "Sales"}},
		Widget:   json.RawMessage(`{"title":"Ask us","button":{"place":"br","size":60},"rules":[1,2]}`),
		Channels: []account.Channel{{WidgetID: "1", Calls: account.CallsOff}, {WidgetID: "2", Name: "Shop", Calls: account.CallsTest, Widget: json.RawMessage(`{"button":{"size":70},"rules":[]}`)}},
	}
	switch name {
	case "acme", "chatra:a/b":
		return a, account.Channel{}, nil
	case "channel:1":
		return a, a.Channels[0], nil
	case "channel:2":
		return a, a.Channels[1], nil
	case "down":
		return nil, account.Channel{}, errors.New("redis: secret address")
	}
	return nil, account.Channel{}, chat.Refuse(chat.NotFound, "none")
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestPagesOfAllSitesReadTheSettingsOfAnAccount(t *testing.T) {
	const groups = `"groups":[{"id":"g1","no":4,"name":"Sales"}]`
	plain := `{"account":{"id":"acme","name":"Acme"},` + groups + `,"calls":true,"widget":{"button":{"place":"br","size":60},"rules":[1,2],"title":"Ask us"}}`
	for path, want := range map[string]string{
		"/confab/widget/config?account=acme":           plain,
		"/confab/widget/config?account=chatra%3Aa%2Fb": plain,
		"/confab/widget/config?account=channel:1":      `{"account":{"id":"acme","name":"Acme"},"channel":{"widgetId":"1","name":""},` + groups + `,"calls":false,"widget":{"button":{"place":"br","size":60},"rules":[1,2],"title":"Ask us"}}`,
		"/confab/widget/config?account=channel:2":      `{"account":{"id":"acme","name":"Acme"},"channel":{"widgetId":"2","name":"Shop"},` + groups + `,"calls":true,"widget":{"button":{"place":"br","size":70},"rules":[],"title":"Ask us"}}`,
	} {
		r := ask(t, http.MethodGet, path)
		if got := body(t, r); r.StatusCode != http.StatusOK || got != want {
			t.Errorf("%s: %d %s\nwant %s", path, r.StatusCode, got, want)
		}
		if h := r.Header; h.Get("Access-Control-Allow-Origin") != "*" || h.Get("Cache-Control") != briefly || h.Get("Content-Type") != "application/json" {
			t.Errorf("%s: %v", path, h)
		}
		if again := ask(t, http.MethodGet, path, "If-None-Match", r.Header.Get("ETag")); again.StatusCode != http.StatusNotModified || body(t, again) != "" {
			t.Errorf("%s with its tag: %d", path, again.StatusCode)
		}
		if head := ask(t, http.MethodHead, path); head.StatusCode != http.StatusOK || body(t, head) != "" {
			t.Errorf("%s: HEAD is answered with %d", path, head.StatusCode)
		}
	}
}

func TestSettingsThatAreNotThereAreAProblemThatNobodyKeeps(t *testing.T) {
	for path, status := range map[string]int{
		"/confab/widget/config?account=nobody": http.StatusNotFound, "/confab/widget/config": http.StatusNotFound,
		"/confab/widget/config?account=": http.StatusNotFound, "/confab/widget/config?account=down": http.StatusServiceUnavailable,
	} {
		r := ask(t, http.MethodGet, path)
		var problem struct {
			Status int
			Code   chat.Code
			Detail string
		}
		text := body(t, r)
		if err := json.Unmarshal([]byte(text), &problem); err != nil || problem.Status != status || problem.Code == "" {
			t.Errorf("%s: %s", path, text)
		}
		if r.StatusCode != status || r.Header.Get("Cache-Control") != never || r.Header.Get("Content-Type") != "application/problem+json" ||
			r.Header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: %d %v", path, r.StatusCode, r.Header)
		}
	}
}

func TestTheSettingsOfAnAccountHaveOneAddress(t *testing.T) {
	for _, path := range []string{"/confab/widget/config/acme", "/confab/widget/other/acme", "/confab/widget/1/config?account=acme"} {
		if r := ask(t, http.MethodGet, path); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, r.StatusCode)
		}
	}
}

func TestAWidgetOffersToSendFilesOnlyWhereTheyAreKept(t *testing.T) {
	for given, want := range map[string]string{`{}`: `{"files":false}`, `{"files":true,"title":"Ask us"}`: `{"files":false,"title":"Ask us"}`} {
		if got, err := without(json.RawMessage(given), "files"); err != nil || string(got) != want {
			t.Errorf("%s: %s, %v", given, got, err)
		}
	}
	router := httprouter.New()
	Register(router, Options{Accounts: shops{}, Log: zap.NewNop(), NoFiles: true})
	server := httptest.NewServer(router)
	defer server.Close()
	r, err := http.Get(server.URL + "/confab/widget/config?account=acme")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	var answer struct{ Widget struct{ Files *bool } }
	if err := json.NewDecoder(r.Body).Decode(&answer); err != nil || answer.Widget.Files == nil || *answer.Widget.Files {
		t.Errorf("a node without a place for files: %+v, %v", answer, err)
	}
}
