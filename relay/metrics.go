package relay

import (
	"github.com/prometheus/client_golang/prometheus"

	"confab/chat"
	"confab/wire"
)

// tally counts what this node does to sockets. Every close, drop and refusal has a named reason here.
type tally struct {
	sockets  *prometheus.GaugeVec   // kind: unauthenticated, visitor, agent
	opened   prometheus.Counter     // handshakes that succeeded
	refusals *prometheus.CounterVec // reason: handshakes and frames refused
	closes   *prometheus.CounterVec // reason
	drops    *prometheus.CounterVec // reason
	frames   *prometheus.CounterVec // type, of clients
	entries  prometheus.Counter     // entry frames sent live
	refills  *prometheus.CounterVec // reason: why the log was read for those who were live
	resets   prometheus.Counter

	// The labels of what every socket counts, looked up once.
	unauthenticated, visitors, agents prometheus.Gauge
	types                             map[wire.Type]prometheus.Counter
}

// unknownType stands for all types that the protocol does not have, whatever clients send.
const unknownType wire.Type = "unknown"

var clientTypes = [...]wire.Type{
	wire.TypeAuth, wire.TypeSubscribe, wire.TypeUnsubscribe, wire.TypeSend, wire.TypeHistory, wire.TypeTyping,
	wire.TypeSeen, wire.TypeDelivered, wire.TypePage, wire.TypePing,
	wire.TypePerson, wire.TypeEvent, wire.TypeConsent, wire.TypeRate, wire.TypeFeedback, wire.TypeUpload, wire.TypeCall, unknownType,
}

func newTally() *tally {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "confab", Subsystem: "relay", Name: name, Help: help}, labels)
	}
	plain := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Namespace: "confab", Subsystem: "relay", Name: name, Help: help})
	}
	t := &tally{
		sockets: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Namespace: "confab", Subsystem: "relay", Name: "sockets", Help: "Open sockets by who they belong to.",
		}, []string{"kind"}),
		opened:   plain("opened_total", "Sockets that were opened."),
		refusals: counter("refusals_total", "Handshakes and frames that were refused.", "reason"),
		closes:   counter("closes_total", "Sockets that ended.", "reason"),
		drops:    counter("drops_total", "Unnumbered frames that were dropped.", "reason"),
		frames:   counter("frames_total", "Frames of clients.", "type"),
		entries:  plain("entries_total", "Entry frames sent to live readers."),
		refills:  counter("refills_total", "Times that the log was read for live readers.", "reason"),
		resets:   plain("resets_total", "Readers told that their history is not the log's."),
		types:    map[wire.Type]prometheus.Counter{},
	}
	t.unauthenticated = t.sockets.WithLabelValues("unauthenticated")
	t.visitors, t.agents = t.sockets.WithLabelValues(string(chat.Visitor)), t.sockets.WithLabelValues(string(chat.Agent))
	for _, kind := range clientTypes {
		t.types[kind] = t.frames.WithLabelValues(string(kind))
	}
	return t
}

func (t *tally) collectors() []prometheus.Collector {
	return []prometheus.Collector{t.sockets, t.opened, t.refusals, t.closes, t.drops, t.frames, t.entries, t.refills, t.resets}
}

func (t *tally) refused(reason string) { t.refusals.WithLabelValues(reason).Inc() }
func (t *tally) closed(reason string)  { t.closes.WithLabelValues(reason).Inc() }
func (t *tally) dropped(reason string) { t.drops.WithLabelValues(reason).Inc() }
func (t *tally) refilled(why string)   { t.refills.WithLabelValues(why).Inc() }

// open counts the sockets of a kind of people.
func (t *tally) open(kind chat.ActorKind) prometheus.Gauge {
	if kind == chat.Agent {
		return t.agents
	}
	return t.visitors
}

// framed counts a frame.
func (t *tally) framed(kind wire.Type, known bool) {
	c := t.types[kind]
	if c == nil || !known {
		c = t.types[unknownType]
	}
	c.Inc()
}
