package mail

import "github.com/prometheus/client_golang/prometheus"

type metrics struct{ tries *prometheus.CounterVec }

func newMetrics() *metrics {
	return &metrics{prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "confab_mail_tries_total", Help: "Tries to send a mail, by type (answer, confirm, log) and by what came of it.",
	}, []string{"type", "outcome"})}
}

func (m *metrics) count(kind, reason string) {
	if kind != typeAnswer && kind != typeConfirm && kind != typeLog {
		kind = "other"
	}
	m.tries.WithLabelValues(kind, reason).Inc()
}

func (m *metrics) collectors() []prometheus.Collector { return []prometheus.Collector{m.tries} }
