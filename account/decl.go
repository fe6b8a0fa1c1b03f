package account

import (
	"context"
	"errors"
	"time"

	"go.uber.org/zap"

	"confab/auth"
	"confab/chat"
	"confab/store"
)

var errDecl = errors.New("account: declared only")

// Options of New. Secret is the signing secret of the deployment, the same on all nodes.
type Options struct {
	Store  *store.Store
	IDs    chat.IDs
	Log    *zap.Logger
	Secret []byte
}

// Accounts is the only door to accounts and agents. Safe for concurrent use.
type Accounts struct{}

func New(o Options) *Accounts { return &Accounts{} }

func ParseBootstrap(raw []byte) (Bootstrap, error) { return Bootstrap{}, errDecl }
func DemoBootstrap() Bootstrap                     { return Bootstrap{} }

func (a *Accounts) Apply(ctx context.Context, b Bootstrap) error { return errDecl }

// Invalidate drops what is cached of the account and its agents: on the bells 'S' and 'R'.
func (a *Accounts) Invalidate(account chat.AccountID) {}

func (a *Accounts) Account(ctx context.Context, idOrVanity chat.AccountID) (*Account, error) {
	return nil, errDecl
}
func (a *Accounts) ByHost(ctx context.Context, host string) (*Account, error)       { return nil, errDecl }
func (a *Accounts) ByWidget(ctx context.Context, widgetID string) (*Account, error) { return nil, errDecl }
func (a *Accounts) List(ctx context.Context) ([]*Account, error)                    { return nil, errDecl }
func (a *Accounts) Create(ctx context.Context, spec AccountSpec) (*Account, error)  { return nil, errDecl }
func (a *Accounts) Update(ctx context.Context, spec AccountSpec) (*Account, error)  { return nil, errDecl }
func (a *Accounts) RotateKey(ctx context.Context, account chat.AccountID, overlap time.Duration) (auth.Secret, error) {
	return auth.Secret{}, errDecl
}

// VerifyKey tells whose server key bearer is. Errors: chat.Unauthorized.
func (a *Accounts) VerifyKey(ctx context.Context, bearer string) (chat.AccountID, error) {
	return "", errDecl
}

func (a *Accounts) Agents(ctx context.Context, account chat.AccountID) ([]Agent, error) {
	return nil, errDecl
}
func (a *Accounts) Agent(ctx context.Context, account chat.AccountID, id chat.AgentID) (Agent, error) {
	return Agent{}, errDecl
}
func (a *Accounts) AgentByEmail(ctx context.Context, email string) (Agent, error) {
	return Agent{}, errDecl
}
func (a *Accounts) CreateAgent(ctx context.Context, account chat.AccountID, spec AgentSpec) (Agent, error) {
	return Agent{}, errDecl
}
func (a *Accounts) UpdateAgent(ctx context.Context, account chat.AccountID, spec AgentSpec) (Agent, error) {
	return Agent{}, errDecl
}
func (a *Accounts) SetPassword(ctx context.Context, account chat.AccountID, id chat.AgentID, password auth.Secret) error {
	return errDecl
}
func (a *Accounts) SetRole(ctx context.Context, account chat.AccountID, id chat.AgentID, role Role) error {
	return errDecl
}
func (a *Accounts) SetActive(ctx context.Context, account chat.AccountID, id chat.AgentID, active bool) error {
	return errDecl
}

// LogIn checks e-mail and password. remoteAddr is host:port or an address.
//
// Errors: chat.Unauthorized, the same for unknown people and wrong passwords; *Limited after too many tries.
func (a *Accounts) LogIn(ctx context.Context, email string, password auth.Secret, remoteAddr string) (Session, error) {
	return Session{}, errDecl
}
func (a *Accounts) Refresh(ctx context.Context, refreshToken string) (Session, error) {
	return Session{}, errDecl
}
func (a *Accounts) LogOut(ctx context.Context, refreshToken string) error { return errDecl }

// VerifyAgent tells who bears the access token and until when it holds; revoked ones do not hold any more.
// A revocation rings the bell 'R' with the agent's id as Data: Invalidate, then verify that agent's tokens again.
func (a *Accounts) VerifyAgent(ctx context.Context, accessToken string) (Agent, time.Time, error) {
	return Agent{}, time.Time{}, errDecl
}
