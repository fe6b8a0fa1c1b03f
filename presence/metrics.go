package presence

import "github.com/prometheus/client_golang/prometheus"

type metrics struct {
	entered, changes, views, sweeps *prometheus.CounterVec
	leasesLost, reaped              prometheus.Counter
	unsettled                       prometheus.GaugeFunc
}

func newMetrics(p *Presence) *metrics {
	vec := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "confab_presence_" + name, Help: help}, labels)
	}
	count := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: "confab_presence_" + name, Help: help})
	}
	return &metrics{
		entered:    vec("entered_total", "Connections that made somebody present.", "kind"),
		changes:    vec("changes_total", "Changes of a person that others were told.", "kind", "status"),
		views:      vec("views_total", "Page views and acts of visitors, by what became of them.", "outcome"),
		sweeps:     vec("sweeps_total", "Looks at what is due, by this node.", "outcome"),
		leasesLost: count("leases_lost_total", "Times that this node lost its lease."),
		reaped:     count("reaped_total", "Connections of lost nodes that this node removed."),
		unsettled: prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "confab_presence_unsettled", Help: "Arrivals and departures that the store was not told yet.",
		}, func() float64 { return float64(p.unsettled.count()) }),
	}
}

// Collectors returns the metrics of this package.
func (p *Presence) Collectors() []prometheus.Collector {
	m := p.m
	return []prometheus.Collector{m.entered, m.changes, m.views, m.sweeps, m.leasesLost, m.reaped, m.unsettled}
}
