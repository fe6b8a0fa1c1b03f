package loadtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// receiver is where webhooks are told: a few addresses that answer at once, and one that never does.
type receiver struct {
	run     *run
	base    string // http://host:port
	server  *http.Server
	serving sync.WaitGroup
	talks   []*ledger // by the stream of what is told
	again   atomic.Int64
	round   atomic.Pointer[latency] // nil: none is measured apart
	kept    *latency                // from when the node kept a message until it was told here
	gate    atomic.Pointer[gate]

	mu     sync.Mutex
	hooks  []*hook // by the reader of the ledgers that they are
	faults Faults
}

// hook is an address.
type hook struct {
	reader   int
	id       string // the webhook's
	verifier *standardwebhooks.Webhook

	mu   sync.Mutex
	seen map[string]struct{} // ids of deliveries
}

// gate holds up everything that is told until it is opened.
type gate struct{ open chan struct{} }

const hangPath = "/hang"

func (r *run) receive(ctx context.Context, talks []*ledger) (*receiver, error) {
	v := &receiver{run: r, talks: talks, kept: newLatency()}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", r.o.Receive)
	if err != nil {
		return nil, fmt.Errorf("--receive: %w", err)
	}
	v.base = "http://" + l.Addr().String()
	v.server = &http.Server{Handler: v, ReadHeaderTimeout: socketTimeout}
	v.serving.Go(func() { _ = v.server.Serve(l) }) // until it is closed
	return v, nil
}

func (v *receiver) close() {
	_ = v.server.Close()
	v.serving.Wait()
}

// shut lets what is told wait from now on; the returned gate opens.
func (v *receiver) shut() *gate {
	g := &gate{make(chan struct{})}
	v.gate.Store(g)
	return g
}

func (g *gate) pass(ctx context.Context) bool {
	select {
	case <-g.open:
		return true
	case <-ctx.Done():
		return false
	}
}

func (v *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	if r.URL.Path == hangPath {
		<-r.Context().Done() // which the node ends
		return
	}
	if g := v.gate.Load(); g != nil && !g.pass(r.Context()) {
		return
	}
	h, err := v.hookAt(r.URL.Path)
	if err == nil {
		err = h.verifier.Verify(body, r.Header)
	}
	if err != nil {
		v.fault("what came to %s is not what it should be: %v", r.URL.Path, err)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if !h.first(r.Header.Get(standardwebhooks.HeaderWebhookID)) {
		v.again.Add(1)
		return
	}
	v.told(h, body)
}

func (v *receiver) hookAt(path string) (*hook, error) {
	var reader int
	if _, err := fmt.Sscanf(path, "/hook/%d", &reader); err != nil {
		return nil, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if reader < 0 || reader >= len(v.hooks) || v.hooks[reader] == nil {
		return nil, errors.New("no webhook leads there")
	}
	return v.hooks[reader], nil
}

// first tells whether it is the first time that this delivery is taken here.
func (h *hook) first(id string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, seen := h.seen[id]; seen {
		return false
	}
	h.seen[id] = struct{}{}
	return true
}

// told accounts for an event if it is a message of this run.
func (v *receiver) told(h *hook, body []byte) {
	p, ok := payloadIn(body)
	if !ok || !strings.HasPrefix(string(body[:min(len(body), len(messageEvent))]), messageEvent) {
		return
	}
	if p.stream < 0 || p.stream >= len(v.talks) {
		v.fault("a message of stream %d was told, which nobody wrote", p.stream)
		return
	}
	if v.run.measured(p.due) { // this first: when the ledgers are complete, another round may begin
		if round := v.round.Load(); round != nil {
			round.record(h.reader, time.Since(p.due))
		}
		if at, ok := keptAt(body); ok {
			v.kept.record(h.reader, time.Since(at))
		}
	}
	v.run.received(v.talks[p.stream], h.reader, p)
}

const messageEvent = `{"type":"message",`

// keptAt reads when an event happened, by the clock of the node.
func keptAt(body []byte) (time.Time, bool) {
	const field = `"timestamp":"`
	at := bytes.Index(body, []byte(field))
	if at < 0 {
		return time.Time{}, false
	}
	text, _, _ := bytes.Cut(body[at+len(field):], []byte{'"'})
	t, err := time.Parse(time.RFC3339Nano, string(text))
	return t, err == nil
}

func (v *receiver) fault(format string, args ...any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.faults.Unexpected++
	v.faults.example(format, args...)
}

// add makes a webhook whose address answers.
func (v *receiver) add(ctx context.Context, c *caller) error {
	v.mu.Lock()
	reader := len(v.hooks)
	v.hooks = append(v.hooks, nil)
	v.mu.Unlock()
	id, secret, err := v.addAt(ctx, c, fmt.Sprintf("/hook/%d", reader))
	if err != nil {
		return err
	}
	verifier, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		return fmt.Errorf("the webhook's secret: %w", err)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.hooks[reader] = &hook{reader: reader, id: id, verifier: verifier, seen: map[string]struct{}{}}
	return nil
}

func (v *receiver) addAt(ctx context.Context, c *caller, path string) (id, secret string, err error) {
	var added struct {
		ID     string `json:"id"`
		Secret string `json:"secret"`
	}
	err = c.ask(ctx, v.run.o.ServerKeys[0], http.MethodPost, "/webhooks", map[string]string{"dialect": "confab", "url": v.base + path}, &added)
	if err != nil {
		return "", "", fmt.Errorf("add a webhook: %w", err)
	}
	return added.ID, added.Secret, nil
}

func (v *receiver) remove(ctx context.Context, c *caller, id string) error {
	if err := c.ask(ctx, v.run.o.ServerKeys[0], http.MethodDelete, "/webhooks/"+id, nil, nil); err != nil {
		return fmt.Errorf("remove a webhook: %w", err)
	}
	return nil
}

// removeAll leaves the account without them.
func (v *receiver) removeAll(ctx context.Context, c *caller) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), socketTimeout)
	defer cancel()
	var failed error
	for _, h := range v.hooks {
		if h != nil {
			failed = errors.Join(failed, v.remove(ctx, c, h.id))
		}
	}
	return failed
}
