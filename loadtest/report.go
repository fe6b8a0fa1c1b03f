package loadtest

import (
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"
)

// Result is what a run found. Figures that were not measured are zero and left out.
type Result struct {
	Scenario    Scenario      `json:"scenario"`
	Nodes       int           `json:"nodes"`
	Connections int           `json:"connections"`
	Rate        float64       `json:"rate,omitempty"`
	Seconds     float64       `json:"seconds"` // measured time
	MaxP99      time.Duration `json:"-"`

	Sent      int64     `json:"sent"`
	Delivered int64     `json:"delivered"` // in the measured time
	Delivery  Quantiles `json:"delivery"`  // from the intended moment of sending to the reader
	Answer    Quantiles `json:"answer"`    // from the intended moment to the acknowledgement
	Pacing    Quantiles `json:"pacing"`    // how late the generator itself was

	ConnectSeconds         float64 `json:"connectSeconds,omitempty"`
	ConnectsPerCPUSecond   float64 `json:"connectsPerCpuSecond,omitempty"`
	KiBPerConnection       float64 `json:"kibPerConnection,omitempty"`
	NodeCPUSeconds         float64 `json:"nodeCpuSeconds,omitempty"`
	NodeMicrosPerDelivery  float64 `json:"nodeMicrosPerDelivery,omitempty"`
	DeliveriesPerCPUSecond float64 `json:"deliveriesPerCpuSecond,omitempty"`
	RedisCPUSeconds        float64 `json:"redisCpuSeconds,omitempty"`
	RedisMessagesPerSecond float64 `json:"redisMessagesPerCpuSecond,omitempty"`

	// What this process used in the measured time, which nodes and Redis on the same cores did not get.
	GeneratorCPUSeconds        float64 `json:"generatorCpuSeconds,omitempty"`
	GeneratorMicrosPerDelivery float64 `json:"generatorMicrosPerDelivery,omitempty"`

	Ceiling *Ceiling  `json:"ceiling,omitempty"`
	Storm   *Recovery `json:"recovery,omitempty"`
	Posts   *Posts    `json:"posts,omitempty"`
	Hooks   *Hooks    `json:"webhooks,omitempty"`

	Disconnects int64  `json:"disconnects"`
	Faults      Faults `json:"faults"`
}

// Recovery is how a cut of all sockets ended.
type Recovery struct {
	Clients         int       `json:"clients"`
	Recovered       int       `json:"recovered"`
	Entries         int       `json:"entries"` // read again and compared
	Seconds         float64   `json:"seconds"` // from the cut until the last was complete
	Each            Quantiles `json:"each"`    // from the cut until one was complete
	PerNodeCPU      float64   `json:"perNodeCpuSecond,omitempty"`
	FirstConnecting float64   `json:"firstConnectingSeconds"`
}

// Verdict is nil if everything held; otherwise it says what did not.
func (r *Result) Verdict() error {
	var broken []error
	f := r.Faults
	if f.Any() {
		broken = append(broken, fmt.Errorf("%d lost, %d doubled, %d reordered, %d unexpected, %d refused",
			f.Lost, f.Doubled, f.Reordered, f.Unexpected, f.Refused))
	}
	if limit := float64(r.MaxP99) / float64(time.Millisecond); limit > 0 && r.p99() > limit {
		broken = append(broken, fmt.Errorf("p99 is %.2f ms, above %.2f ms", r.p99(), limit))
	}
	if r.Storm != nil && r.Storm.Recovered < r.Storm.Clients {
		broken = append(broken, fmt.Errorf("%d of %d clients did not recover", r.Storm.Clients-r.Storm.Recovered, r.Storm.Clients))
	}
	return errors.Join(broken...)
}

func (r *Result) p99() float64 {
	if r.Posts != nil {
		return r.Answer.P99
	}
	if r.Storm != nil {
		return r.Storm.Each.P99
	}
	return r.Delivery.P99
}

// Table is the result for people.
func (r *Result) Table() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	row := func(name, format string, args ...any) { fmt.Fprintf(w, "%s\t%s\n", name, fmt.Sprintf(format, args...)) }
	row("scenario", "%s, %d connections, %d nodes, %.1f s", r.Scenario, r.Connections, r.Nodes, r.Seconds)
	switch {
	case r.Posts != nil:
		row("messages", "%d sent", r.Sent)
	case r.Sent > 0:
		row("messages", "%d sent, %d delivered", r.Sent, r.Delivered)
	}
	quantiles(row, "delivery", r.Delivery)
	quantiles(row, "answer", r.Answer)
	quantiles(row, "generator late", r.Pacing)
	r.costs(row)
	if c := r.Ceiling; c != nil {
		row("ceiling", "%.0f frames per CPU-second by the library, %.0f as bare writes", c.LibraryPerCPUSecond, c.BarePerCPUSecond)
		row("of the ceiling", "%.0f %%", 100*r.DeliveriesPerCPUSecond/c.LibraryPerCPUSecond)
	}
	if s := r.Storm; s != nil {
		row("recovery", "%d of %d complete in %.2f s, %d entries compared", s.Recovered, s.Clients, s.Seconds, s.Entries)
		quantiles(row, "each", s.Each)
		if s.PerNodeCPU > 0 {
			row("recovered", "%.0f per node-CPU-second", s.PerNodeCPU)
		}
	}
	if r.Posts != nil {
		r.Posts.rows(row)
	}
	if r.Hooks != nil {
		r.Hooks.rows(row)
	}
	f := r.Faults
	row("faults", "%d lost, %d doubled, %d reordered, %d unexpected, %d refused; %d disconnects",
		f.Lost, f.Doubled, f.Reordered, f.Unexpected, f.Refused, r.Disconnects)
	_ = w.Flush()
	for _, e := range f.Examples {
		b.WriteString("  " + e + "\n")
	}
	return b.String()
}

func (p *Posts) rows(row func(name, format string, args ...any)) {
	row("posts", "%.0f a second into %d conversations of %d accounts, %.0f µs of the nodes and %.0f µs of Redis for each",
		p.PerSecond, p.Conversations, p.Accounts, p.NodeMicros, p.RedisMicros)
	if p.MostPerSecond > 0 {
		row("at most", "%.0f a second over %.1f s, %.0f µs of the nodes for each; generator CPU %.2f s",
			p.MostPerSecond, p.MostSeconds, p.MostNodeMicros, p.MostGenerator)
		quantiles(row, "answer then", p.Most)
	}
	row("read back", "%d messages", p.Read)
}

func (h *Hooks) rows(row func(name, format string, args ...any)) {
	row("webhooks", "%d addresses; %d deliveries came again under their ids", h.Endpoints, h.Again)
	quantiles(row, "kept to told", h.FromKept)
	if h.Queue > 0 {
		row("queue", "%d deliveries in %.2f s, %.0f a second, %.0f µs of the nodes for each", h.Queue, h.QueueSeconds, h.QueuePerSecond, h.QueueNodeMicros)
	}
	for i := range h.Alone {
		quantiles(row, fmt.Sprintf("round %d alone", i+1), h.Alone[i])
		quantiles(row, fmt.Sprintf("round %d beside", i+1), h.Beside[i])
	}
	if h.P99Ratio > 0 {
		row("beside : alone", "p50 %.2f  p99 %.2f, of the medians", h.P50Ratio, h.P99Ratio)
	}
}

func (r *Result) costs(row func(name, format string, args ...any)) {
	if r.ConnectSeconds > 0 {
		row("connecting", "%.2f s, %.0f per node-CPU-second", r.ConnectSeconds, r.ConnectsPerCPUSecond)
	}
	if r.KiBPerConnection > 0 {
		row("memory", "%.1f KiB per connection", r.KiBPerConnection)
	}
	if r.NodeMicrosPerDelivery > 0 {
		row("node CPU", "%.2f s, %.1f µs per delivery, %.0f deliveries per CPU-second",
			r.NodeCPUSeconds, r.NodeMicrosPerDelivery, r.DeliveriesPerCPUSecond)
	}
	if r.RedisCPUSeconds > 0 {
		row("Redis CPU", "%.2f s, %.0f messages per CPU-second", r.RedisCPUSeconds, r.RedisMessagesPerSecond)
	}
	switch {
	case r.GeneratorMicrosPerDelivery > 0:
		row("generator CPU", "%.2f s, %.1f µs per delivery", r.GeneratorCPUSeconds, r.GeneratorMicrosPerDelivery)
	case r.GeneratorCPUSeconds > 0:
		row("generator CPU", "%.2f s", r.GeneratorCPUSeconds)
	}
}

func quantiles(row func(name, format string, args ...any), name string, q Quantiles) {
	if q.Count > 0 {
		row(name, "p50 %.2f  p90 %.2f  p99 %.2f  p99.9 %.2f  max %.2f ms", q.P50, q.P90, q.P99, q.P999, q.Max)
	}
}
