package account

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"confab/auth"
	"confab/chat"
	"confab/store"
)

// agentDoc is an agent as kept. Log-ins stand in it, so that one write ends them all.
type agentDoc struct {
	Agent
	PasswordHash string                `json:"passwordHash,omitempty"`
	Revision     int64                 `json:"revision"` // access tokens of an older one are void
	Sessions     map[string]sessionDoc `json:"sessions,omitempty"`
	Places       []string              `json:"places,omitempty"` // marks of networks that logged in, newest first
}

// agentRead is what the cache holds of an agent: all that decides about a token.
type agentRead struct {
	Agent
	revision int64
	sessions map[string]sessionDoc
}

// Agents returns an account's agents by their numbers, inactive ones too.
func (a *Accounts) Agents(ctx context.Context, account chat.AccountID) ([]Agent, error) {
	var agents []Agent
	err := a.eachAgent(ctx, account, func(d *agentDoc) { agents = append(agents, d.Agent) })
	if err != nil {
		return nil, err
	}
	slices.SortFunc(agents, func(x, y Agent) int { return int(x.No - y.No) })
	return agents, nil
}

func (a *Accounts) eachAgent(ctx context.Context, account chat.AccountID, visit func(*agentDoc)) error {
	const page = 200
	for after := ""; ; {
		docs, next, err := a.store.ListDocs(ctx, account, kindAgent, after, page)
		if err != nil {
			return fmt.Errorf("list agents: %w", err)
		}
		for _, kept := range docs {
			var d agentDoc
			if err := json.Unmarshal(kept.Data, &d); err != nil {
				return fmt.Errorf("read agent %s: %w", kept.ID, err)
			}
			visit(&d)
		}
		if next == "" {
			return nil
		}
		after = next
	}
}

// Agent returns an agent as he was at most 2 s ago. Errors: chat.NotFound.
func (a *Accounts) Agent(ctx context.Context, account chat.AccountID, id chat.AgentID) (Agent, error) {
	read, err := a.cachedAgent(ctx, account, id)
	return read.Agent, err
}

func (a *Accounts) cachedAgent(ctx context.Context, account chat.AccountID, id chat.AgentID) (agentRead, error) {
	if !isID(string(account)) || !isID(string(id)) {
		return agentRead{}, noAgent()
	}
	return a.agents.get(ctx, string(account)+"/"+string(id), func(ctx context.Context) (agentRead, chat.AccountID, error) {
		d, err := a.loadAgent(ctx, account, id)
		if err != nil {
			return agentRead{}, "", err
		}
		return agentRead{d.Agent, d.Revision, d.Sessions}, account, nil
	})
}

func (a *Accounts) loadAgent(ctx context.Context, account chat.AccountID, id chat.AgentID) (*agentDoc, error) {
	kept, err := a.store.GetDoc(ctx, account, kindAgent, string(id))
	if isNotFound(err) {
		return nil, noAgent()
	}
	if err != nil {
		return nil, fmt.Errorf("read agent %s: %w", id, err)
	}
	var d agentDoc
	if err := json.Unmarshal(kept.Data, &d); err != nil {
		return nil, fmt.Errorf("read agent %s: %w", id, err)
	}
	return &d, nil
}

// AgentByEmail finds an agent among all accounts, whatever the case of the letters. Errors: chat.NotFound.
func (a *Accounts) AgentByEmail(ctx context.Context, email string) (Agent, error) {
	d, err := a.agentByEmail(ctx, email)
	if err != nil {
		return Agent{}, err
	}
	return d.Agent, nil
}

func (a *Accounts) agentByEmail(ctx context.Context, email string) (*agentDoc, error) {
	owner, err := a.store.IndexGet(ctx, "", indexEmail, foldEmail(email))
	if err != nil && !isNotFound(err) {
		return nil, fmt.Errorf("look up an agent: %w", err)
	}
	if owner == "" {
		owner = "nobody/nobody" // read all the same: the clock tells nothing
	}
	account, id := splitOwner(owner)
	d, err := a.loadAgent(ctx, account, id)
	if err == nil && foldEmail(d.Email) != foldEmail(email) {
		return nil, noAgent()
	}
	return d, err
}

func ownerOf(account chat.AccountID, id chat.AgentID) string {
	return string(account) + "/" + string(id)
}

func splitOwner(owner string) (chat.AccountID, chat.AgentID) {
	account, id, _ := strings.Cut(owner, "/")
	return chat.AccountID(account), chat.AgentID(id)
}

// CreateAgent adds an agent. Errors: chat.Conflict if the id, number or e-mail is in use; chat.NotFound if the
// account or a group is not there; chat.BadField, chat.MissingField, chat.RateLimited (hashing).
func (a *Accounts) CreateAgent(ctx context.Context, account chat.AccountID, spec AgentSpec) (Agent, error) {
	return a.putAgent(ctx, account, spec, func(exists bool) error {
		if exists {
			return chat.Refuse(chat.Conflict, "The agent %s exists already.", quote(spec.label()))
		}
		return nil
	})
}

// UpdateAgent brings an agent to what the spec says. A new password or role, other conversations that he may see, or Active
// false, ends all his sessions within a second. Errors: chat.NotFound, else as CreateAgent.
func (a *Accounts) UpdateAgent(ctx context.Context, account chat.AccountID, spec AgentSpec) (Agent, error) {
	return a.putAgent(ctx, account, spec, func(exists bool) error {
		if !exists {
			return noAgent()
		}
		return nil
	})
}

// SetPassword, SetRole and SetActive are UpdateAgent for one thing.
func (a *Accounts) SetPassword(ctx context.Context, account chat.AccountID, id chat.AgentID, password auth.Secret) error {
	_, err := a.UpdateAgent(ctx, account, AgentSpec{ID: id, Password: &password})
	return err
}

func (a *Accounts) SetRole(ctx context.Context, account chat.AccountID, id chat.AgentID, role Role) error {
	_, err := a.UpdateAgent(ctx, account, AgentSpec{ID: id, Role: &role})
	return err
}

func (a *Accounts) SetActive(ctx context.Context, account chat.AccountID, id chat.AgentID, active bool) error {
	_, err := a.UpdateAgent(ctx, account, AgentSpec{ID: id, Active: &active})
	return err
}

func anyAgent(bool) error { return nil }

// putAgent is the one way in which an agent changes other than by logging in and out.
func (a *Accounts) putAgent(ctx context.Context, account chat.AccountID, spec AgentSpec, may func(exists bool) error) (Agent, error) {
	if err := spec.check(); err != nil {
		return Agent{}, err
	}
	owner, _, err := a.load(ctx, account)
	if err != nil {
		return Agent{}, err
	}
	id, err := a.idFor(ctx, account, spec)
	if err != nil {
		return Agent{}, err
	}
	hash, err := a.hashFor(ctx, account, id, spec)
	if err != nil {
		return Agent{}, err
	}
	return a.writeAgent(ctx, owner, id, spec, hash, may)
}

// idFor is the spec's id, or else the one that its e-mail leads to in this account, or a fresh one.
func (a *Accounts) idFor(ctx context.Context, account chat.AccountID, spec AgentSpec) (chat.AgentID, error) {
	if spec.ID != "" {
		return spec.ID, nil
	}
	owner, err := a.store.IndexGet(ctx, "", indexEmail, foldEmail(*spec.Email))
	if err != nil && !isNotFound(err) {
		return "", fmt.Errorf("look up an agent: %w", err)
	}
	if in, id := splitOwner(owner); owner != "" && in == account {
		return id, nil
	}
	fresh := chat.AgentID(a.ids.New())
	// The claim decides between two nodes that create the same agent at the same moment: the later one takes the
	// earlier one's id.
	err = a.claim(ctx, indexEmail, foldEmail(*spec.Email), ownerOf(account, fresh), func(ctx context.Context, other string) (bool, error) {
		if in, _ := splitOwner(other); in == account {
			return true, nil
		}
		return a.bearsEmail(ctx, other, *spec.Email)
	})
	if errors.Is(err, &chat.Refusal{Code: chat.Conflict}) {
		return a.adopted(ctx, account, *spec.Email, err)
	}
	return fresh, err
}

// adopted is the id that an e-mail of this account leads to by now, or else the conflict.
func (a *Accounts) adopted(ctx context.Context, account chat.AccountID, email string, conflict error) (chat.AgentID, error) {
	owner, err := a.store.IndexGet(ctx, "", indexEmail, foldEmail(email))
	if in, id := splitOwner(owner); err == nil && in == account {
		return id, nil
	}
	return "", conflict
}

func (a *Accounts) claimEmail(ctx context.Context, email string, account chat.AccountID, id chat.AgentID) error {
	return a.claim(ctx, indexEmail, foldEmail(email), ownerOf(account, id), func(ctx context.Context, other string) (bool, error) {
		return a.bearsEmail(ctx, other, email)
	})
}

func (a *Accounts) bearsEmail(ctx context.Context, owner, email string) (bool, error) {
	account, id := splitOwner(owner)
	d, err := a.loadAgent(ctx, account, id)
	if isNotFound(err) {
		return false, nil
	}
	return err == nil && foldEmail(d.Email) == foldEmail(email), err
}

// hashFor hashes the spec's password unless the kept hash already fits it. "" is "no change".
func (a *Accounts) hashFor(ctx context.Context, account chat.AccountID, id chat.AgentID, spec AgentSpec) (string, error) {
	if spec.Password == nil {
		return "", nil
	}
	d, err := a.loadAgent(ctx, account, id)
	if err != nil && !isNotFound(err) {
		return "", err
	}
	if d != nil && d.PasswordHash != "" {
		same, err := a.passwords.Verify(ctx, d.PasswordHash, *spec.Password)
		if err != nil || same {
			return "", err
		}
	}
	return a.passwords.Hash(ctx, *spec.Password)
}

func (a *Accounts) writeAgent(ctx context.Context, owner *accountDoc, id chat.AgentID, spec AgentSpec, hash string, may func(bool) error) (Agent, error) {
	var before, after agentDoc
	changed, err := a.changeDoc(ctx, owner.ID, kindAgent, string(id), func(data []byte) ([]byte, error) {
		before, after = agentDoc{}, agentDoc{}
		if data != nil {
			if err := errors.Join(json.Unmarshal(data, &before), json.Unmarshal(data, &after)); err != nil {
				return nil, fmt.Errorf("read agent %s: %w", id, err)
			}
		}
		if err := may(data != nil); err != nil {
			return nil, err
		}
		if err := a.bringAgent(ctx, owner, &after, id, spec, hash); err != nil {
			return nil, err
		}
		return encode(after), a.claimEmail(ctx, after.Email, owner.ID, id)
	})
	if err != nil {
		return Agent{}, err
	}
	if changed {
		a.agentChanged(ctx, &before, &after)
	}
	return after.Agent, nil
}

func (a *Accounts) agentChanged(ctx context.Context, before, after *agentDoc) {
	if before.Email != "" && foldEmail(before.Email) != foldEmail(after.Email) {
		a.release(ctx, indexEmail, foldEmail(before.Email), ownerOf(after.Account, after.ID))
	}
	a.Invalidate(after.Account)
	a.store.Ring(after.Account, store.BellSettings, "", "", nil)
	if before.ID != "" && before.Revision != after.Revision {
		a.revoked(after.Account, after.ID)
	}
}

// bringAgent writes what the spec says into the document; what takes rights away voids all tokens with it.
func (a *Accounts) bringAgent(ctx context.Context, owner *accountDoc, d *agentDoc, id chat.AgentID, s AgentSpec, hash string) error {
	if d.ID == "" {
		if err := a.beginAgent(d, owner, id, s); err != nil {
			return err
		}
	}
	was := *d
	set(&d.Email, s.Email)
	set(&d.Name, s.Name)
	set(&d.Phone, s.Phone)
	set(&d.Role, s.Role)
	set(&d.Active, s.Active)
	set(&d.Picture, s.Picture)
	set(&d.Groups, s.Groups)
	set(&d.SenderProfiles, s.SenderProfiles)
	set(&d.No, s.No)
	if hash != "" {
		d.PasswordHash = hash
	}
	if err := d.settleLimit(s); err != nil {
		return err
	}
	if d.PasswordHash != was.PasswordHash || d.Role != was.Role || d.Active != was.Active || !d.Scope().Same(was.Scope()) {
		d.revoke()
	}
	if err := a.settleNo(ctx, d, s); err != nil {
		return err
	}
	return knowGroups(owner, d.Groups, s)
}

// settleLimit limits the agent, or no more. Who becomes an admin sees everything.
func (d *agentDoc) settleLimit(s AgentSpec) error {
	set(&d.Limited, s.Limited)
	if d.Role != RoleAdmin {
		return nil
	}
	if s.Limited != nil && *s.Limited {
		return &chat.Refusal{Code: chat.BadField, Message: "An admin sees everything; only an agent can be limited to his groups.", Field: "limited"}
	}
	d.Limited = false
	return nil
}

func (a *Accounts) beginAgent(d *agentDoc, owner *accountDoc, id chat.AgentID, s AgentSpec) error {
	if s.Email == nil {
		return &chat.Refusal{Code: chat.MissingField, Message: "An agent needs an e-mail address.", Field: "email"}
	}
	name, _, _ := strings.Cut(*s.Email, "@")
	d.Agent = Agent{
		ID: id, Account: owner.ID, Email: *s.Email, Name: name, Role: RoleAgent, Groups: []chat.GroupID{}, Active: true,
		CreatedAt: chat.At(time.Now()),
	}
	return nil
}

// settleNo gives a new agent a number, and refuses one that another agent has.
func (a *Accounts) settleNo(ctx context.Context, d *agentDoc, s AgentSpec) error {
	if s.No == nil && d.No != 0 {
		return nil
	}
	used := map[int64]chat.AgentID{}
	if err := a.eachAgent(ctx, d.Account, func(other *agentDoc) { used[other.No] = other.ID }); err != nil {
		return err
	}
	if s.No == nil {
		no, err := a.freeNo(ctx, d.Account, "agent", func(no int64) bool { _, taken := used[no]; return taken })
		d.No = no
		return err
	}
	if holder, taken := used[*s.No]; taken && holder != d.ID {
		return chat.Refuse(chat.Conflict, "Another agent has the number %d.", *s.No)
	}
	return nil
}

func knowGroups(owner *accountDoc, ids []chat.GroupID, s AgentSpec) error {
	if s.Groups == nil {
		return nil
	}
	for _, id := range ids {
		if !slices.ContainsFunc(owner.Groups, func(g Group) bool { return g.ID == id }) {
			return &chat.Refusal{Code: chat.NotFound, Message: "There is no group " + quote(string(id)) + ".", Field: "groups"}
		}
	}
	return nil
}

// revoke voids all access and refresh tokens of the agent.
func (d *agentDoc) revoke() {
	d.Revision++
	d.Sessions = nil
}

// label names the agent in messages.
func (s AgentSpec) label() string {
	if s.Email != nil {
		return *s.Email
	}
	return string(s.ID)
}
