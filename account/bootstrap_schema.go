package account

import (
	"slices"
	"strconv"

	"confab/chat"
)

// The keys of the file, level by level. What a dialect calls its credentials is known here and in its own folder only.

const (
	accountKeys = "id, vanityId, name, hosts, allowedOrigins, idleCloseMinutes, chatLogTo, privacy, keys, channels, groups, agents, webhooks, widget"
	privacyKeys = "addresses, queries, forgetAnonymousDays"
	keyKeys     = "server, chatraPublic, chatraSecret"
	channelKeys = "widgetId, name, safeUrls, calls, callHours, widget"
	groupKeys   = "id, no, name"
	agentKeys   = "id, no, email, name, phone, password, role, groups, limited, active, picture, senderProfiles"
	profileKeys = "id, name, email, signature, default"
	webhookKeys = "dialect, url, secret, numericIds"
)

// DialectNative is the dialect of our own webhooks.
const DialectNative = "confab"

// DialectChatra is the kind of the credential that chatraPublic and chatraSecret make.
const DialectChatra = "chatra"

// DialectJivo is the one dialect of webhooks whose receivers have known both texts and numbers as ids.
const DialectJivo = "jivo"

func dialectRule() rule { return oneOf(DialectNative, DialectChatra, DialectJivo) }

// HasNumericIDs tells whether webhooks of the dialect may be sent numbers as ids.
func HasNumericIDs(dialect string) bool { return dialect == DialectJivo }

func (f *file) bootstrap(p place) (b Bootstrap) {
	f.keys(p, "accounts", map[string]func(place){
		"accounts": func(p place) {
			f.each(p, func(p place) { b.Accounts = append(b.Accounts, f.account(p)) })
		},
	})
	return b
}

func (f *file) account(p place) (s AccountSpec) {
	idAt, vanityAt := p, p
	found := f.keys(p, accountKeys, map[string]func(place){
		"id":               func(p place) { idAt, s.ID = p, chat.AccountID(f.text(p, idRule())) },
		"vanityId":         func(p place) { vanityAt, s.VanityID = p, ptr(f.text(p, idRule())) },
		"name":             func(p place) { s.Name = ptr(f.text(p, nameRule())) },
		"hosts":            func(p place) { s.Hosts = f.hosts(p) },
		"allowedOrigins":   func(p place) { s.AllowedOrigins = f.texts(p, originRule()) },
		"idleCloseMinutes": func(p place) { s.IdleCloseMinutes = f.number(p, 0, MaxIdleCloseMinutes) },
		"chatLogTo":        func(p place) { s.ChatLogTo = ptr(f.text(p, emptyOr(emailRule()))) },
		"privacy":          func(p place) { s.Privacy = f.privacy(p) },
		"keys":             func(p place) { f.accountKeys(p, &s) },
		"channels":         func(p place) { f.each(p, func(p place) { s.Channels = append(s.Channels, f.channel(p)) }) },
		"groups":           func(p place) { f.each(p, func(p place) { s.Groups = append(s.Groups, f.group(p)) }) },
		"agents":           func(p place) { f.each(p, func(p place) { s.Agents = append(s.Agents, f.agent(p)) }) },
		"webhooks":         func(p place) { f.each(p, func(p place) { s.Webhooks = append(s.Webhooks, f.webhook(p)) }) },
		"widget":           func(p place) { s.Widget = f.widget(p) },
	})
	f.need(p, found, "id")
	f.once(idAt, "an account's id", string(s.ID))
	if s.VanityID != nil && *s.VanityID != string(s.ID) {
		f.once(vanityAt, "an account's id", *s.VanityID) // both name the account, so they share one name space
	}
	return s
}

func (f *file) hosts(p place) *[]string {
	hosts := []string{}
	f.each(p, func(p place) {
		host := foldHost(f.text(p, hostRule()))
		f.once(p, "a host", host)
		hosts = append(hosts, host)
	})
	return &hosts
}

func (f *file) privacy(p place) (s PrivacySpec) {
	f.keys(p, privacyKeys, map[string]func(place){
		"addresses":           func(p place) { s.Addresses = ptr(chat.Addresses(f.text(p, addressesRule()))) },
		"queries":             func(p place) { s.Queries = ptr(chat.Queries(f.text(p, queriesRule()))) },
		"forgetAnonymousDays": func(p place) { s.ForgetAnonymousDays = f.number(p, 0, MaxForgetAnonymousDays) },
	})
	return s
}

func (f *file) accountKeys(p place, s *AccountSpec) {
	var pair Credential
	f.keys(p, keyKeys, map[string]func(place){
		"server": func(p place) {
			s.ServerKey = f.secret(p, keyRule())
			f.onceSecret(p, "a server key", *s.ServerKey)
		},
		"chatraPublic": func(p place) {
			pair.Public = f.text(p, pairRule(false))
			f.once(p, "a chatraPublic", pair.Public)
		},
		"chatraSecret": func(p place) { pair.Secret = *f.secret(p, pairRule(true)) },
	})
	if pair.Public != "" || !pair.Secret.Empty() {
		pair.Kind = DialectChatra
		s.Credentials = append(s.Credentials, pair)
	}
}

func (f *file) channel(p place) (s ChannelSpec) {
	found := f.keys(p, channelKeys, map[string]func(place){
		"widgetId": func(p place) {
			s.WidgetID = f.text(p, idRule())
			f.once(p, "a widgetId", s.WidgetID)
		},
		"name":      func(p place) { s.Name = ptr(f.text(p, nameRule())) },
		"safeUrls":  func(p place) { s.SafeURLs = f.texts(p, safeURLRule()) },
		"calls":     func(p place) { s.Calls = ptr(Calls(f.text(p, callsRule()))) },
		"widget":    func(p place) { s.Widget = f.widget(p) },
		"callHours": func(p place) { s.CallHours = f.texts(p, hoursRule()) },
	})
	f.need(p, found, "widgetId")
	return s
}

func (f *file) group(p place) (s GroupSpec) {
	found := f.keys(p, groupKeys, map[string]func(place){
		"id": func(p place) {
			s.ID = chat.GroupID(f.text(p, idRule()))
			f.onceInAccount(p, "a group's id", string(s.ID))
		},
		"no": func(p place) {
			if s.No = f.no(p); s.No != nil {
				f.onceInAccount(p, "a group's no", strconv.FormatInt(*s.No, 10))
			}
		},
		"name": func(p place) { s.Name = ptr(f.text(p, nameRule())) },
	})
	f.need(p, found, "id")
	return s
}

func (f *file) agent(p place) (s AgentSpec) {
	limitedAt := p
	found := f.keys(p, agentKeys, map[string]func(place){
		"id": func(p place) {
			s.ID = chat.AgentID(f.text(p, idRule()))
			f.onceInAccount(p, "an agent's id", string(s.ID))
		},
		"no": func(p place) {
			if s.No = f.no(p); s.No != nil {
				f.onceInAccount(p, "an agent's no", strconv.FormatInt(*s.No, 10))
			}
		},
		"email": func(p place) {
			s.Email = ptr(f.text(p, emailRule()))
			f.once(p, "an agent's email", foldEmail(*s.Email))
		},
		"name":     func(p place) { s.Name = ptr(f.text(p, nameRule())) },
		"phone":    func(p place) { s.Phone = ptr(f.text(p, phoneRule())) },
		"password": func(p place) { s.Password = f.secret(p, passwordRule()) },
		"role":     func(p place) { s.Role = ptr(Role(f.text(p, roleRule()))) },
		"groups":   func(p place) { s.Groups = f.groupIDs(p) },
		"limited":  func(p place) { limitedAt, s.Limited = p, f.yes(p) },
		"active":   func(p place) { s.Active = f.yes(p) },
		"senderProfiles": func(p place) {
			s.SenderProfiles = &[]SenderProfile{}
			f.each(p, func(p place) { *s.SenderProfiles = append(*s.SenderProfiles, f.profile(p, *s.SenderProfiles)) })
		},
		"picture": func(p place) { s.Picture = ptr(f.text(p, emptyOr(urlRule()))) },
	})
	f.need(p, found, "email")
	if s.Limited != nil && *s.Limited && s.Role != nil && *s.Role == RoleAdmin {
		f.fail(limitedAt, "an admin sees everything; only an agent can be limited to his groups")
	}
	return s
}

// profile reads a sender profile that stands after others of the agent.
func (f *file) profile(p place, before []SenderProfile) (s SenderProfile) {
	found := f.keys(p, profileKeys, map[string]func(place){
		"id": func(p place) {
			s.ID = f.text(p, idRule())
			if slices.ContainsFunc(before, func(b SenderProfile) bool { return b.ID == s.ID }) {
				f.fail(p, "%s is given already; a sender profile's id is unique", quote(s.ID))
			}
		},
		"name":      func(p place) { s.Name = f.text(p, nameRule()) },
		"email":     func(p place) { s.Email = f.text(p, emailRule()) },
		"signature": func(p place) { s.Signature = f.text(p, signatureRule()) },
		"default": func(p place) {
			s.Default = *f.yes(p)
			if s.Default && slices.ContainsFunc(before, func(b SenderProfile) bool { return b.Default }) {
				f.fail(p, "another sender profile is the default already")
			}
		},
	})
	f.need(p, found, "id", "name")
	return s
}

func (f *file) groupIDs(p place) *[]chat.GroupID {
	ids := []chat.GroupID{}
	f.each(p, func(p place) { ids = append(ids, chat.GroupID(f.text(p, idRule()))) })
	return &ids
}

func (f *file) webhook(p place) (s WebhookSpec) {
	secretAt, numericAt := p, p
	found := f.keys(p, webhookKeys, map[string]func(place){
		"dialect":    func(p place) { s.Dialect = f.text(p, dialectRule()) },
		"url":        func(p place) { s.URL = f.text(p, urlRule()) },
		"secret":     func(p place) { secretAt, s.Secret = p, f.secret(p, pairRule(true)) },
		"numericIds": func(p place) { numericAt, s.NumericIDs = p, f.yes(p) },
	})
	f.need(p, found, "dialect", "url")
	if s.NumericIDs != nil && *s.NumericIDs && !HasNumericIDs(s.Dialect) {
		f.fail(numericAt, "numericIds is for webhooks of the dialect %s only", DialectJivo)
	}
	if s.Secret != nil && s.Dialect == DialectNative && s.Secret.Reveal() == secretElided {
		s.Secret = nil // as if none were named: one is made
	}
	if s.Secret != nil {
		f.text(secretAt, webhookSecretRule(s.Dialect))
	}
	return s
}
