//go:build processes

package faulttest

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"confab/chat"
	"confab/store"
	"confab/wire"
)

var (
	killCount = flag.Int("kills", 50, "how many times a node is killed")
	confabBin = flag.String("confab", "", "the program; built with make build")
	killSeed  = flag.Uint64("kills.seed", 1, "decides which nodes are killed, and when people write")
)

const (
	houseAccount  = chat.AccountID("acme")
	housePassword = "a password for a test"
	readyPatience = 30 * time.Second
	redisPatience = 15 * time.Second
)

// house is a deployment of real processes: a Redis that syncs every write, and two nodes.
type house struct {
	t       *testing.T
	dir     string
	address string // of Redis
	redis   *child
	nodes   []*relayProcess
	tokens  []string // of the agents
	auditor *store.Store
}

// relayProcess is one node, over all its lives. Its address stays.
type relayProcess struct {
	house   *house
	name    string
	address string
	flags   []string
	child   *child
}

// newHouse starts everything, with so many agents who are logged in. Flags are of each node.
func newHouse(t *testing.T, agents int, flags ...string) *house {
	t.Helper()
	return newHouseWith(t, agents, "", flags...)
}

// newHouseWith gives the account more than agents: lines of the bootstrap file.
func newHouseWith(t *testing.T, agents int, more string, flags ...string) *house {
	t.Helper()
	if *confabBin == "" {
		t.Fatal("name the program: go test ./faulttest -tags processes -confab bin/confab")
	}
	h := &house{t: t, dir: t.TempDir(), address: freeAddress(t)}
	t.Cleanup(h.explain)
	h.startRedis()
	for i := range 2 {
		h.nodes = append(h.nodes, &relayProcess{house: h, name: fmt.Sprint("node", i), address: freeAddress(t), flags: flags})
	}
	file := h.writeBootstrap(agents, more)
	h.nodes[0].start("--bootstrap", file)
	h.nodes[0].awaitReady()
	h.nodes[1].start()
	h.nodes[1].awaitReady()
	for i := range agents {
		h.tokens = append(h.tokens, h.logIn(agentEmail(i)))
	}
	h.openAuditor()
	return h
}

// explain shows the ends of all logs if the test failed.
func (h *house) explain() {
	if !h.t.Failed() {
		return
	}
	logs, _ := filepath.Glob(filepath.Join(h.dir, "*.log"))
	for _, log := range logs {
		c := child{log: log}
		h.t.Logf("%s says:\n%s", filepath.Base(log), c.tail())
	}
}

func (h *house) startRedis() {
	h.t.Helper()
	data := filepath.Join(h.dir, "redis")
	if err := os.MkdirAll(data, 0o700); err != nil {
		h.t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(h.address)
	if err != nil {
		h.t.Fatal(err)
	}
	h.redis = startChild(h.t, h.dir, "redis", "redis-server", "--bind", "127.0.0.1", "--port", port, "--dir", data,
		"--appendonly", "yes", "--appendfsync", "always", "--no-appendfsync-on-rewrite", "no",
		"--maxmemory-policy", "noeviction", "--save", "")
	await(h.t, "Redis answers", redisPatience, func() bool { return pongs(h.address) })
}

// pongs tells whether a Redis answers and has loaded its data.
func pongs(address string) bool {
	conn, err := net.DialTimeout("tcp", address, time.Second)
	if err != nil {
		return false
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Second))
	if _, err := io.WriteString(conn, "PING\r\n"); err != nil {
		return false
	}
	answer := make([]byte, 7)
	_, err = io.ReadFull(conn, answer)
	return err == nil && string(answer) == "+PONG\r\n"
}

func agentEmail(i int) string { return fmt.Sprintf("agent%d@acme.test", i) }

func (h *house) writeBootstrap(agents int, more string) string {
	h.t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "accounts:\n  - id: %s\n    name: Acme\n    agents:\n", houseAccount)
	for i := range agents {
		fmt.Fprintf(&b, "      - {email: %s, name: Agent %d, password: %s, role: agent}\n", agentEmail(i), i, housePassword)
	}
	b.WriteString(more)
	file := filepath.Join(h.dir, "bootstrap.yaml")
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		h.t.Fatal(err)
	}
	return file
}

// logIn returns an access token, which outlives every test here.
func (h *house) logIn(email string) string {
	h.t.Helper()
	body, err := json.Marshal(map[string]string{"email": email, "password": housePassword})
	if err != nil {
		h.t.Fatal(err)
	}
	resp, err := http.Post("http://"+h.nodes[0].address+"/confab/v1/session", "application/json", bytes.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct{ Token, Detail string }
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || answer.Token == "" {
		h.t.Fatalf("log in as %s: %s %s %v", email, resp.Status, answer.Detail, err)
	}
	return answer.Token
}

// openAuditor opens the store beside all nodes.
func (h *house) openAuditor() {
	h.t.Helper()
	st, err := store.Open(h.t.Context(), store.Options{
		URL: "redis://" + h.address, Node: "auditor", IDs: chat.NewIDs(nil), Log: zap.NewNop(),
	})
	if err != nil {
		h.t.Fatal(err)
	}
	h.auditor = st
}

// urls are the nodes' addresses, beginning with the one at first.
func (h *house) urls(first int) []string {
	var list []string
	for i := range h.nodes {
		list = append(list, "ws://"+h.nodes[(first+i)%len(h.nodes)].address)
	}
	return list
}

func (h *house) visitorAuth(context.Context) (wire.Auth, error) {
	return wire.Auth{Account: houseAccount, Page: &chat.Page{URL: "https://acme.test/", Title: "Home"}}, nil
}

func (h *house) agentAuth(i int, inbox bool) func(context.Context) (wire.Auth, error) {
	return func(context.Context) (wire.Auth, error) {
		return wire.Auth{Agent: &wire.AgentProof{Token: h.tokens[i]}, Inbox: inbox}, nil
	}
}

func (n *relayProcess) start(more ...string) {
	n.house.t.Helper()
	args := append([]string{"serve", "--listen", n.address, "--redis", "redis://" + n.house.address}, n.flags...)
	n.child = startChild(n.house.t, n.house.dir, n.name, *confabBin, append(args, more...)...)
}

// ready asks /readyz. A node that does not answer is not ready.
func (n *relayProcess) ready() bool {
	client := http.Client{Timeout: 2 * time.Second}
	resp, err := client.Get("http://" + n.address + "/readyz")
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

func (n *relayProcess) awaitReady() {
	n.house.t.Helper()
	await(n.house.t, n.name+" is ready", readyPatience, func() bool {
		if !n.child.running() {
			n.house.t.Fatalf("%s ended by itself: %v\n%s", n.name, n.child.result, n.child.tail())
		}
		return n.ready()
	})
}
