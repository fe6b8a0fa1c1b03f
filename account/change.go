package account

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"confab/auth"
	"confab/chat"
	"confab/store"
)

const maxServerKeys = 10

// Create makes an account as the spec says, its agents included. Errors: chat.Conflict if it exists or a name is in
// use, chat.BadField, chat.MissingField.
func (a *Accounts) Create(ctx context.Context, spec AccountSpec) (*Account, error) {
	return a.put(ctx, spec, func(exists bool) error {
		if exists {
			return chat.Refuse(chat.Conflict, "The account %s exists already.", quote(string(spec.ID)))
		}
		return nil
	})
}

// Update brings an account to what the spec says, its agents included; what the spec does not name stays. Errors:
// chat.NotFound, chat.Conflict if a name is in use, chat.BadField, chat.MissingField.
func (a *Accounts) Update(ctx context.Context, spec AccountSpec) (*Account, error) {
	return a.put(ctx, spec, func(exists bool) error {
		if !exists {
			return noAccount()
		}
		return nil
	})
}

// Apply brings every account that b names to what it says, and creates what is missing. Doing it again, or on
// several nodes at once, changes nothing more.
func (a *Accounts) Apply(ctx context.Context, b Bootstrap) error {
	for _, spec := range b.Accounts {
		if _, err := a.put(ctx, spec, func(bool) error { return nil }); err != nil {
			return fmt.Errorf("account %s: %w", spec.ID, err)
		}
	}
	return nil
}

// put is the one way in which an account changes.
func (a *Accounts) put(ctx context.Context, spec AccountSpec, may func(exists bool) error) (*Account, error) {
	if err := spec.check(); err != nil {
		return nil, err
	}
	if err := a.changeAccount(ctx, spec.ID, may, func(d *accountDoc) error { return a.bring(ctx, d, spec) }); err != nil {
		return nil, err
	}
	for _, agent := range spec.Agents {
		if _, err := a.putAgent(ctx, spec.ID, agent, anyAgent); err != nil {
			return nil, fmt.Errorf("agent %s: %w", agent.label(), err)
		}
	}
	return a.read(ctx, spec.ID)
}

// changeAccount claims the names of the changed account before it writes it, and gives back those it lost after.
func (a *Accounts) changeAccount(ctx context.Context, id chat.AccountID, may func(exists bool) error, change func(*accountDoc) error) error {
	var before, after accountDoc
	changed, err := a.changeDoc(ctx, id, kindAccount, string(id), func(data []byte) ([]byte, error) {
		before, after = accountDoc{}, newAccountDoc(id)
		if data != nil {
			if err := decodeTwice(data, &before, &after); err != nil {
				return nil, fmt.Errorf("read account %s: %w", id, err)
			}
		}
		if err := may(data != nil); err != nil {
			return nil, err
		}
		if err := change(&after); err != nil {
			return nil, err
		}
		if err := a.claimAll(ctx, &after); err != nil {
			return nil, err
		}
		return encode(after), errors.Join(a.watchIdle(ctx, &before, &after), a.want(ctx, &after))
	})
	if err != nil {
		return err
	}
	if changed {
		a.settled(ctx, &before, &after)
	}
	return nil
}

func newAccountDoc(id chat.AccountID) accountDoc {
	return accountDoc{
		ID: id, Name: string(id), Hosts: []string{}, AllowedOrigins: []string{}, Channels: []Channel{}, Groups: []Group{},
		Webhooks: []webhookDoc{}, Keys: []keyDoc{}, Credentials: []credentialDoc{}, CreatedAt: chat.At(time.Now()),
	}
}

func decodeTwice(data []byte, x, y *accountDoc) error {
	*y = accountDoc{}
	if err := json.Unmarshal(data, x); err != nil {
		return err
	}
	return json.Unmarshal(data, y)
}

// settled gives names back and tells all nodes.
func (a *Accounts) settled(ctx context.Context, before, after *accountDoc) {
	kept := after.names()
	for _, n := range before.names() {
		if !slices.Contains(kept, n) {
			a.release(ctx, n.index, n.value, string(after.ID))
		}
	}
	a.Invalidate(after.ID)
	a.store.Ring(after.ID, store.BellSettings, "", "", nil)
}

// name is one that must be unique among all accounts.
type name struct{ index, value string }

func (d *accountDoc) names() []name {
	if d.ID == "" {
		return nil
	}
	names := []name{{indexName, string(d.ID)}}
	if d.VanityID != "" && d.VanityID != string(d.ID) {
		names = append(names, name{indexName, d.VanityID})
	}
	for _, h := range d.Hosts {
		names = append(names, name{indexHost, h})
	}
	for _, c := range d.Channels {
		names = append(names, name{indexWidget, c.WidgetID})
	}
	for _, k := range d.Keys {
		names = append(names, name{indexKey, k.Mark})
	}
	for _, c := range d.Credentials {
		if c.Public == "" {
			continue
		}
		names = append(names, name{indexCredential + c.Kind, c.Public})
	}
	return names
}

func (a *Accounts) claimAll(ctx context.Context, d *accountDoc) error {
	for _, n := range d.names() {
		err := a.claim(ctx, n.index, n.value, string(d.ID), func(ctx context.Context, other string) (bool, error) {
			doc, _, err := a.load(ctx, chat.AccountID(other))
			if isNotFound(err) {
				return false, nil
			}
			return err == nil && slices.Contains(doc.names(), n), err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// bring writes what the spec says into the document.
func (a *Accounts) bring(ctx context.Context, d *accountDoc, s AccountSpec) error {
	set(&d.VanityID, s.VanityID)
	set(&d.Name, s.Name)
	set(&d.AllowedOrigins, s.AllowedOrigins)
	set(&d.IdleCloseMinutes, s.IdleCloseMinutes)
	set(&d.ChatLogTo, s.ChatLogTo)
	set(&d.Privacy.Addresses, s.Privacy.Addresses)
	set(&d.Privacy.Queries, s.Privacy.Queries)
	set(&d.Privacy.ForgetAnonymousDays, s.Privacy.ForgetAnonymousDays)
	set(&d.Widget, s.Widget)
	if s.Hosts != nil {
		d.Hosts = []string{}
		for _, h := range *s.Hosts {
			if h = foldHost(h); !slices.Contains(d.Hosts, h) {
				d.Hosts = append(d.Hosts, h)
			}
		}
	}
	a.bringKeys(d, s)
	for _, c := range s.Channels {
		d.bringChannel(c)
	}
	for _, w := range s.Webhooks {
		a.bringWebhook(d, w)
	}
	for _, g := range s.Groups {
		if err := a.bringGroup(ctx, d, g); err != nil {
			return err
		}
	}
	return nil
}

func (d *accountDoc) bringChannel(s ChannelSpec) {
	i := slices.IndexFunc(d.Channels, func(c Channel) bool { return c.WidgetID == s.WidgetID })
	if i < 0 {
		i = len(d.Channels)
		d.Channels = append(d.Channels, Channel{WidgetID: s.WidgetID, Name: d.Name, SafeURLs: []string{}, Calls: CallsOff})
	}
	set(&d.Channels[i].Name, s.Name)
	set(&d.Channels[i].SafeURLs, s.SafeURLs)
	set(&d.Channels[i].Calls, s.Calls)
	set(&d.Channels[i].Widget, s.Widget)
	set(&d.Channels[i].CallHours, s.CallHours)
}

func (a *Accounts) bringGroup(ctx context.Context, d *accountDoc, s GroupSpec) error {
	i := slices.IndexFunc(d.Groups, func(g Group) bool { return g.ID == s.ID })
	numbered := func(no int64) bool {
		return slices.ContainsFunc(d.Groups, func(g Group) bool { return g.No == no && g.ID != s.ID })
	}
	if s.No != nil && numbered(*s.No) {
		return chat.Refuse(chat.Conflict, "Another group has the number %d.", *s.No)
	}
	if i < 0 {
		g := Group{ID: s.ID, Name: string(s.ID)}
		if s.No == nil {
			no, err := a.freeNo(ctx, d.ID, "group", numbered)
			if err != nil {
				return err
			}
			g.No = no
		}
		i = len(d.Groups)
		d.Groups = append(d.Groups, g)
	}
	set(&d.Groups[i].No, s.No)
	set(&d.Groups[i].Name, s.Name)
	return nil
}

// freeNo draws the account's next number of a kind that nobody chose by hand.
func (a *Accounts) freeNo(ctx context.Context, account chat.AccountID, what string, used func(int64) bool) (int64, error) {
	for {
		no, err := a.store.NextNo(ctx, account, what)
		if err != nil {
			return 0, fmt.Errorf("number a %s: %w", what, err)
		}
		if !used(no) {
			return no, nil
		}
	}
}

func (a *Accounts) bringWebhook(d *accountDoc, s WebhookSpec) {
	id := auth.HashToken(s.Dialect + " " + s.URL)[:17]
	i := slices.IndexFunc(d.Webhooks, func(w webhookDoc) bool { return w.ID == id })
	if i < 0 {
		i = len(d.Webhooks)
		d.Webhooks = append(d.Webhooks, webhookDoc{ID: id, Dialect: s.Dialect, URL: s.URL, CreatedAt: chat.At(time.Now())})
	}
	w := &d.Webhooks[i]
	set(&w.NumericIDs, s.NumericIDs)
	switch {
	case s.Secret != nil:
		a.setWebhookSecret(d, w, *s.Secret)
	case w.Dialect == DialectNative && w.Sealed == "":
		a.setWebhookSecret(d, w, newWebhookSecret())
	}
}

// reseal keeps the sealed text if it holds the secret already: sealing anew would look like a change.
func (a *Accounts) reseal(d *accountDoc, what, sealed string, secret auth.Secret) string {
	if held, err := a.box.Open(sealed, d.place(what)); err == nil && held.Equal(secret) {
		return sealed
	}
	return a.box.Seal(secret, d.place(what))
}

func set[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}
