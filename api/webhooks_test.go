package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"

	"confab/account"
	"confab/chat"
	"confab/outbox"
	"confab/store"
	"confab/store/storetest"
)

// notebook is a kind of telling that writes down what it is told, or gives it up while it is full.
type notebook struct {
	mu   sync.Mutex
	told []string // ids
	full bool
}

func (*notebook) Targets(a *account.Account) []outbox.Target {
	var list []outbox.Target
	for _, w := range a.Webhooks {
		if w.DisabledAt == 0 {
			list = append(list, outbox.Target{ID: w.ID})
		}
	}
	return list
}

func (*notebook) Encode(_ context.Context, b outbox.Batch) (outbox.Encoded, error) {
	var out outbox.Encoded
	for _, e := range b.Entries {
		body, err := json.Marshal(e.Entry)
		if err != nil {
			return out, err
		}
		out.Events = append(out.Events, outbox.Event{Type: string(e.Kind), Body: body, Conversation: e.Conversation})
	}
	return out, nil
}

func (n *notebook) Deliver(_ context.Context, _ *account.Account, d outbox.Delivery) outbox.Outcome {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.full {
		return outbox.Outcome{GiveUp: true, Status: http.StatusInsufficientStorage, Error: "It is full."}
	}
	n.told = append(n.told, d.ID)
	return outbox.Outcome{Done: true, Status: http.StatusOK}
}

func (*notebook) AtOnce() int { return 4 }

func (n *notebook) fill(full bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.full = full
}

func (n *notebook) times(id string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return strings.Count(" "+strings.Join(n.told, " ")+" ", " "+id+" ")
}

func (w *world) webhook(id chat.AccountID) account.Webhook {
	w.t.Helper()
	owner, err := w.accounts.Account(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return owner.Webhooks[0]
}

// delivery waits until one of the guest's thread is over, and returns its id.
func (w *world) delivery(g guest) (id string) {
	w.t.Helper()
	storetest.Eventually(w.t, "a delivery is over", func() bool {
		list, _, err := w.outbox.Deliveries(w.t.Context(), acme, store.DeliveryFilter{Thread: g.Thread}, "", 10)
		if err != nil {
			w.t.Fatal(err)
		}
		for _, d := range list {
			if d.Status != store.DeliveryWaiting {
				id = d.ID
				return true
			}
		}
		return false
	})
	return id
}

func TestAnAdminSeesWhatWasToldAndSendsItAgain(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	token := w.as("acme-admin")
	w.told.fill(true)
	before := time.Now()
	g := w.guest(acme)
	w.delivery(g)
	storetest.Eventually(t, "all are parked", func() bool { return w.parked(token) == 3 })

	if got := w.call(token, http.MethodGet, "/webhooks", ""); got.get("data.0.state") != "healthy" || got.get("data.0.waiting") != float64(0) {
		t.Errorf("%s", got.body)
	}
	list := w.call(token, http.MethodGet, "/webhooks/deliveries?status=parked&limit=1", "")
	list.want(http.StatusOK, "")
	if list.get("data.0.lastError") != "It is full." || list.get("data.0.lastAnswer") != float64(507) || list.get("data.0.tries") != float64(1) ||
		!strings.Contains(list.get("data.0.body").(string), "Hello") {
		t.Errorf("%s", list.body)
	}
	older := w.call(token, http.MethodGet, "/webhooks/deliveries?after="+list.get("next").(string), "")
	if id := older.get("data.1.id"); id == nil || id == list.get("data.0.id") {
		t.Errorf("%s", older.body)
	}

	w.told.fill(false)
	id := list.get("data.0.id").(string)
	w.call(token, http.MethodPost, "/webhooks/deliveries/"+id+"/replay", "").want(http.StatusOK, "")
	storetest.Eventually(t, "it is sent again under its id", func() bool { return w.told.times(id) == 1 && w.parked(token) == 2 })

	body := fmt.Sprintf(`{"webhook":%q,"since":%d,"status":"parked"}`, w.webhook(acme).ID, before.UnixMilli())
	if got := w.call(token, http.MethodPost, "/webhooks/replay", body); got.get("replayed") != float64(2) {
		t.Errorf("%s", got.body)
	}
	storetest.Eventually(t, "the others are sent again", func() bool { return w.parked(token) == 0 })
	if w.told.times(id) != 1 {
		t.Error("what was delivered was sent again unasked")
	}
	w.call(token, http.MethodPost, "/webhooks/replay", `{"webhook":"none"}`).want(http.StatusNotFound, chat.NotFound)
	w.call(token, http.MethodPost, "/webhooks/replay", `{}`).want(http.StatusBadRequest, chat.MissingField)
	w.call(token, http.MethodGet, "/webhooks/deliveries?status=lost", "").want(http.StatusBadRequest, chat.BadField)
	w.call(token, http.MethodGet, "/webhooks/deliveries?after=x", "").want(http.StatusBadRequest, chat.BadField)
}

func (w *world) parked(token string) int {
	w.t.Helper()
	var list page[json.RawMessage]
	w.call(token, http.MethodGet, "/webhooks/deliveries?status=parked", "").into(&list)
	return len(list.Data)
}

func TestASecretIsShownOnceAndADisabledWebhookTakesNothing(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	token, hook := w.as("acme-admin"), w.webhook(acme)
	made := w.call(token, http.MethodPut, "/webhooks/"+hook.ID+"/secret", "").get("secret").(string)
	if made == hook.Secret.Reveal() || !strings.HasPrefix(made, "whsec_") || w.webhook(acme).Secret.Reveal() != made || w.webhook(acme).Before.Reveal() != hook.Secret.Reveal() {
		t.Errorf("%s", made)
	}
	id := w.delivery(w.guest(acme))
	got := w.call(token, http.MethodPatch, "/webhooks/"+hook.ID, `{"disabled":true}`)
	if got.get("state") != "disabled" {
		t.Errorf("%s", got.body)
	}
	w.call(token, http.MethodPost, "/webhooks/deliveries/"+id+"/replay", "").want(http.StatusConflict, chat.Conflict)
	if got := w.call(token, http.MethodPatch, "/webhooks/"+hook.ID, `{"disabled":false}`); got.get("state") != "healthy" {
		t.Errorf("%s", got.body)
	}
	list := w.call(token, http.MethodGet, "/webhooks", "")
	if strings.Contains(string(list.body), made) || strings.Contains(string(list.body), "whsec") {
		t.Errorf("%s", list.body)
	}
}

func TestAddressesAreAddedOfEveryDialectAndRemoved(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	admin := w.as("acme-admin")
	if got := w.call(admin, "GET", "/webhooks/dialects", ""); got.get("data.0.id") != "confab" || got.get("data.0.signed") != true || got.get("data.1.signed") != false {
		t.Errorf("dialects: %s", got.body)
	}
	before := len(w.webhooks(acme))
	ours := w.call(admin, "POST", "/webhooks", `{"dialect":"confab","url":"https://hooks.example/a"}`)
	ours.want(http.StatusCreated, "")
	if secret, _ := ours.get("secret").(string); !strings.HasPrefix(secret, "whsec_") || ours.get("state") != "healthy" {
		t.Errorf("ours: %s", ours.body)
	}
	for _, url := range []string{"https://hooks.example/a", "http://hooks.example/b"} { // several, by HTTP too
		other := w.call(admin, "POST", "/webhooks", `{"dialect":"other","url":"`+url+`"}`)
		other.want(http.StatusCreated, "")
		if strings.Contains(string(other.body), "secret") {
			t.Errorf("the other: %s", other.body)
		}
	}
	list := w.call(admin, "GET", "/webhooks", "")
	if len(w.webhooks(acme)) != before+3 || strings.Contains(string(list.body), "whsec_") {
		t.Errorf("the list: %s", list.body)
	}
	for body, code := range map[string]chat.Code{
		`{"dialect":"confab","url":"https://hooks.example/a"}`: chat.Conflict, `{"dialect":"nobody","url":"https://x.example/"}`: chat.BadField,
		`{"dialect":"confab","url":"ftp://x.example/"}`: chat.BadField, `{"url":"https://x.example/"}`: chat.MissingField, `{"dialect":"confab"}`: chat.MissingField,
	} {
		if got := w.call(admin, "POST", "/webhooks", body); got.get("code") != string(code) {
			t.Errorf("%s: %s", body, got.body)
		}
	}
	numbers := w.call(admin, "POST", "/webhooks", `{"dialect":"`+account.DialectJivo+`","url":"https://x.example/","numericIds":true}`)
	numbers.want(http.StatusCreated, "")
	at := "/webhooks/" + numbers.get("id").(string)
	if got := w.call(admin, "PATCH", at, `{"numericIds":false,"disabled":true}`); numbers.get("numericIds") != true || got.get("numericIds") != nil || got.get("state") != "disabled" {
		t.Errorf("numeric ids: %s, then %s", numbers.body, got.body)
	}
	if got := w.call(admin, "PATCH", at, `{"numericIds":true}`); got.get("numericIds") != true || got.get("state") != "disabled" {
		t.Errorf("numeric ids again: %s", got.body)
	}
	w.call(admin, "DELETE", at, "").want(http.StatusNoContent, "")
	if got := w.call(admin, "GET", "/webhooks/dialects", ""); got.get("data.1.numericIds") != false || got.get("data.2.numericIds") != true {
		t.Errorf("dialects: %s", got.body)
	}

	id, _ := ours.get("id").(string)
	w.call(admin, "PATCH", "/webhooks/"+id, `{"numericIds":true}`).want(http.StatusBadRequest, chat.BadField)
	w.call(admin, "DELETE", "/webhooks/"+id, "").want(http.StatusNoContent, "")
	w.call(admin, "DELETE", "/webhooks/"+id, "").want(http.StatusNotFound, chat.NotFound)
	if len(w.webhooks(acme)) != before+2 {
		t.Error("it is still there")
	}
}

func (w *world) webhooks(id chat.AccountID) []account.Webhook {
	w.t.Helper()
	owner, err := w.accounts.Account(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return owner.Webhooks
}
