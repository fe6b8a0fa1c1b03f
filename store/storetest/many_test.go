package storetest_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"confab/chat"
	"confab/store"
	"confab/store/storetest"
)

// process is a redis-server on a TCP port.
type process struct {
	port string
	cmd  *exec.Cmd
}

func (p *process) addr() string { return "127.0.0.1:" + p.port }

func (p *process) client() *redis.Client {
	return redis.NewClient(&redis.Options{Addr: p.addr(), Protocol: 2, DisableIdentity: true})
}

func (p *process) kill() {
	p.cmd.Process.Kill()
	p.cmd.Wait()
}

func launch(t *testing.T, args ...string) *process {
	t.Helper()
	p := &process{port: storetest.FreePort(t)}
	p.cmd = exec.Command("redis-server", append(args, "--port", p.port)...)
	must(t, p.cmd.Start())
	t.Cleanup(p.kill)
	c := p.client()
	defer c.Close()
	storetest.Eventually(t, "redis-server answers", func() bool { return c.Ping(context.Background()).Err() == nil })
	return p
}

func aof(dir string) []string {
	return []string{"--dir", dir, "--save", "", "--appendonly", "yes", "--appendfsync", "always"}
}

func TestASentinelFailoverLosesNoSubscription(t *testing.T) {
	t.Parallel()
	master := launch(t, aof(t.TempDir())...)
	replica := launch(t, append(aof(t.TempDir()), "--replicaof", "127.0.0.1 "+master.port, "--repl-diskless-sync-delay", "0")...)
	rc := replica.client()
	defer rc.Close()
	ctx := context.Background()
	storetest.Eventually(t, "the replica follows", func() bool {
		return strings.Contains(rc.Info(ctx, "replication").Val(), "master_link_status:up")
	})
	var sentinels []string
	for range 3 {
		file := filepath.Join(t.TempDir(), "sentinel.conf")
		must(t, os.WriteFile(file, fmt.Appendf(nil, "sentinel monitor main 127.0.0.1 %s 2\nsentinel down-after-milliseconds main 1000\nsentinel failover-timeout main 3000\n", master.port), 0o600))
		sentinels = append(sentinels, launch(t, file, "--sentinel").addr())
	}
	sc := redis.NewSentinelClient(&redis.Options{Addr: sentinels[0], Protocol: 2, DisableIdentity: true})
	defer sc.Close()
	storetest.Eventually(t, "the Sentinels know each other and the replica", func() bool {
		m := sc.Master(ctx, "main").Val()
		return m["num-other-sentinels"] == "2" && m["num-slaves"] == "1"
	})
	ear := &storetest.Ear{}
	s := storetest.Open(t, "redis+sentinel://"+strings.Join(sentinels, ",")+"?master=main", ear)
	storetest.Follow(t, s, acct)
	storetest.MustAppend(t, s, storetest.Note(acct, thread, "v1", "message-1", "hello"))
	master.kill()
	c := storetest.Note(acct, thread, "v1", "message-2", "hello")
	storetest.Eventually(t, "kept by the new master", func() bool { _, err := storetest.Append(s, c); return err == nil })
	storetest.Eventually(t, "verified", func() bool { return ear.Verified() > 0 })
	storetest.Eventually(t, "ready", func() bool { return s.Ready() == nil })
	before := len(ear.Bells(store.BellEntry))
	storetest.MustAppend(t, s, storetest.Note(acct, thread, "v1", "message-3", "hello"))
	storetest.Eventually(t, "bells ring on", func() bool { return len(ear.Bells(store.BellEntry)) > before })
}

func TestAClusterServesAccountsOnEveryMaster(t *testing.T) {
	t.Parallel()
	var nodes []*process
	ctx := context.Background()
	for range 3 {
		nodes = append(nodes, launch(t, append(aof(t.TempDir()), "--cluster-enabled", "yes", "--cluster-node-timeout", "2000",
			"--cluster-port", storetest.FreePort(t))...))
	}
	form(t, ctx, nodes)
	ear := &storetest.Ear{}
	reader := storetest.Open(t, "redis+cluster://"+nodes[0].addr()+","+nodes[1].addr(), ear)
	writer := storetest.Open(t, "redis://"+nodes[0].addr()+","+nodes[2].addr(), nil)
	const accounts = 9
	for i := range accounts {
		a := chat.AccountID(fmt.Sprint("account", i))
		storetest.Follow(t, reader, a)
		storetest.MustAppend(t, writer, storetest.Note(a, thread, "v1", "message-1", "hello"))
	}
	storetest.Eventually(t, "a bell of each account", func() bool { return len(ear.Bells(store.BellEntry)) == accounts })
	storetest.Eventually(t, "ready", func() bool { return reader.Ready() == nil })
	if reader.Durability() != store.Durable {
		t.Fatal(reader.Durability(), reader.Findings(ctx))
	}
	killSubscribers(t, ctx, nodes)
	storetest.Eventually(t, "every line is back", func() bool { return ear.Verified() >= accounts })
}

func killSubscribers(t *testing.T, ctx context.Context, nodes []*process) {
	t.Helper()
	for _, n := range nodes {
		c := n.client()
		must(t, c.Do(ctx, "CLIENT", "KILL", "TYPE", "pubsub").Err())
		c.Close()
	}
}

// form joins the nodes to a Cluster of masters and waits until all agree.
func form(t *testing.T, ctx context.Context, nodes []*process) {
	t.Helper()
	const slots = 16384
	first := nodes[0].client()
	defer first.Close()
	for i, n := range nodes {
		c := n.client()
		defer c.Close()
		must(t, c.ClusterAddSlotsRange(ctx, slots*i/len(nodes), slots*(i+1)/len(nodes)-1).Err())
		must(t, c.Do(ctx, "CLUSTER", "SET-CONFIG-EPOCH", i+1).Err())
		if i > 0 {
			bus := first.ConfigGet(ctx, "cluster-port").Val()["cluster-port"]
			must(t, c.Do(ctx, "CLUSTER", "MEET", "127.0.0.1", nodes[0].port, bus).Err())
		}
	}
	for _, n := range nodes {
		c := n.client()
		defer c.Close()
		storetest.Eventually(t, "the cluster is whole", func() bool {
			info := c.ClusterInfo(ctx).Val()
			return strings.Contains(info, "cluster_state:ok") && strings.Contains(info, fmt.Sprintf("cluster_known_nodes:%d", len(nodes)))
		})
	}
}
