package api

import (
	"net/http"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"confab/chat"
	"confab/people"
)

// lead makes one of acme's, and returns its id.
func (w *world) lead() string { return w.known(people.Name{Email: w.ids.New() + "@x.test"}, nil) }

func (w *world) known(n people.Name, builtIn map[string]any) string {
	w.t.Helper()
	owner, err := w.accounts.Account(w.t.Context(), acme)
	if err != nil {
		w.t.Fatal(err)
	}
	c, err := w.people.Put(w.t.Context(), owner, n, people.Attributes{BuiltIn: builtIn})
	if err != nil {
		w.t.Fatal(err)
	}
	return string(c.ID)
}

func TestAnAgentMergesTwoContactsAndTheLogSaysWho(t *testing.T) {
	core, logged := observer.New(zap.InfoLevel)
	w := newWorld(t, zap.New(core))
	token := w.as("acme-agent")
	ann := w.known(people.Name{ID: "7", Email: "ann@x.test"}, map[string]any{"name": "Ann", "signedUpOn": "2026-01-01"})
	anna := w.known(people.Name{Email: "anna@x.test"}, map[string]any{"name": "Anna", "phone": "555"})
	body := `{"from":"` + anna + `","into":"` + ann + `"`
	seen := w.call(token, "POST", "/contact-merges", body+`,"dryRun":true}`)
	seen.want(http.StatusOK, "")
	if seen.get("id") != ann || seen.get("name") != "Ann" || seen.get("phone") != "555" {
		t.Errorf("what would come of it: %s", seen.body)
	}
	if logged.FilterMessage("contacts merged").Len() != 0 {
		t.Error("a preview is logged as if something had changed")
	}
	w.call(token, "GET", "/contacts/"+anna, "").want(http.StatusOK, "")
	one := w.call(token, "POST", "/contact-merges", body+`}`)
	one.want(http.StatusOK, "")
	if one.get("id") != ann || one.get("phone") != "555" {
		t.Errorf("%s", one.body)
	}
	if old := w.call(token, "GET", "/contacts/"+anna, ""); old.get("id") != ann {
		t.Errorf("the old id leads to %s", old.body)
	}
	entries := logged.FilterMessage("contacts merged").All()
	if len(entries) != 1 || entries[0].ContextMap()["from"] != anna || entries[0].ContextMap()["into"] != ann || entries[0].ContextMap()["by"] == "" {
		t.Errorf("the log: %+v", entries)
	}
	bob := w.known(people.Name{ID: "8"}, map[string]any{"signedUpOn": "2026-01-01"})
	refused := w.call(token, "POST", "/contact-merges", `{"from":"`+bob+`","into":"`+ann+`"}`)
	refused.want(http.StatusConflict, chat.Conflict)
	if detail, _ := refused.get("detail").(string); !strings.Contains(detail, "two people") {
		t.Errorf("%s", refused.body)
	}
	w.call(token, "POST", "/contact-merges", `{"from":"`+ann+`","into":"`+ann+`"}`).want(http.StatusBadRequest, chat.BadField)
	w.call(token, "POST", "/contact-merges", `{"into":"`+ann+`"}`).want(http.StatusBadRequest, chat.MissingField)
	w.call(token, "POST", "/contact-merges", `{"from":"`+ann+`"}`).want(http.StatusBadRequest, chat.MissingField)
}
