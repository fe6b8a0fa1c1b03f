package loadtest

import (
	"errors"
	"syscall"
	"time"
)

// gauge reads what the processes use.
type gauge struct {
	o    Options
	from used
	err  error
}

// used is what the nodes, Redis and this process have used.
type used struct {
	nodes, redis usage
	own          time.Duration
}

func newGauge(o Options) *gauge { return &gauge{o: o} }

func (g *gauge) read() (u used, err error) {
	var nodesErr, redisErr error
	u.nodes, nodesErr = usageOf(g.o.NodePIDs)
	if g.o.RedisPID != 0 {
		u.redis, redisErr = usageOf([]int{g.o.RedisPID})
	}
	u.own = ownCPU()
	return u, errors.Join(nodesErr, redisErr)
}

func (g *gauge) begin() { g.from, g.err = g.read() }

// end returns what was used since begin; rss is the growth.
func (g *gauge) end() (used, error) {
	u, err := g.read()
	u.nodes.cpu -= g.from.nodes.cpu
	u.nodes.rss -= g.from.nodes.rss
	u.redis.cpu -= g.from.redis.cpu
	u.own -= g.from.own
	return u, errors.Join(g.err, err)
}

// note puts down what the measured time cost, or one round of it.
func (r *Result) note(u used) {
	r.NodeCPUSeconds += u.nodes.cpu.Seconds()
	r.RedisCPUSeconds += u.redis.cpu.Seconds()
	r.GeneratorCPUSeconds += u.own.Seconds()
}

// ownCPU returns the CPU time of this process, user and system.
func ownCPU() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
