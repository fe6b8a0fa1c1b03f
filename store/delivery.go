package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"confab/chat"
)

// DeliveryState tells where a delivery is.
type DeliveryState string

const (
	DeliveryWaiting DeliveryState = "waiting" // for its turn, or to be tried again
	DeliveryDone    DeliveryState = "delivered"
	DeliveryParked  DeliveryState = "parked" // it was given up
)

// Delivery is one thing to be told to a target, and how that went.
type Delivery struct {
	ID           string
	N            int64 // its number in the account, rising
	Target, Kind string
	Type         string
	Thread       chat.ThreadID
	Conversation chat.ConversationID
	Body         []byte
	CreatedAt    chat.Millis

	State   DeliveryState
	Tries   int         // that have ended, since it was made or sent again
	Replays int         // how often it was sent again by hand
	TriedAt chat.Millis // when the last try ended
	DueAt   chat.Millis // when it may be tried again
	EndedAt chat.Millis // when it was delivered or parked
	Status  int         // of HTTP, of the last try
	Error   string      // a sentence, of the last try
	TookMs  int64       // the last try, milliseconds
}

func (s *Store) toldKey(a chat.AccountID, target string, t chat.ThreadID) string {
	return s.Key(a, "told", target, string(t))
}
func (s *Store) deliveriesKey(a chat.AccountID) string      { return s.Key(a, "deliveries") }
func (s *Store) deliveriesCountKey(a chat.AccountID) string { return s.Key(a, "deliveries", "n") }
func (s *Store) threadDeliveriesKey(a chat.AccountID, t chat.ThreadID) string {
	return s.Key(a, "deliveries", "t", string(t))
}
func (s *Store) deliveryKey(a chat.AccountID, id string) string { return s.Key(a, "delivery", id) }
func (s *Store) endedKey(a chat.AccountID) string               { return s.Key(a, "deliveries", "ended") }
func (s *Store) targetsKey(a chat.AccountID) string             { return s.Key(a, "deliveries", "targets") }
func (s *Store) targetKey(a chat.AccountID, target string) string {
	return s.Key(a, "to", target)
}
func (s *Store) lineKey(a chat.AccountID, target string, t chat.ThreadID) string {
	return s.Key(a, "to", target, "q", string(t))
}
func (s *Store) waitingKey(a chat.AccountID, target string) string {
	return s.Key(a, "to", target, "waiting")
}
func (s *Store) dueKey(a chat.AccountID, target string) string { return s.Key(a, "to", target, "due") }
func (s *Store) busyKey(a chat.AccountID, target string) string {
	return s.Key(a, "to", target, "busy")
}

// deliveryFields are read in this order.
var deliveryFields = []any{"n", "target", "kind", "type", "thread", "conversation", "body", "created",
	"state", "tries", "replays", "tried", "due", "ended", "status", "error", "took"}

func parseDelivery(id string, f []string) Delivery {
	at := func(i int) chat.Millis { return chat.Millis(integer(f[i])) }
	return Delivery{
		ID: id, N: integer(f[0]), Target: f[1], Kind: f[2], Type: f[3], Thread: chat.ThreadID(f[4]),
		Conversation: chat.ConversationID(f[5]), Body: []byte(f[6]), CreatedAt: at(7),
		State: DeliveryState(f[8]), Tries: int(integer(f[9])), Replays: int(integer(f[10])),
		TriedAt: at(11), DueAt: at(12), EndedAt: at(13), Status: int(integer(f[14])), Error: f[15], TookMs: integer(f[16]),
	}
}

func (s *Store) deliveryCall(a chat.AccountID, id string) call {
	return command(append([]any{"HMGET", s.deliveryKey(a, id)}, deliveryFields...)...)
}

// Delivery reads one. Errors: chat.NotFound.
func (s *Store) Delivery(ctx context.Context, account chat.AccountID, id string) (Delivery, error) {
	if !plain(id) || len(id) > 128 {
		return Delivery{}, noDelivery()
	}
	val, err := s.ask1(ctx, s.deliveryCall(account, id))
	if err != nil {
		return Delivery{}, fmt.Errorf("read delivery %s: %w", id, err)
	}
	d := parseDelivery(id, texts(val))
	if d.State == "" {
		return Delivery{}, noDelivery()
	}
	return d, nil
}

func noDelivery() error { return chat.Refuse(chat.NotFound, "There is no such delivery.") }

// DeliveryFilter says which deliveries a list has. Empty fields do not matter.
type DeliveryFilter struct {
	Target string
	Thread chat.ThreadID
	State  DeliveryState
}

func (f DeliveryFilter) has(d *Delivery) bool {
	return d.State != "" && (f.Target == "" || f.Target == d.Target) && (f.State == "" || f.State == d.State) &&
		(f.Thread == "" || f.Thread == d.Thread)
}

const (
	scanStep  = 100 // deliveries read at once
	scanSteps = 10  // at most for one page
)

// Deliveries lists the newest first, at most limit, after the value that the page before gave as next; "" is next after
// the last. A page may be shorter than limit although more follow.
func (s *Store) Deliveries(ctx context.Context, account chat.AccountID, f DeliveryFilter, after string, limit int) (page []Delivery, next string, err error) {
	index := s.deliveriesKey(account)
	if f.Thread != "" {
		if err := checkID("thread", string(f.Thread)); err != nil {
			return nil, "", err
		}
		index = s.threadDeliveriesKey(account, f.Thread)
	}
	from := "+inf"
	if after != "" {
		n, err := strconv.ParseInt(after, 10, 64)
		if err != nil || n < 1 {
			return nil, "", &chat.Refusal{Code: chat.BadField, Message: "No page of deliveries ends there.", Field: "after"}
		}
		from = "(" + after
	}
	for range scanSteps {
		val, err := s.ask1(ctx, command("ZREVRANGEBYSCORE", index, from, "-inf", "WITHSCORES", "LIMIT", 0, scanStep))
		if err != nil {
			return nil, "", fmt.Errorf("list deliveries: %w", err)
		}
		ids, numbers := pairs(texts(val))
		some, err := s.readDeliveries(ctx, account, ids)
		if err != nil {
			return nil, "", err
		}
		for i := range some {
			if f.has(&some[i]) {
				page = append(page, some[i])
			}
			if len(page) == limit {
				return page, numbers[i], nil
			}
		}
		if len(ids) < scanStep {
			return page, "", nil
		}
		next = numbers[len(numbers)-1]
		from = "(" + next
	}
	return page, next, nil
}

// DeliveriesBetween returns ids of a target's deliveries that are over and were made from since until before until, rising,
// those of a state only if one is named.
func (s *Store) DeliveriesBetween(ctx context.Context, account chat.AccountID, f DeliveryFilter, since, until chat.Millis) ([]string, error) {
	var found []string
	from := "+inf"
	for {
		val, err := s.ask1(ctx, command("ZREVRANGEBYSCORE", s.deliveriesKey(account), from, "-inf", "WITHSCORES", "LIMIT", 0, scanStep))
		if err != nil {
			return nil, fmt.Errorf("look for deliveries: %w", err)
		}
		ids, numbers := pairs(texts(val))
		some, err := s.readDeliveries(ctx, account, ids)
		if err != nil {
			return nil, err
		}
		early := false
		for i := range some {
			d := &some[i]
			early = early || d.State != "" && d.CreatedAt < since
			if f.has(d) && d.State != DeliveryWaiting && d.CreatedAt >= since && d.CreatedAt < until {
				found = append(found, d.ID)
			}
		}
		if early || len(ids) < scanStep {
			slices.Reverse(found)
			return found, nil
		}
		from = "(" + numbers[len(numbers)-1]
	}
}

func (s *Store) readDeliveries(ctx context.Context, account chat.AccountID, ids []string) ([]Delivery, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	calls := make([]call, len(ids))
	for i, id := range ids {
		calls[i] = s.deliveryCall(account, id)
	}
	vals, err := s.ask(ctx, calls...)
	if err != nil {
		return nil, fmt.Errorf("read %d deliveries: %w", len(ids), err)
	}
	list := make([]Delivery, len(ids))
	for i, val := range vals {
		list[i] = parseDelivery(ids[i], texts(val))
	}
	return list, nil
}

// pairs takes apart what Redis answers WITHSCORES. Scores are whole numbers.
func pairs(flat []string) (members, scores []string) {
	for i := 0; i+1 < len(flat); i += 2 {
		members, scores = append(members, flat[i]), append(scores, whole(flat[i+1]))
	}
	return members, scores
}

// whole is a score as a whole number in full, for Redis writes large ones with an exponent.
func whole(score string) string {
	if _, err := strconv.ParseInt(score, 10, 64); err == nil {
		return score
	}
	f, err := strconv.ParseFloat(score, 64)
	if err != nil {
		return "0"
	}
	return strconv.FormatInt(int64(f), 10)
}

// Target tells how a target answered of late.
type Target struct {
	Fails       int         // in a row, each of another thread than the one before
	ProbeAt     chat.Millis // when it is asked next, if it rests
	Status      int         // of the last try
	Error       string      // of the last try that failed
	ErrorAt     chat.Millis
	DeliveredAt chat.Millis // the last
	Waiting     int64       // deliveries
	Oldest      chat.Millis // since when the first of them waits; 0: none does
	Busy        int64       // under way
}

// Target reads it. One that nothing was ever for is all zero.
func (s *Store) Target(ctx context.Context, account chat.AccountID, target string) (Target, error) {
	vals, err := s.ask(ctx,
		command("HMGET", s.targetKey(account, target), "fails", "probe", "status", "error", "errorAt", "delivered"),
		command("ZCARD", s.waitingKey(account, target)),
		command("ZRANGE", s.waitingKey(account, target), 0, 0, "WITHSCORES"),
		command("ZCARD", s.busyKey(account, target)))
	if err != nil {
		return Target{}, fmt.Errorf("read target %s: %w", target, err)
	}
	f := texts(vals[0])
	t := Target{Fails: int(integer(f[0])), ProbeAt: chat.Millis(integer(f[1])), Status: int(integer(f[2])), Error: f[3],
		ErrorAt: chat.Millis(integer(f[4])), DeliveredAt: chat.Millis(integer(f[5]))}
	t.Waiting, _ = vals[1].(int64)
	if _, since := pairs(texts(vals[2])); len(since) == 1 {
		t.Oldest = chat.Millis(integer(since[0]))
	}
	t.Busy, _ = vals[3].(int64)
	return t, nil
}

// Targets are those that were ever told of a thread, also if they are no more.
func (s *Store) Targets(ctx context.Context, account chat.AccountID) ([]string, error) {
	val, err := s.ask1(ctx, command("SMEMBERS", s.targetsKey(account)))
	if err != nil {
		return nil, fmt.Errorf("list targets of %s: %w", account, err)
	}
	return texts(val), nil
}

// FirstWaiting is the first that waits in a thread for a target. Errors: chat.NotFound if none does.
func (s *Store) FirstWaiting(ctx context.Context, account chat.AccountID, target string, thread chat.ThreadID) (Delivery, error) {
	for range 3 {
		val, err := s.ask1(ctx, command("ZRANGE", s.lineKey(account, target, thread), 0, 0))
		if err != nil {
			return Delivery{}, fmt.Errorf("first for %s in %s: %w", target, thread, err)
		}
		ids := texts(val)
		if len(ids) == 0 {
			return Delivery{}, noDelivery()
		}
		d, err := s.Delivery(ctx, account, ids[0])
		if err == nil || !errors.Is(err, &chat.Refusal{Code: chat.NotFound}) {
			return d, err
		}
		// It was erased just now, with its place in the line.
	}
	return Delivery{}, noDelivery()
}
