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
	"confab/desk"
	"confab/store"
)

const (
	defaultPace = 2 * time.Second
	maxTries    = 8

	// Numbers are given by who asks, and may be anybody's: nobody is to be rung all day for the fun of it.
	callsPerHour = 6
	callsAtOnce  = 3
)

// Options of New. Store, Desk, Accounts and Log are required.
type Options struct {
	Store    *store.Store
	Desk     *desk.Desk
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
	Name    string // what the visitor is called; may be empty
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
	last, err := c.last(ctx, w.Account, of)
	switch {
	case err != nil:
		return last, err
	case last.ID != "" && of.Request == w.Request:
		return last, c.told(ctx, w.Account, last, w.Origin)
	case last.ID != "" && !last.Status.Over():
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
	if call.version, err = c.put(ctx, w.Account, call, 0); err != nil {
		return Call{}, err
	}
	if err := c.claim(ctx, w, of.with(call.ID, w.Request), version); err != nil {
		return Call{}, errors.Join(err, c.remove(ctx, w.Account, call.ID))
	}
	return call, c.told(ctx, w.Account, call, w.Origin)
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
		ID: newID(c.o.IDs, now), Visitor: w.Visitor, Thread: w.Thread, By: chat.Actor{Kind: chat.Visitor, ID: string(w.Visitor), Name: w.Name}, Phone: w.Phone, Status: Begun, Provider: string(kind), CreatedAt: now, ChangedAt: now,
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
	return c.load(ctx, a, id)
}

// Last returns the last call that a visitor asked for. Without an id: there was none.
func (c *Calls) Last(ctx context.Context, a chat.AccountID, v chat.VisitorID) (Call, error) {
	of, _, err := c.caller(ctx, a, v)
	if err != nil {
		return Call{}, err
	}
	return c.last(ctx, a, of)
}

// Set says how a call goes; saying it again changes nothing. Errors: chat.NotFound; chat.Closed if it is over already;
// chat.Conflict if it is further.
func (c *Calls) Set(ctx context.Context, a chat.AccountID, id string, change Change) (Call, error) {
	return c.change(ctx, a, id, func(Call) (Change, bool) { return change, true })
}

// change says of a call what decide makes of it, as it is when that is written, and tells what it returns. What is as it
// was is told again: whoever made it so may have died over it.
func (c *Calls) change(ctx context.Context, a chat.AccountID, id string, decide func(Call) (Change, bool)) (Call, error) {
	for range maxTries {
		call, err := c.load(ctx, a, id)
		if err != nil {
			return Call{}, err
		}
		was, changed := call, false
		if change, wanted := decide(call); wanted {
			if changed, err = call.apply(change, chat.At(c.o.Now())); err != nil {
				return call, err
			}
		}
		if !changed {
			return call, c.told(ctx, a, call, "")
		}
		// First: so the log has the versions in their order, whichever node is slow.
		if err := c.log(ctx, a, was); err != nil {
			return was, err
		}
		call.version, err = c.put(ctx, a, call, call.version)
		if moved := (*store.Moved)(nil); errors.As(err, &moved) {
			continue
		}
		if err != nil {
			return call, err
		}
		// The timer of before stays until the log tells it: whoever finds it due tells it then.
		if err := c.told(ctx, a, call, ""); err != nil || call.Status == was.Status {
			return call, err
		}
		return call, c.schedule(ctx, a, call)
	}
	return Call{}, chat.Refuse(chat.Unavailable, "This call changes too fast; try again.")
}

// told tells the visitor's sockets and the log what a call is.
func (c *Calls) told(ctx context.Context, a chat.AccountID, call Call, origin string) error {
	c.tell(a, call, origin)
	return c.log(ctx, a, call)
}

// tell rings for the visitor's sockets at all nodes; those who have heard pass it over.
func (c *Calls) tell(a chat.AccountID, call Call, origin string) {
	data, err := json.Marshal(call.News())
	if err != nil {
		panic("calls: " + err.Error()) // texts only
	}
	c.o.Store.Ring(a, store.BellCall, "", origin, data)
}

// log has the thread's log tell how the call goes, once for each version of it.
func (c *Calls) log(ctx context.Context, a chat.AccountID, call Call) error {
	err := c.o.Desk.Call(ctx, a, call.Thread, call.Visitor, call.By, chat.ClientMessageID(fmt.Sprintf("%s-%d", call.ID, call.version)), chat.Call{
		ID: call.ID, Phone: call.Phone, Status: string(call.Status), Reason: call.Reason, RecordURL: call.RecordURL,
		CreatedAt: call.CreatedAt, AgentAt: call.AgentAt, ClientAt: call.ClientAt, EndedAt: call.EndedAt,
	})
	if err == nil || isNotFound(err) { // the thread was erased
		return nil
	}
	return fmt.Errorf("tell of call %s: %w", call.ID, err)
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
