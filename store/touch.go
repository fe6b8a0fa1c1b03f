package store

import (
	"sync"
	"time"

	"confab/chat"
)

const (
	touchDelay = time.Second // for which touches gather
	touchBatch = 128         // of one script, which nothing else runs beside
)

const touchVisitorsLua = `
-- KEYS visitors  ARGV when each was seen. Answers how many of them were not known to have been seen as late.
local risen = 0
for i, key in ipairs(KEYS) do
  local was = redis.call('HGET', key, 'seenAt')
  if was and tonumber(was) < tonumber(ARGV[i]) then
    redis.call('HSET', key, 'seenAt', ARGV[i])
    risen = risen + 1
  end
end
return risen`

// touch is a visitor who was seen.
type touch struct {
	account chat.AccountID
	visitor chat.VisitorID
	at      chat.Millis
	done    func(error)
}

// touches gathers who was seen: a write each, for all who come back after a node died, would be a sync of Redis' log in
// every batch in which others read. Safe for concurrent use.
type touches struct {
	mu      sync.Mutex
	waiting []touch
	timer   *time.Timer // nil: nothing waits
}

// TouchVisitor notes when a visitor was seen last, if there still is such a visitor, within about a second. done runs
// like Append's.
func (s *Store) TouchVisitor(account chat.AccountID, id chat.VisitorID, at chat.Millis, done func(error)) {
	t := &s.touches
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waiting = append(t.waiting, touch{account, id, at, done})
	if t.timer == nil {
		t.timer = time.AfterFunc(touchDelay, s.writeTouches)
	}
}

// writeTouches queues what has gathered.
func (s *Store) writeTouches() {
	t := &s.touches
	t.mu.Lock()
	waiting := t.waiting
	if t.timer != nil {
		t.timer.Stop()
	}
	t.waiting, t.timer = nil, nil
	t.mu.Unlock()
	byAccount := map[chat.AccountID][]touch{}
	for _, w := range waiting {
		byAccount[w.account] = append(byAccount[w.account], w)
		if all := byAccount[w.account]; len(all) == touchBatch {
			s.writeTouched(all)
			delete(byAccount, w.account)
		}
	}
	for _, all := range byAccount {
		s.writeTouched(all)
	}
}

// writeTouched queues the touches of one account.
func (s *Store) writeTouched(all []touch) {
	keys, args := make([]string, len(all)), make([]any, len(all))
	for i, w := range all {
		keys[i], args[i] = s.visitorKey(w.account, w.visitor), int64(w.at)
	}
	s.submit(func(r []reply) {
		for _, w := range all {
			w.done(r[0].err)
		}
	}, s.scripts.touchVisitors.call(keys, args...))
}
