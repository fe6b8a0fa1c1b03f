package relay

import (
	"github.com/prometheus/client_golang/prometheus"

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
}

func newTally() *tally {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "confab", Subsystem: "relay", Name: name, Help: help}, labels)
	}
	plain := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Namespace: "confab", Subsystem: "relay", Name: name, Help: help})
	}
	return &tally{
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
	}
}

func (t *tally) collectors() []prometheus.Collector {
	return []prometheus.Collector{t.sockets, t.opened, t.refusals, t.closes, t.drops, t.frames, t.entries, t.refills, t.resets}
}

func (t *tally) refused(reason string) { t.refusals.WithLabelValues(reason).Inc() }
func (t *tally) closed(reason string)  { t.closes.WithLabelValues(reason).Inc() }
func (t *tally) dropped(reason string) { t.drops.WithLabelValues(reason).Inc() }
func (t *tally) refilled(why string)   { t.refills.WithLabelValues(why).Inc() }

// framed counts a frame. Only types of the protocol become labels, whatever clients send.
func (t *tally) framed(kind wire.Type, known bool) {
	if !known {
		kind = "unknown"
	}
	t.frames.WithLabelValues(string(kind)).Inc()
}
