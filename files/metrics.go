package files

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"

	"confab/chat"
)

func newUploads() *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{
		Namespace: "confab", Subsystem: "files", Name: "uploads_total",
		Help: "Uploads by what became of them: shown (an image, drawn anew), kept (to be saved), or why not.",
	}, []string{"result"})
}

// Collectors returns the node's metrics.
func (f *Files) Collectors() []prometheus.Collector { return []prometheus.Collector{f.uploads} }

func (f *Files) count(file *chat.File, err error) {
	result := string(chat.Internal)
	var r *chat.Refusal
	switch {
	case err == nil && file.Width > 0:
		result = "shown"
	case err == nil:
		result = "kept"
	case errors.As(err, &r):
		result = string(r.Code)
	}
	f.uploads.WithLabelValues(result).Inc()
}
