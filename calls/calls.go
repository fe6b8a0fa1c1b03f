package calls

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	"confab/account"
	"confab/chat"
	"confab/store"
)

const (
	defaultPace = 2 * time.Second
	maxTries    = 8

	// Numbers are given by who asks, and may be anybody's: nobody is to be rung all day for the fun of it.
	callsPerHour = 6
	callsAtOnce  = 3
)

// Options of New. Store, Accounts and Log are required.
type Options struct {
	Store    *store.Store
	Accounts *account.Accounts
	IDs      chat.IDs
	Log      *zap.Logger
	Now      func() time.Time // nil: time.Now
	Pace     time.Duration    // between two steps of a rehearsed call; 0: 2 s
}

// Calls is the only door to calls. Safe for concurrent use.
type Calls struct{ o Options }

// New returns the calls of a store.
func New(o Options) *Calls {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Pace == 0 {
		o.Pace = defaultPace
	}
	return &Calls{o}
}

// Wish is what a visitor asks for. The same Request of the same visitor is the same wish.
type Wish struct {
	Account chat.AccountID
	Channel string // widget id; "": any of the account's that offers calls
	Visitor chat.VisitorID
	Thread  chat.ThreadID
	Request chat.RequestID
	Phone   string // + and digits
	Origin  string // the connection it came from: the bell names it
}

// Start begins a call. Errors: chat.Unsupported if calls are off; chat.Forbidden if it is not their time; chat.Conflict if this visitor has one; chat.BadField;
// chat.RateLimited.
func (c *Calls) Start(ctx context.Context, w Wish) (Call, error) {
	kind, err := c.offered(ctx, w)
	if err != nil {
		return Call{}, err
	}
	if err := CheckPhone(w.Phone); err != nil {
		return Call{}, err
	}
	for range maxTries {
		call, err := c.begin(ctx, w, kind)
		if moved := (*store.Moved)(nil); errors.As(err, &moved) {
			continue // the same visitor, somewhere else, at the same moment
		}
		return call, err
	}
	return Call{}, chat.Refuse(chat.Unavailable, "This visitor asks for too many calls at once; try again.")
}

// offered returns how the channel offers calls.
func (c *Calls) offered(ctx context.Context, w Wish) (account.Calls, error) {
	owner, err := c.o.Accounts.Account(ctx, w.Account)
	if err != nil {
		return "", err
	}
	closed := false
	for _, ch := range owner.Channels {
		if w.Channel != "" && ch.WidgetID != w.Channel || c.provider(ch.Calls) == nil {
			continue
		}
		if ch.CallsNow(c.o.Now()) {
			return ch.Calls, nil
		}
		closed = true
	}
	if closed {
		return "", chat.Refuse(chat.Forbidden, "Nobody calls at this time.")
	}
	return "", chat.Refuse(chat.Unsupported, "Calls are switched off.")
}

// begin keeps the call first and claims the visitor after: what dies in between ends as one that nobody answered.
func (c *Calls) begin(ctx context.Context, w Wish, kind account.Calls) (Call, error) {
	of, version, err := c.caller(ctx, w.Account, w.Visitor)
	if err != nil {
		return Call{}, err
	}
	if last, err := c.last(ctx, w.Account, of); err != nil || last.ID != "" && of.Request == w.Request {
		return last, err
	} else if last.ID != "" && !last.Status.Over() {
		return Call{}, chat.Refuse(chat.Conflict, "A call is going on already.")
	}
	if err := c.allow(ctx, w); err != nil {
		return Call{}, err
	}
	call, err := c.fresh(ctx, w, kind)
	if err != nil {
		return Call{}, err
	}
	if err := c.schedule(ctx, w.Account, call); err != nil {
		return Call{}, err
	}
	if _, err := c.put(ctx, w.Account, call, 0); err != nil {
		return Call{}, err
	}
	if err := c.claim(ctx, w, of.with(call.ID, w.Request), version); err != nil {
		return Call{}, errors.Join(err, c.remove(ctx, w.Account, call.ID))
	}
	c.tell(w.Account, call, w.Origin)
	return call, nil
}

func (c *Calls) allow(ctx context.Context, w Wish) error {
	ok, _, err := c.o.Store.Limit(ctx, w.Account, "calls:"+string(w.Visitor), callsPerHour/time.Hour.Seconds(), callsAtOnce)
	if err == nil && !ok {
		err = chat.Refuse(chat.RateLimited, "Too many calls; try later.")
	}
	return err
}

func (c *Calls) fresh(ctx context.Context, w Wish, kind account.Calls) (Call, error) {
	now := chat.At(c.o.Now())
	call := Call{
		ID: newID(c.o.IDs, now), Visitor: w.Visitor, Phone: w.Phone, Status: Begun, Provider: string(kind), CreatedAt: now, ChangedAt: now,
	}
	t, err := c.o.Store.LoadThread(ctx, w.Account, w.Thread)
	if err != nil && !isNotFound(err) {
		return Call{}, err
	}
	if t.Conversation != nil && t.Conversation.State != chat.Over {
		call.Conversation = t.Conversation.ID
	}
	return call, nil
}

// Get returns a call. Errors: chat.NotFound.
func (c *Calls) Get(ctx context.Context, a chat.AccountID, id string) (Call, error) {
	call, _, err := c.load(ctx, a, id)
	return call, err
}

// Set says how a call goes; saying it again changes nothing. Errors: chat.NotFound; chat.Closed if it is over already;
// chat.Conflict if it is further.
func (c *Calls) Set(ctx context.Context, a chat.AccountID, id string, change Change) (Call, error) {
	return c.change(ctx, a, id, func(Call) (Change, bool) { return change, true })
}

// change says of a call what decide makes of it, as it is when that is written.
func (c *Calls) change(ctx context.Context, a chat.AccountID, id string, decide func(Call) (Change, bool)) (Call, error) {
	for range maxTries {
		call, version, err := c.load(ctx, a, id)
		if err != nil {
			return Call{}, err
		}
		was := call.Status
		change, wanted := decide(call)
		if !wanted {
			return call, nil
		}
		changed, err := call.apply(change, chat.At(c.o.Now()))
		if err != nil || !changed {
			return call, err
		}
		_, err = c.put(ctx, a, call, version)
		if moved := (*store.Moved)(nil); errors.As(err, &moved) {
			continue
		}
		if err != nil || call.Status == was {
			return call, err
		}
		c.tell(a, call, "")
		return call, c.schedule(ctx, a, call)
	}
	return Call{}, chat.Refuse(chat.Unavailable, "This call changes too fast; try again.")
}

// tell rings for the visitor's sockets at all nodes.
func (c *Calls) tell(a chat.AccountID, call Call, origin string) {
	data, err := json.Marshal(News{Visitor: call.Visitor, ID: call.ID, Status: call.Status, Reason: call.Reason})
	if err != nil {
		panic("calls: " + err.Error()) // texts only
	}
	c.o.Store.Ring(a, store.BellCall, "", origin, data)
}

// Forget erases all calls of a visitor.
func (c *Calls) Forget(ctx context.Context, a chat.AccountID, v chat.VisitorID) error {
	of, _, err := c.caller(ctx, a, v)
	if err != nil {
		return err
	}
	for _, id := range of.Calls {
		if err := c.remove(ctx, a, id); err != nil {
			return fmt.Errorf("forget the calls of %s: %w", v, err)
		}
	}
	return c.o.Store.DeleteDoc(ctx, a, kindCaller, string(v))
}

func isNotFound(err error) bool { return errors.Is(err, &chat.Refusal{Code: chat.NotFound}) }
