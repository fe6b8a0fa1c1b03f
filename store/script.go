package store

import (
	"context"
	"crypto/sha1"
	"encoding/hex"

	"confab/chat"
)

// Script is a Lua script that runs in the store's batches. Its keys must belong to one account.
type Script struct {
	store     *Store
	name      string
	text, sha string
	answers   shape
}

// Script prepares src. The name says what it does and which version it is ("append 1"): nodes of two versions run
// side by side, and a script that answers differently is another script.
func (s *Store) Script(name, src string) *Script {
	text := "-- " + name + "\n" + src
	sum := sha1.Sum([]byte(text))
	return s.library.add(&Script{store: s, name: name, text: text, sha: hex.EncodeToString(sum[:])})
}

// own is a script of this package, with the shape of its answer.
func (s *Store) own(name, src string, answers shape) *Script {
	sc := s.Script(name, src)
	sc.answers = answers
	return sc
}

func (sc *Script) call(keys []string, args ...any) call {
	list := make([]any, len(keys))
	for i, k := range keys {
		list[i] = k
	}
	return call{script: sc, keys: list, args: args}
}

// Do queues the script for the next batch. done runs on the store's answering goroutine, in the order of Do, and must not block;
// reply is as Redis sent it: int64, string, []any, or nil.
//
// Scripts of one account run in the order of Do. Every server is given all scripts when a connection to it is made, and
// if it loses them (SCRIPT FLUSH, a restart), all that failed run again in order. What remains: plain commands queued
// after a script that failed so have run before it, and while another client loads some of the scripts by hand those
// run at once and the others later.
func (sc *Script) Do(_ chat.AccountID, keys []string, args []any, done func(reply any, err error)) {
	sc.store.submit(func(r []reply) { done(r[0].val, r[0].err) }, sc.call(keys, args...))
}

// Run does the same and waits.
func (sc *Script) Run(ctx context.Context, _ chat.AccountID, keys []string, args ...any) (any, error) {
	return sc.store.ask1(ctx, sc.call(keys, args...))
}

// Command runs one plain command in the next batch and waits for its reply, as Redis sent it.
func (s *Store) Command(ctx context.Context, _ chat.AccountID, args ...any) (any, error) {
	return s.ask1(ctx, command(args...))
}
