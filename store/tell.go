package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"confab/chat"
)

// Told is how far a target was told of a thread.
type Told struct {
	Version string // an identity; "" if nothing was told yet
	Cursor  chat.Cursor
	Known   []chat.Cursor // earlier positions, newest first
	State   json.RawMessage
}

// Told reads it.
func (s *Store) Told(ctx context.Context, account chat.AccountID, target string, thread chat.ThreadID) (Told, error) {
	val, err := s.ask1(ctx, command("HMGET", s.toldKey(account, target, thread), "v", "seq", "eid", "known", "state"))
	if err != nil {
		return Told{}, fmt.Errorf("what %s was told of %s: %w", target, thread, err)
	}
	f := texts(val)
	t := Told{Version: f[0], Cursor: chat.Cursor{Seq: chat.Seq(integer(f[1])), EID: chat.EntryID(f[2])}, Known: parseCursors(f[3])}
	if f[4] != "" {
		t.State = json.RawMessage(f[4])
	}
	return t, nil
}

func parseCursors(kept string) (list []chat.Cursor) {
	f := strings.Fields(kept)
	for i := 0; i+1 < len(f); i += 2 {
		list = append(list, chat.Cursor{Seq: chat.Seq(integer(f[i])), EID: chat.EntryID(f[i+1])})
	}
	return list
}

func formatCursors(list []chat.Cursor) string {
	var b strings.Builder
	for i, c := range list {
		if i > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%d %s", c.Seq, c.EID)
	}
	return b.String()
}

// Telling is a step that a target is told of a thread: what it is told, and how far it will have been told then.
type Telling struct {
	Account      chat.AccountID
	Target, Kind string
	Thread       chat.ThreadID
	Was          Told
	Next         Told       // with a fresh Version
	Deliveries   []Delivery // ID, Type, Conversation and Body are set
	// MostWaiting is how many may wait for the target; what comes on top is parked at once.
	MostWaiting int
}

var (
	// ErrToldMoved refuses a Telling that begins elsewhere than the target was told by now.
	ErrToldMoved = errors.New("the target was told more meanwhile")
	// ErrToldBehind refuses one that goes up to an entry that is not in the log any more.
	ErrToldBehind = errors.New("the log is another by now")
)

const tellLua = `
-- KEYS 1 record  2 thread  3 log  4 line  5 due  6 busy  7 waiting  8 deliveries  9 their count  10 those of the thread
--      11 ended  12 targets, then one for each delivery
-- ARGV 1 version that is expected  2 next version  3 seq  4 eid  5 known  6 state  7 target  8 kind  9 thread  10 how many may
--      wait, then for each delivery: id, type, conversation, body
-- Answers {'ok', how many were parked}, {'moved'}, {'behind'}, {'erased'}.
local call, format = redis.call, string.format
if call('HGET', KEYS[2], 'erased') then return {'erased'} end
local was = call('HMGET', KEYS[1], 'v', 'seq', 'eid')
if (was[1] or '') ~= ARGV[1] then return {'moved'} end
if ARGV[3] ~= '0' and (ARGV[3] ~= was[2] or ARGV[4] ~= was[3]) then
  local entry = call('XRANGE', KEYS[3], ARGV[3] .. '-0', ARGV[3] .. '-0')[1]
  if not entry or string.match(entry[2][2], '^%S+ %S+ (%S+) ') ~= ARGV[4] then return {'behind'} end
end
call('HSET', KEYS[1], 'v', ARGV[2], 'seq', ARGV[3], 'eid', ARGV[4], 'known', ARGV[5], 'state', ARGV[6])
call('SADD', KEYS[12], ARGV[7])
local parked, count = 0, (#ARGV - 10) / 4
if count == 0 then return {'ok', 0} end
local time = call('TIME')
local now = format('%.0f', tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000))
local waiting, most = call('ZCARD', KEYS[7]), tonumber(ARGV[10])
for i = 1, count do
  local a = 7 + 4 * i
  local id = ARGV[a]
  local n = format('%.0f', call('INCR', KEYS[9]))
  call('HSET', KEYS[12 + i], 'n', n, 'target', ARGV[7], 'kind', ARGV[8], 'thread', ARGV[9], 'type', ARGV[a + 1],
    'conversation', ARGV[a + 2], 'body', ARGV[a + 3], 'created', now, 'tries', 0)
  if waiting < most then
    call('HSET', KEYS[12 + i], 'state', 'waiting')
    call('ZADD', KEYS[4], n, id)
    call('ZADD', KEYS[7], now, id)
    waiting = waiting + 1
  else
    call('HSET', KEYS[12 + i], 'state', 'parked', 'ended', now, 'error', 'Too many deliveries waited for this address.')
    call('ZADD', KEYS[11], now, id)
    parked = parked + 1
  end
  call('ZADD', KEYS[8], n, id)
  call('ZADD', KEYS[10], n, id)
end
if parked < count and not call('ZSCORE', KEYS[6], ARGV[9]) and not call('ZSCORE', KEYS[5], ARGV[9]) then
  call('ZADD', KEYS[5], now, ARGV[9])
end
return {'ok', parked}`

// Tell keeps what a target is to be told, and that it will have been, in one step. It returns how many of the deliveries
// were parked at once. Errors: ErrToldMoved, ErrToldBehind; chat.NotFound if the thread was erased.
func (s *Store) Tell(ctx context.Context, t Telling) (parked int, err error) {
	a := t.Account
	keys := []string{
		s.toldKey(a, t.Target, t.Thread), s.threadKey(a, t.Thread), s.logKey(a, t.Thread), s.lineKey(a, t.Target, t.Thread),
		s.dueKey(a, t.Target), s.busyKey(a, t.Target), s.waitingKey(a, t.Target), s.deliveriesKey(a), s.deliveriesCountKey(a),
		s.threadDeliveriesKey(a, t.Thread), s.endedKey(a), s.targetsKey(a),
	}
	args := []any{t.Was.Version, t.Next.Version, int64(t.Next.Cursor.Seq), string(t.Next.Cursor.EID), formatCursors(t.Next.Known),
		string(t.Next.State), t.Target, t.Kind, string(t.Thread), t.MostWaiting}
	for _, d := range t.Deliveries {
		keys = append(keys, s.deliveryKey(a, d.ID))
		args = append(args, d.ID, d.Type, string(d.Conversation), d.Body)
	}
	val, err := s.scripts.tell.Run(ctx, a, keys, args...)
	if err != nil {
		return 0, fmt.Errorf("tell %s of %s: %w", t.Target, t.Thread, err)
	}
	switch f := texts(val); {
	case len(f) == 2 && f[0] == "ok":
		return int(integer(f[1])), nil
	case len(f) == 1 && f[0] == "moved":
		return 0, ErrToldMoved
	case len(f) == 1 && f[0] == "behind":
		return 0, ErrToldBehind
	case len(f) == 1 && f[0] == "erased":
		return 0, chat.Refuse(chat.NotFound, "There is no such thread.")
	}
	return 0, fmt.Errorf("tell %s of %s: %w", t.Target, t.Thread, s.fault(errAnswer))
}
