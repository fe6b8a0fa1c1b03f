// Package account keeps accounts and their agents: who they are, what they may, and the tokens that say so.
package account

import (
	"encoding/json"
	"slices"
	"time"

	"confab/auth"
	"confab/chat"
)

// Account is one tenant as it stood when it was read. Shared between goroutines: read-only.
type Account struct {
	ID             chat.AccountID `json:"id"`
	VanityID       string         `json:"vanityId,omitempty"`
	Name           string         `json:"name"`
	Hosts          []string       `json:"hosts"`          // lower case, with the port if it has one
	AllowedOrigins []string       `json:"allowedOrigins"` // pages that may embed the widget, as written
	Channels       []Channel      `json:"channels"`
	Groups         []Group        `json:"groups"`
	Webhooks       []Webhook      `json:"webhooks"`
	// IdleCloseMinutes is how long nobody may do anything in a conversation before it is closed. 0: for ever.
	IdleCloseMinutes int64 `json:"idleCloseMinutes"`
	// ChatLogTo is the address that gets the log of each chat that has ended. "": nobody does.
	ChatLogTo string `json:"chatLogTo,omitempty"`
	// Privacy is what is kept of visitors, with the defaults named.
	Privacy   chat.Privacy    `json:"privacy"`
	Widget    json.RawMessage `json:"widget,omitempty"` // WidgetConfig of widget/src/config.ts; nil: all defaults
	CreatedAt chat.Millis     `json:"createdAt"`

	// Keys that are at most ten, the newest first; among them may be some whose time is over.
	Keys        []ServerKey  `json:"-"`
	Credentials []Credential `json:"-"`

	origins auth.Origins
}

// MaxIdleCloseMinutes is a year.
const MaxIdleCloseMinutes = 365 * 24 * 60

// MaxForgetAnonymousDays is ten years.
const MaxForgetAnonymousDays = 3650

// Calls tells how a channel offers calls.
type Calls string

const (
	CallsOff    Calls = "off"
	CallsManual Calls = "manual"
	CallsTest   Calls = "test"
)

// Channel is one widget installation.
type Channel struct {
	WidgetID string          `json:"widgetId"`
	Name     string          `json:"name"`
	SafeURLs []string        `json:"safeUrls"`
	Calls    Calls           `json:"calls"`
	Widget   json.RawMessage `json:"widget,omitempty"` // outranks the account's; see Account.WidgetOf
	// CallHours is when calls are taken: lines such as "mon-fri 09:00-17:00 Europe/Oslo". None: always.
	CallHours []string `json:"callHours,omitempty"`
}

// Group is agents together.
type Group struct {
	ID   chat.GroupID `json:"id"`
	No   int64        `json:"no"`
	Name string       `json:"name"`
}

// Webhook is an address that wants to hear of events, in the words of a dialect.
type Webhook struct {
	ID      string      `json:"id"`
	Dialect string      `json:"dialect"`
	URL     string      `json:"url"`
	Secret  auth.Secret `json:"-"`
	// Before is the secret before this one; until BeforeUntil what is sent is signed with both.
	Before      auth.Secret `json:"-"`
	BeforeUntil chat.Millis `json:"-"`
	// CreatedAt is when it was added: what happened before is not told.
	CreatedAt chat.Millis `json:"createdAt"`
	// DisabledAt is when it said that it wants nothing more; zero if it did not.
	DisabledAt chat.Millis `json:"disabledAt,omitempty"`
	// NumericIDs has ids sent as numbers that its dialect sends as texts of digits; see HasNumericIDs.
	NumericIDs bool `json:"numericIds,omitempty"`
}

// ServerKey opens the REST API and signs the ids of a site's users.
type ServerKey struct {
	ID        string // stays the key's; tells nothing of it
	Key       auth.Secret
	CreatedAt chat.Millis
	Until     chat.Millis // from then on it is void; 0: for good
}

// Credential is a public name with a secret, by which a dialect's clients know the account.
type Credential struct {
	Kind   string
	Public string
	Secret auth.Secret
}

// Origins is AllowedOrigins, ready to compare.
func (a *Account) Origins() auth.Origins { return a.origins }

// ServerKeys returns the keys that hold at now, the newest first.
func (a *Account) ServerKeys(now time.Time) []auth.Secret {
	var keys []auth.Secret
	for _, k := range a.Keys {
		if k.Until == 0 || chat.At(now) < k.Until {
			keys = append(keys, k.Key)
		}
	}
	return keys
}

// Channel finds an installation by its widget id.
func (a *Account) Channel(widgetID string) (Channel, bool) {
	i := slices.IndexFunc(a.Channels, func(c Channel) bool { return c.WidgetID == widgetID })
	if i < 0 {
		return Channel{}, false
	}
	return a.Channels[i], true
}

// Group finds a group by its id.
func (a *Account) Group(id chat.GroupID) (Group, bool) {
	i := slices.IndexFunc(a.Groups, func(g Group) bool { return g.ID == id })
	if i < 0 {
		return Group{}, false
	}
	return a.Groups[i], true
}

// Role tells what an agent may.
type Role string

const (
	RoleAdmin Role = "admin" // also changes the account
	RoleAgent Role = "agent"
)

// Agent is a person who answers. Email is unique among all accounts, whatever its case.
type Agent struct {
	ID      chat.AgentID   `json:"id"`
	Account chat.AccountID `json:"account"`
	No      int64          `json:"no"`
	Email   string         `json:"email"`
	Name    string         `json:"name"`
	Phone   string         `json:"phone,omitempty"` // told to other systems; visitors see it nowhere
	Role    Role           `json:"role"`
	Groups  []chat.GroupID `json:"groups"`
	// Limited is one who sees the conversations of his groups only, and what else Scope says. Admins never are.
	Limited bool `json:"limited,omitempty"`
	Active  bool `json:"active"` // an inactive agent cannot log in and has no tokens
	// Dummy is one who was made only to be an author: nobody logs in as him, and his e-mail is unique among dummies of the account.
	Dummy          bool            `json:"dummy,omitempty"`
	SenderProfiles []SenderProfile `json:"senderProfiles,omitempty"`
	CreatedAt      chat.Millis     `json:"createdAt"`
	// Picture is the address of one, "" if he has none. Only other systems are told it.
	Picture string `json:"picture,omitempty"`
}

// SenderProfile is a name under which an agent writes, with the address and the signature that mails of it bear.
type SenderProfile struct {
	ID        string `json:"id"` // unique among the agent's
	Name      string `json:"name"`
	Email     string `json:"email,omitempty"`
	Signature string `json:"signature,omitempty"`
	Default   bool   `json:"default,omitempty"` // of one at most; without, the first is it
}

// Profile finds one of the agent's sender profiles, with "" the default one. False if there is none.
func (a Agent) Profile(id string) (SenderProfile, bool) {
	i := slices.IndexFunc(a.SenderProfiles, func(p SenderProfile) bool { return p.ID == id || id == "" && p.Default })
	if i < 0 && id == "" && len(a.SenderProfiles) > 0 {
		i = 0
	}
	if i < 0 {
		return SenderProfile{}, false
	}
	return a.SenderProfiles[i], true
}

// Scope is which conversations the agent may see; nil is all of them.
func (a Agent) Scope() *chat.Scope {
	if !a.Limited || a.Role == RoleAdmin {
		return nil
	}
	return &chat.Scope{Agent: a.ID, Groups: a.Groups}
}

// Actor is the agent as an author.
func (a Agent) Actor() chat.Actor {
	return chat.Actor{Kind: chat.Agent, ID: string(a.ID), Name: a.Name}
}

// Session is what a log-in gives: the JSON answer of POST /confab/v1/session.
type Session struct {
	Token        string      `json:"token"`        // access token, for auth.AccessLife
	ExpiresAt    chat.Millis `json:"expiresAt"`    // of Token
	RefreshToken string      `json:"refreshToken"` // gives the next Session, once
	Agent        Agent       `json:"agent"`
}

// Limited refuses because of too many tries. errors.As finds the *chat.Refusal inside.
type Limited struct {
	Refusal *chat.Refusal
	After   time.Duration // when the next try will be heard
}

func (e *Limited) Error() string { return e.Refusal.Error() }
func (e *Limited) Unwrap() error { return e.Refusal }

// Specs say how a thing shall be. A nil field says nothing: what is there stays, what is new gets its default.
type (
	// Bootstrap is the content of a bootstrap file.
	Bootstrap struct{ Accounts []AccountSpec }

	AccountSpec struct {
		ID             chat.AccountID // required
		VanityID       *string
		Name           *string   // default: the id
		Hosts          *[]string // default: none
		AllowedOrigins *[]string // default: none
		// IdleCloseMinutes is 0 (never, the default) to MaxIdleCloseMinutes.
		IdleCloseMinutes *int64
		ChatLogTo        *string // an e-mail address; default: none
		Privacy          PrivacySpec
		ServerKey        *auth.Secret
		Credentials      []Credential // an empty Public or Secret says nothing
		Channels         []ChannelSpec
		Groups           []GroupSpec
		Agents           []AgentSpec
		Webhooks         []WebhookSpec
		Widget           *json.RawMessage // replaces the whole; default: none
	}
	PrivacySpec struct {
		Addresses *chat.Addresses // default: shortened
		Queries   *chat.Queries   // default: cleaned
		// ForgetAnonymousDays is 0 (never, the default) to MaxForgetAnonymousDays.
		ForgetAnonymousDays *int64
	}
	ChannelSpec struct {
		WidgetID  string // required
		Name      *string
		SafeURLs  *[]string
		Calls     *Calls
		Widget    *json.RawMessage // likewise
		CallHours *[]string        // default: none
	}
	GroupSpec struct {
		ID   chat.GroupID // required
		No   *int64
		Name *string
	}
	// AgentSpec names an agent by ID or, without one, by Email.
	AgentSpec struct {
		ID       chat.AgentID
		No       *int64
		Email    *string
		Name     *string // default: what stands before the @ of Email
		Phone    *string // default: none
		Password *auth.Secret
		Role     *Role // default: agent
		Groups   *[]chat.GroupID
		Limited  *bool   // default: false; an agent who becomes an admin is not any more
		Active   *bool   // default: true
		Picture  *string // an address; "" for none, the default
		// SenderProfiles replaces the whole; default: none.
		SenderProfiles *[]SenderProfile
	}
	WebhookSpec struct {
		Dialect string       // required
		URL     string       // required
		Secret  *auth.Secret // of DialectNative as webhookSecretRule says, and one is made if none is given
		// NumericIDs is only of dialects that HasNumericIDs names; default: false.
		NumericIDs *bool
	}
)
