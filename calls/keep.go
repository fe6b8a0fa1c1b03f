package calls

import (
	"context"
	"encoding/json"
	"fmt"

	"confab/chat"
	"confab/store"
)

const (
	kindCall   = "call"
	kindCaller = "caller" // by visitor

	maxKept = 50 // calls of one visitor; older ones are erased
)

// caller is who has asked for calls, kept so that there is one at a time.
type caller struct {
	Calls   []string       `json:"calls"`   // the last at the end
	Request chat.RequestID `json:"request"` // that led to the last
}

func (c caller) with(id string, request chat.RequestID) caller {
	return caller{append(append([]string(nil), c.Calls...), id), request}
}

func (c *Calls) caller(ctx context.Context, a chat.AccountID, v chat.VisitorID) (caller, int64, error) {
	doc, err := c.o.Store.GetDoc(ctx, a, kindCaller, string(v))
	if isNotFound(err) {
		return caller{}, 0, nil
	}
	if err != nil {
		return caller{}, 0, err
	}
	var of caller
	if err := json.Unmarshal(doc.Data, &of); err != nil {
		return caller{}, 0, fmt.Errorf("calls of %s: %w", v, err)
	}
	return of, doc.Version, nil
}

// last returns the caller's last call; none has no id.
func (c *Calls) last(ctx context.Context, a chat.AccountID, of caller) (Call, error) {
	if len(of.Calls) == 0 {
		return Call{}, nil
	}
	call, err := c.load(ctx, a, of.Calls[len(of.Calls)-1])
	if isNotFound(err) {
		return Call{}, nil
	}
	return call, err
}

// claim makes the newest call the visitor's one. Errors: *store.Moved.
func (c *Calls) claim(ctx context.Context, w Wish, of caller, version int64) error {
	old := of.Calls[:max(0, len(of.Calls)-maxKept)]
	of.Calls = of.Calls[len(old):]
	raw, err := json.Marshal(of)
	if err != nil {
		return fmt.Errorf("encode the calls of %s: %w", w.Visitor, err)
	}
	if _, err := c.o.Store.PutDoc(ctx, w.Account, kindCaller, string(w.Visitor), raw, version); err != nil {
		return err
	}
	for _, id := range old {
		if err := c.o.Store.DeleteDoc(ctx, w.Account, kindCall, id); err != nil {
			return err
		}
	}
	return nil
}

func (c *Calls) load(ctx context.Context, a chat.AccountID, id string) (Call, error) {
	doc, err := c.o.Store.GetDoc(ctx, a, kindCall, id)
	if err != nil {
		return Call{}, err
	}
	return decode(doc)
}

func decode(doc store.Doc) (Call, error) {
	call := Call{version: doc.Version}
	if err := json.Unmarshal(doc.Data, &call); err != nil {
		return Call{}, fmt.Errorf("call %s: %w", doc.ID, err)
	}
	return call, nil
}

func (c *Calls) put(ctx context.Context, a chat.AccountID, call Call, version int64) (int64, error) {
	raw, err := json.Marshal(call)
	if err != nil {
		return 0, fmt.Errorf("encode call %s: %w", call.ID, err)
	}
	return c.o.Store.PutDoc(ctx, a, kindCall, call.ID, raw, version)
}

func (c *Calls) remove(ctx context.Context, a chat.AccountID, id string) error {
	if err := c.o.Store.DeleteDoc(ctx, a, kindCall, id); err != nil {
		return err
	}
	return c.o.Store.TimerClear(ctx, a, TimerKind, id)
}

// An id begins with the time left until the end of this numbering, so that lists of documents, which go by id, have the
// newest first. The rest is random.
const (
	stampLength = 8
	endOfStamps = 55*55*55*55*55*55*55*55 - 1 // milliseconds: a few thousand years
	alphabet    = "23456789ABCDEFGHJKLMNPQRSTWXYZabcdefghijkmnopqrstuvwxyz"
)

func newID(ids chat.IDs, now chat.Millis) string {
	var stamp [stampLength]byte
	left := endOfStamps - int64(now)
	for i := range stamp {
		stamp[stampLength-1-i] = alphabet[left%int64(len(alphabet))]
		left /= int64(len(alphabet))
	}
	return string(stamp[:]) + ids.New()[stampLength:]
}
