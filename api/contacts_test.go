package api

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"go.uber.org/zap"
)

// table posts CSV.
func (w *world) table(token, query, body string) (int, string) {
	w.t.Helper()
	got := w.call(token, "POST", "/contacts/import?"+query, body, "Content-Type", "text/csv; charset=utf-8")
	return got.StatusCode, string(got.body)
}

// Proves ATTR-004 ATTR-005 ATTR-042.
func TestContactsComeFromATableAndAreFoundAndGoIntoOne(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	token := w.as("acme-key")
	query := url.Values{"columns": {`{"User":"id","Mail":"email","Plan":"plan"}`}, "conflict": {"keep"}}.Encode()
	if status, body := w.table(token, query, "User;Mail;Plan\n1;a@x.test;pro\n2;b@x.test;=free\n3;c@x.test;pro\n;d;e\n"); status != http.StatusOK ||
		!strings.Contains(body, `"created":3`) || !strings.Contains(body, `"refused":1`) || !strings.Contains(body, `"line":5`) {
		t.Fatalf("%d %s", status, body)
	}
	for query, code := range map[string]int{"key=phone": 400, "conflict=ask": 400, "dryRun=1": 400, "columns=x": 400, "types=%7B%22no%22%3A%22date%22%7D": 400} {
		if status, body := w.table(token, query, "id\n7\n"); status != code {
			t.Errorf("%s: %d %s", query, status, body)
		}
	}
	made := w.call(token, "POST", "/segments", `{"name":"Pro","filter":{"all":[{"attribute":"plan","is":"pro"}]}}`)
	made.want(http.StatusCreated, "")
	segment := made.get("id").(string)
	for _, q := range []string{"segment=" + segment, "filter=" + url.QueryEscape(`{"attribute":"plan","is":"pro"}`)} {
		page := w.call(token, "GET", "/contacts?sort=id&limit=1&"+q, "")
		page.want(http.StatusOK, "")
		if page.get("count") != 2.0 || page.get("data.0.externalId") != "1" || page.get("data.0.universe") != "lead" {
			t.Fatalf("%s: %s", q, page.body)
		}
		next := w.call(token, "GET", "/contacts?sort=id&limit=1&"+q+"&after="+page.get("next").(string), "")
		if next.get("data.0.externalId") != "3" || next.get("next") != nil {
			t.Errorf("%s: %s", q, next.body)
		}
	}
	w.call(token, "GET", "/contacts?filter="+url.QueryEscape(`{"attribute":"currentPageUrl","known":true}`), "").want(http.StatusBadRequest, "bad_field")
	w.call(token, "GET", "/contacts?filter=%7B%7D&segment="+segment, "").want(http.StatusBadRequest, "bad_field")
	spread := w.call(token, "GET", "/reports/contacts?by=plan&segment="+segment, "")
	spread.want(http.StatusOK, "")
	if spread.get("count") != 2.0 || spread.get("groups.0.value") != "pro" || spread.get("groups.0.count") != 2.0 {
		t.Errorf("%s", spread.body)
	}
	w.call(token, "GET", "/reports/contacts", "").want(http.StatusBadRequest, "missing_field")
	w.call(token, "GET", "/reports/contacts?by=currentPageUrl", "").want(http.StatusBadRequest, "bad_field")
	csv := w.call(token, "GET", "/contacts.csv?sort=id", "")
	if lines := strings.Split(strings.TrimSpace(string(csv.body)), "\n"); len(lines) < 4 || !strings.Contains(string(csv.body), "'=free") || !strings.HasPrefix(csv.Header.Get("Content-Type"), "text/csv") {
		t.Errorf("%s", csv.body)
	}
	w.call(token, "POST", "/attributes", `{"name":"seats","type":"number","title":"Chairs"}`).want(http.StatusCreated, "")
	w.call(token, "POST", "/attributes", `{"name":"seats","type":"string"}`).want(http.StatusConflict, "taken")
	w.call(token, "POST", "/attributes", `{"name":"paidOn","type":"string"}`).want(http.StatusBadRequest, "bad_field")
	if got := w.call(token, "PATCH", "/attributes/seats", `{"title":""}`); got.get("title") != "Seats" || got.get("type") != "number" {
		t.Errorf("%s", got.body)
	}
	if list := w.call(token, "GET", "/attributes", ""); !strings.Contains(string(list.body), `"totalVisits"`) || !strings.Contains(string(list.body), `"plan"`) {
		t.Errorf("%s", list.body)
	}
}
