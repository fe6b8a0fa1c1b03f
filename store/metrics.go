package store

import "github.com/prometheus/client_golang/prometheus"

type metrics struct {
	batchSize    prometheus.Histogram
	batchSeconds prometheus.Histogram
	faults       *prometheus.CounterVec
	bells        *prometheus.CounterVec
	dropped      *prometheus.CounterVec
	gaps         prometheus.Counter
	forks        prometheus.Counter
	damaged      prometheus.Counter
	resubscribes prometheus.Counter
}

func newMetrics() *metrics {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: "confab_store_" + name, Help: help})
	}
	vector := func(name, help, label string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "confab_store_" + name, Help: help}, []string{label})
	}
	return &metrics{
		batchSize: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "confab_store_batch_operations",
			Help: "Operations of one pipeline.", Buckets: prometheus.ExponentialBuckets(1, 2, 10)}),
		batchSeconds: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "confab_store_batch_seconds",
			Help: "Time of one pipeline.", Buckets: prometheus.ExponentialBuckets(0.0001, 2, 15)}),
		faults:       vector("faults_total", "Operations that failed, by what Redis said or did.", "class"),
		bells:        vector("bells_total", "Doorbells received.", "kind"),
		dropped:      vector("bells_dropped_total", "Doorbells without a number that could not be rung.", "kind"),
		gaps:         counter("bell_gaps_total", "Doorbells found to be lost; what they announced was read from the log."),
		forks:        counter("feed_forks_total", "Feeds found to have another history than was heard."),
		damaged:      counter("damaged_entries_total", "Entries read that do not fit their checksum."),
		resubscribes: counter("subscriber_connections_lost_total", "Subscriber connections that ended."),
	}
}

// Collectors returns the store's metrics for a registry.
func (s *Store) Collectors() []prometheus.Collector {
	m := s.metrics
	waiting := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "confab_store_queue_operations",
		Help: "Operations that wait for the next pipeline."}, func() float64 { return float64(s.queue.length()) })
	durability := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "confab_store_durable",
		Help: "1 if what is acknowledged was synced to disk before."}, func() float64 {
		if s.Durability() == Durable {
			return 1
		}
		return 0
	})
	return []prometheus.Collector{m.batchSize, m.batchSeconds, m.faults, m.bells, m.dropped, m.gaps, m.forks,
		m.damaged, m.resubscribes, waiting, durability}
}
