package outbox

import "github.com/prometheus/client_golang/prometheus"

type metrics struct {
	made     *prometheus.CounterVec
	outcomes *prometheus.CounterVec
	dropped  *prometheus.CounterVec
	failures *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	oldest   prometheus.Gauge
	resting  prometheus.Gauge
	waiting  prometheus.Gauge
}

func newMetrics() *metrics {
	vector := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "confab_outbox_" + name, Help: help}, labels)
	}
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Name: "confab_outbox_" + name, Help: help + " Of all nodes only the one that polls knows it; else 0."})
	}
	return &metrics{
		made:     vector("deliveries_made_total", "Deliveries that came to be.", "kind"),
		outcomes: vector("tries_total", "Tries that ended, by how.", "kind", "outcome"),
		dropped:  vector("dropped_total", "Deliveries that were parked, by why.", "reason"),
		failures: vector("failures_total", "Steps that did not succeed and are made again.", "step"),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "confab_outbox_try_seconds",
			Help: "Time of one try.", Buckets: prometheus.ExponentialBuckets(0.005, 2, 13)}, []string{"kind"}),
		oldest:  gauge("oldest_seconds", "Age of the oldest delivery that waits."),
		resting: gauge("resting_targets", "Targets that are left alone for they do not answer."),
		waiting: gauge("waiting_deliveries", "Deliveries that wait for their turn or another try."),
	}
}

// Collectors returns the outbox' metrics for a registry.
func (o *Outbox) Collectors() []prometheus.Collector {
	m := o.metrics
	return []prometheus.Collector{m.made, m.outcomes, m.dropped, m.failures, m.seconds, m.oldest, m.resting, m.waiting}
}
