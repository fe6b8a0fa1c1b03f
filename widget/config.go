package widget

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/julienschmidt/httprouter"
	"go.uber.org/zap"

	"confab/account"
	"confab/chat"
)

// Options configures Register. Accounts and Log are required.
type Options struct {
	Accounts Accounts
	Log      *zap.Logger
	// NoFiles tells that this node keeps none: widgets then offer to send none.
	NoFiles bool
}

// Accounts finds accounts by the names that pages know them by.
type Accounts interface {
	Named(ctx context.Context, name string) (*account.Account, account.Channel, error)
}

const (
	configName = "config" // no chunk is called so: their names end in .js
	briefly    = "public, max-age=60"
)

// config is the answer, the Config of src/config.ts.
type config struct {
	Account configAccount   `json:"account"`
	Channel *configChannel  `json:"channel,omitempty"`
	Groups  []account.Group `json:"groups"`
	Calls   bool            `json:"calls"`
	// CallTimes is when calls are taken; nil: always.
	CallTimes []account.Span  `json:"callTimes,omitempty"`
	Widget    json.RawMessage `json:"widget"`
}

type configAccount struct {
	ID   chat.AccountID `json:"id"`
	Name string         `json:"name"`
}

type configChannel struct {
	WidgetID string `json:"widgetId"`
	Name     string `json:"name"`
}

func configOf(a *account.Account, c account.Channel) config {
	out := config{
		Account: configAccount{a.ID, a.Name}, Groups: a.Groups, Calls: a.CallsIn(c), CallTimes: a.CallTimes(c, time.Now()), Widget: a.WidgetOf(c),
	}
	if c.WidgetID != "" {
		out.Channel = &configChannel{c.WidgetID, c.Name}
	}
	if out.Groups == nil {
		out.Groups = []account.Group{}
	}
	return out
}

// configs serves the settings of accounts.
type configs Options

// or answers where the settings stand, and leaves all other addresses to next.
func (c configs) or(next httprouter.Handle) httprouter.Handle {
	return func(w http.ResponseWriter, r *http.Request, p httprouter.Params) {
		if p.ByName("chunk") == configName {
			c.serve(w, r, r.URL.Query().Get("account"))
			return
		}
		next(w, r, p)
	}
}

func (c configs) serve(w http.ResponseWriter, r *http.Request, name string) {
	a, channel, err := c.Accounts.Named(r.Context(), name)
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	settings := configOf(a, channel)
	if c.NoFiles {
		settings.Widget, err = without(settings.Widget, "files")
	}
	if err != nil {
		c.refuse(w, r, fmt.Errorf("read the settings of %s: %w", a.ID, err))
		return
	}
	content, err := json.Marshal(settings)
	if err != nil {
		c.refuse(w, r, fmt.Errorf("encode the settings of %s: %w", a.ID, err))
		return
	}
	sum := sha256.Sum256(content)
	etag := `"` + hex.EncodeToString(sum[:8]) + `"`
	h := w.Header()
	open(h)
	h.Set("Cache-Control", briefly)
	h.Set("ETag", etag)
	if matches(r.Header.Get("If-None-Match"), etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	write(w, r, http.StatusOK, "application/json", content)
}

// without returns settings in which a thing that is on by default is off.
func without(settings json.RawMessage, name string) (json.RawMessage, error) {
	all := map[string]json.RawMessage{}
	if err := json.Unmarshal(settings, &all); err != nil {
		return nil, err
	}
	all[name] = json.RawMessage("false")
	return json.Marshal(all)
}

// refuse answers as RFC 9457 writes it. What is no refusal is a fault of the store or ours.
func (c configs) refuse(w http.ResponseWriter, r *http.Request, err error) {
	status, title := http.StatusServiceUnavailable, "Not available"
	refusal := chat.Refuse(chat.Unavailable, "The settings cannot be read now. Try again.")
	if errors.Is(err, &chat.Refusal{Code: chat.NotFound}) {
		status, title = http.StatusNotFound, "Not found"
		refusal = chat.Refuse(chat.NotFound, "There is no such account.")
	} else {
		c.Log.Warn("settings of a widget could not be read", zap.Error(err))
	}
	content, _ := json.Marshal(map[string]any{ // texts and a number always encode
		"type": "urn:confab:problem:" + string(refusal.Code), "title": title, "status": status, "detail": refusal.Message, "code": refusal.Code,
	})
	open(w.Header())
	w.Header().Set("Cache-Control", never)
	write(w, r, status, "application/problem+json", content)
}

func write(w http.ResponseWriter, r *http.Request, status int, kind string, content []byte) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", fmt.Sprint(len(content)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		w.Write(content) // a client that is gone needs no word
	}
}
