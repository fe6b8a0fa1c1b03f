package loadtest

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestVerdict(t *testing.T) {
	fine := Result{Delivery: Quantiles{Count: 1, P99: 9.5}, MaxP99: 10 * time.Millisecond}
	tests := []struct {
		name   string
		change func(*Result)
		says   string // empty: all held
	}{
		{"all held", func(*Result) {}, ""},
		{"no limit", func(r *Result) { r.MaxP99, r.Delivery.P99 = 0, 1000 }, ""},
		{"slow", func(r *Result) { r.Delivery.P99 = 10.5 }, "p99 is 10.50 ms"},
		{"lost", func(r *Result) { r.Faults.Lost = 1 }, "1 lost"},
		{"doubled", func(r *Result) { r.Faults.Doubled = 2 }, "2 doubled"},
		{"reordered", func(r *Result) { r.Faults.Reordered = 3 }, "3 reordered"},
		{"unexpected", func(r *Result) { r.Faults.Unexpected = 1 }, "1 unexpected"},
		{"refused", func(r *Result) { r.Faults.Refused = 1 }, "1 refused"},
		{"did not recover", func(r *Result) { r.Storm = &Recovery{Clients: 10, Recovered: 9} }, "1 of 10"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := fine
			test.change(&r)
			err := r.Verdict()
			if test.says == "" && err != nil || test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)) {
				t.Errorf("got %v, want %q", err, test.says)
			}
		})
	}
}

func TestTableAndJSONSayWhatWasFound(t *testing.T) {
	r := Result{
		Scenario: Chat, Connections: 10, Nodes: 2, Seconds: 30, Sent: 5, Delivered: 4,
		Delivery: Quantiles{Count: 4, P50: 0.5, P99: 2.25}, NodeCPUSeconds: 1, NodeMicrosPerDelivery: 77.5,
		DeliveriesPerCPUSecond: 12900, GeneratorCPUSeconds: 0.5, GeneratorMicrosPerDelivery: 38.75, Ceiling: &Ceiling{LibraryPerCPUSecond: 128000, BarePerCPUSecond: 176000},
		Faults: Faults{Lost: 1, Examples: []string{"pair 3: message 17 was acknowledged and never reached reader 0"}},
	}
	for _, want := range []string{"chat, 10 connections, 2 nodes", "p99 2.25", "77.5 µs", "38.8 µs", "128000 frames", "1 lost", "pair 3: message 17"} {
		if !strings.Contains(r.Table(), want) {
			t.Errorf("the table lacks %q:\n%s", want, r.Table())
		}
	}
	raw, err := json.Marshal(r)
	if err != nil || !strings.Contains(string(raw), `"p99Millis":2.25`) || !strings.Contains(string(raw), `"lost":1`) {
		t.Errorf("%s, %v", raw, err)
	}
}

func TestPayloadSurvivesAFrame(t *testing.T) {
	p := payload{stream: 12, n: 345, due: time.Unix(0, 1790000000123456789)}
	text := p.text(128)
	if len(text) != 128 {
		t.Errorf("%d bytes", len(text))
	}
	frame := `{"t":"entry","thread":"x","seq":7,"entry":{"eid":"e","text":"` + text + `"}}`
	if got, ok := payloadIn([]byte(frame)); !ok || got.stream != p.stream || got.n != p.n || !got.due.Equal(p.due) {
		t.Errorf("got %+v", got)
	}
	for _, other := range []string{"", "hello", "load ", "load 1 2", "load a b c ", `{"text":"load 1"}`} {
		if _, ok := parsePayload([]byte(other)); ok {
			t.Errorf("%q is no payload", other)
		}
		if _, ok := payloadIn([]byte(other)); ok {
			t.Errorf("%q holds no payload", other)
		}
	}
}

func TestCPUTicksOfAStrangeName(t *testing.T) {
	stat := "42 (a) b (c)) S 1 2 3 4 5 6 7 8 9 10 150 50 0 0 20"
	if ticks, err := cpuTicks([]byte(stat)); err != nil || ticks != 200 {
		t.Errorf("%d, %v", ticks, err)
	}
	for _, bad := range []string{"", "1 (x", "1 (x) S 1", "1 (x) S 1 2 3 4 5 6 7 8 9 10 a 50 0"} {
		if _, err := cpuTicks([]byte(bad)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

func TestOptionsNameTheFlag(t *testing.T) {
	good := Options{
		URLs: []string{"ws://127.0.0.1:1"}, Account: "demo", AgentEmail: "a@b", AgentPassword: "p", Scenario: Chat, Connections: 100,
		Rate: 100, Duration: time.Second, Parallel: 1, Size: 128,
	}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for flag, change := range map[string]func(*Options){
		"--url": func(o *Options) { o.URLs = []string{"127.0.0.1:8080"} }, "--account": func(o *Options) { o.Account = "" },
		"--connections": func(o *Options) { o.Connections = 0 }, "--size": func(o *Options) { o.Size = 3 },
		"--duration": func(o *Options) { o.Duration = 0 }, "--parallel": func(o *Options) { o.Parallel = 0 },
		"--rate": func(o *Options) { o.Rate = 1001 }, "--scenario": func(o *Options) { o.Scenario = "x" },
		"--agent-email": func(o *Options) { o.AgentEmail = "" },
	} {
		o := good
		change(&o)
		if err := o.Check(); err == nil || !strings.HasPrefix(err.Error(), flag) {
			t.Errorf("%s: got %v", flag, err)
		}
	}
	good.ServerKeys, good.Conversations, good.Endpoints, good.Rounds, good.Queue = []string{"key"}, 5, 2, 1, 10_000
	for _, test := range []struct {
		scenario Scenario
		flag     string
		change   func(*Options)
	}{
		{Rest, "", func(*Options) {}}, {Webhooks, "", func(*Options) {}}, {Neighbour, "", func(*Options) {}},
		{Rest, "", func(o *Options) { o.Rate = 5000 }},
		{Rest, "--server-key", func(o *Options) { o.ServerKeys = nil }},
		{Rest, "--conversations", func(o *Options) { o.Conversations = 0 }},
		{Rest, "--rate", func(o *Options) { o.Rate = 0 }},
		{Rest, "--url", func(o *Options) { o.URLs = []string{"wss://a:1"} }},
		{Webhooks, "--server-key", func(o *Options) { o.ServerKeys = []string{"key", "another"} }},
		{Webhooks, "--endpoints", func(o *Options) { o.Endpoints = 0 }},
		{Webhooks, "--queue", func(o *Options) { o.Queue = 20_000 }},
		{Webhooks, "--rate", func(o *Options) { o.Rate = 5000 }},
		{Webhooks, "--url", func(o *Options) { o.URLs = []string{"wss://a:1"} }},
		{Neighbour, "--rounds", func(o *Options) { o.Rounds = 0 }},
	} {
		o := good
		o.Scenario = test.scenario
		test.change(&o)
		if err := o.Check(); (err == nil) != (test.flag == "") || err != nil && !strings.HasPrefix(err.Error(), test.flag) {
			t.Errorf("%s, %s: got %v", test.scenario, test.flag, err)
		}
	}
}
