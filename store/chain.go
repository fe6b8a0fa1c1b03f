package store

// verdict is what a numbered bell says about the bells before it.
type verdict int

const (
	inOrder  verdict = iota
	repeated         // heard before, or late
	gap              // bells between were lost
	forked           // another history: the store fell back to an older state
)

const rememberedBells = 32

type position struct {
	n   int64
	eid string
}

// chain follows the numbers of one account's feed. Each bell names the one before it by identity, so that a feed that
// was wound back and went on with other entries is seen. Owned by feed.mu.
type chain struct {
	known  bool
	last   position
	late   int64 // bells above it, up to last, were skipped and may still come
	recent [rememberedBells]position
}

// take moves the chain on to a bell.
func (c *chain) take(n int64, prev, eid string) verdict {
	was := c.last
	slot := &c.recent[n%rememberedBells]
	switch {
	case !c.known:
		c.known, c.late = true, n
	case n <= was.n:
		return c.judgeOld(n, eid)
	case n > was.n+1:
		c.late = was.n
		*slot, c.last = position{n, eid}, position{n, eid}
		return gap
	case prev != was.eid:
		*slot, c.last = position{n, eid}, position{n, eid}
		return forked
	}
	*slot, c.last, c.late = position{n, eid}, position{n, eid}, n
	return inOrder
}

func (c *chain) judgeOld(n int64, eid string) verdict {
	slot := &c.recent[n%rememberedBells]
	switch {
	case n == c.last.n && eid == c.last.eid, slot.n == n && slot.eid == eid:
		return repeated
	case slot.n != n && n > c.late && n < c.last.n:
		*slot = position{n, eid}
		return repeated
	}
	return forked
}

// meet compares the chain with the head of the feed as Redis has it. asked is where the chain was before Redis was
// asked: the head cannot be older, and may be older than what came meanwhile.
func (c *chain) meet(asked, head position) verdict {
	slot := c.recent[head.n%rememberedBells]
	switch {
	case !c.known, head == c.last:
		return inOrder
	case head.n > c.last.n:
		return gap
	case head.n < asked.n, head.n == asked.n && head != asked, slot.n == head.n && slot != head:
		return forked
	}
	return repeated
}

// jump goes on from the head.
func (c *chain) jump(head position) {
	c.late = min(c.last.n, head.n)
	if !c.known {
		c.late = head.n
	}
	c.known, c.last = true, head
	c.recent[head.n%rememberedBells] = head
}
