package account

import (
	"errors"
	"fmt"

	"confab/chat"
)

// checks collects the first field of a spec that breaks its rule.
type checks struct{ err error }

func (c *checks) text(field, value string, r rule) {
	if c.err != nil || r.ok(value) {
		return
	}
	refusal := chat.Refuse(chat.BadField, "%s: %s is not allowed; allowed: %s.", field, shown(value, r), r.allowed)
	refusal.Field = field
	c.err = refusal
}

func (c *checks) optional(field string, value *string, r rule) {
	if value != nil {
		c.text(field, *value, r)
	}
}

func (c *checks) list(field string, values *[]string, r rule) {
	if values == nil {
		return
	}
	for _, v := range *values {
		c.text(field, v, r)
	}
}

func (c *checks) no(field string, no *int64) { c.number(field, no, 1, maxNo) }

func (c *checks) number(field string, n *int64, from, to int64) {
	if c.err == nil && n != nil && (*n < from || *n > to) {
		refusal := chat.Refuse(chat.BadField, "%s: %d is not allowed; allowed: %s.", field, *n, numberAllowed(from, to))
		refusal.Field = field
		c.err = refusal
	}
}

func numberAllowed(from, to int64) string {
	return fmt.Sprintf("a whole number from %d to %d", from, to)
}

// shown is a value as an error may show it.
func shown(value string, r rule) string {
	if r.secret {
		return "***"
	}
	const most = 80
	if len(value) > most {
		value = value[:most] + "…"
	}
	return quote(value)
}

func (s AccountSpec) check() error {
	var c checks
	c.text("id", string(s.ID), idRule())
	c.optional("vanityId", s.VanityID, emptyOr(idRule()))
	c.optional("name", s.Name, nameRule())
	c.list("hosts", s.Hosts, hostRule())
	c.list("allowedOrigins", s.AllowedOrigins, originRule())
	c.number("idleCloseMinutes", s.IdleCloseMinutes, 0, MaxIdleCloseMinutes)
	c.optional("chatLogTo", s.ChatLogTo, emptyOr(emailRule()))
	if s.Privacy.Addresses != nil {
		c.text("privacy.addresses", string(*s.Privacy.Addresses), addressesRule())
	}
	if s.Privacy.Queries != nil {
		c.text("privacy.queries", string(*s.Privacy.Queries), queriesRule())
	}
	c.number("privacy.forgetAnonymousDays", s.Privacy.ForgetAnonymousDays, 0, MaxForgetAnonymousDays)
	c.widget("widget", s.Widget)
	if s.ServerKey != nil {
		c.text("keys.server", s.ServerKey.Reveal(), keyRule())
	}
	for _, p := range s.Credentials {
		c.text("keys."+p.Kind, p.Public, emptyOr(pairRule(false)))
		c.text("keys."+p.Kind, p.Secret.Reveal(), emptyOr(pairRule(true)))
	}
	errs := []error{c.err}
	for _, ch := range s.Channels {
		errs = append(errs, ch.check())
	}
	for _, g := range s.Groups {
		errs = append(errs, g.check())
	}
	for _, w := range s.Webhooks {
		errs = append(errs, w.check())
	}
	for _, agent := range s.Agents {
		errs = append(errs, agent.check())
	}
	return errors.Join(errs...)
}

func (s ChannelSpec) check() error {
	var c checks
	c.text("widgetId", s.WidgetID, idRule())
	c.optional("name", s.Name, nameRule())
	c.list("safeUrls", s.SafeURLs, safeURLRule())
	c.list("callHours", s.CallHours, hoursRule())
	if s.Calls != nil {
		c.text("calls", string(*s.Calls), callsRule())
	}
	c.widget("widget", s.Widget)
	return c.err
}

func (s GroupSpec) check() error {
	var c checks
	c.text("id", string(s.ID), idRule())
	c.no("no", s.No)
	c.optional("name", s.Name, nameRule())
	return c.err
}

func (s WebhookSpec) check() error {
	var c checks
	c.text("url", s.URL, urlRule())
	if s.NumericIDs != nil && *s.NumericIDs && !HasNumericIDs(s.Dialect) && c.err == nil {
		c.err = noNumericIDs()
	}
	if s.Secret != nil {
		c.text("secret", s.Secret.Reveal(), webhookSecretRule(s.Dialect))
	}
	return c.err
}

func (s AgentSpec) check() error {
	var c checks
	c.text("id", string(s.ID), emptyOr(idRule()))
	c.no("no", s.No)
	c.optional("email", s.Email, emailRule())
	c.optional("name", s.Name, nameRule())
	c.optional("phone", s.Phone, phoneRule())
	c.optional("picture", s.Picture, emptyOr(urlRule()))
	if s.Password != nil {
		c.text("password", s.Password.Reveal(), passwordRule())
	}
	if s.Role != nil {
		c.text("role", string(*s.Role), roleRule())
	}
	if s.SenderProfiles != nil {
		c.profiles(*s.SenderProfiles)
	}
	if s.ID == "" && s.Email == nil && c.err == nil {
		c.err = &chat.Refusal{Code: chat.MissingField, Message: "An agent needs an e-mail address.", Field: "email"}
	}
	return c.err
}

func (c *checks) profiles(list []SenderProfile) {
	ids, defaults := map[string]bool{}, 0
	for i, p := range list {
		at := fmt.Sprintf("senderProfiles[%d].", i)
		c.text(at+"id", p.ID, idRule())
		c.text(at+"name", p.Name, nameRule())
		c.text(at+"email", p.Email, emptyOr(emailRule()))
		c.text(at+"signature", p.Signature, signatureRule())
		if p.Default {
			defaults++
		}
		if c.err == nil && (ids[p.ID] || defaults > 1) {
			c.err = &chat.Refusal{Code: chat.BadField, Message: "Of an agent's sender profiles each has its own id, and one is the default.", Field: at + "id"}
		}
		ids[p.ID] = true
	}
}

func emptyOr(r rule) rule {
	inner := r.ok
	r.ok = func(s string) bool { return s == "" || inner(s) }
	return r
}
