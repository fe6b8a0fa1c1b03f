package store

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"confab/chat"
)

var errDecl = errors.New("store: declared only")

type Options struct {
	URL            string
	Dialer         func(ctx context.Context, network, addr string) (net.Conn, error)
	Node           string
	IDs            chat.IDs
	Log            *zap.Logger
	RequireDurable bool
	Embedded       bool
}

type Store struct{}
type Script struct{}
type Embedded struct{}
type Child struct{}

func Open(ctx context.Context, o Options) (*Store, error) { return nil, errDecl }
func (s *Store) Run(ctx context.Context) error            { return errDecl }
func (s *Store) Close() error                             { return errDecl }
func (s *Store) Durability() string                       { return "" }
func (s *Store) Ready() error                             { return errDecl }
func (s *Store) Findings(ctx context.Context) []Finding   { return nil }
func (s *Store) Collectors() []prometheus.Collector       { return nil }
func StartEmbedded(log *zap.Logger) (*Embedded, error)    { return nil, errDecl }
func NewMemory(log *zap.Logger) *Embedded                 { return nil } // no TCP; dial with Embedded.ServeConn
func (e *Embedded) URL() string                           { return "" }
func (e *Embedded) Close() error                          { return nil }
func (e *Embedded) ServeConn(c net.Conn)                  {}
func StartChild(ctx context.Context, dir string, log *zap.Logger) (*Child, error) {
	return nil, errDecl
}
func (c *Child) URL() string  { return "" }
func (c *Child) Close() error { return nil }

func (s *Store) Append(c Commit, done func(Committed, error)) {}
func (s *Store) LoadThread(ctx context.Context, account chat.AccountID, thread chat.ThreadID) (chat.Thread, error) {
	return chat.Thread{}, errDecl
}
func (s *Store) OpenThread(ctx context.Context, account chat.AccountID, thread chat.ThreadID, visitor chat.VisitorID) error {
	return errDecl
}
func (s *Store) ThreadOwner(ctx context.Context, account chat.AccountID, thread chat.ThreadID) (chat.VisitorID, error) {
	return "", errDecl
}
func (s *Store) Since(account chat.AccountID, thread chat.ThreadID, cur *chat.Cursor, known []chat.Cursor, done func(Page, error)) {
}
func (s *Store) Before(account chat.AccountID, thread chat.ThreadID, before chat.Seq, limit int, done func([]Numbered, error)) {
}
func (s *Store) Mark(account chat.AccountID, thread chat.ThreadID, who chat.Actor, delivered, seen chat.Seq, done func(changed bool, err error)) {
}
func (s *Store) Markers(account chat.AccountID, thread chat.ThreadID, done func([]Marker, error)) {}
func (s *Store) VerifyTops(ctx context.Context, account chat.AccountID, tops map[chat.ThreadID]chat.Cursor) (moved, forked []chat.ThreadID, err error) {
	return nil, nil, errDecl
}
func (s *Store) Conversation(ctx context.Context, account chat.AccountID, id chat.ConversationID) (Summary, error) {
	return Summary{}, errDecl
}
func (s *Store) Summaries(ctx context.Context, account chat.AccountID, ids []chat.ConversationID) ([]Summary, error) {
	return nil, errDecl
}
func (s *Store) ListConversations(ctx context.Context, account chat.AccountID, state chat.State, after string, limit int) (items []Summary, next string, err error) {
	return nil, "", errDecl
}
func (s *Store) VisitorConversations(ctx context.Context, account chat.AccountID, visitor chat.VisitorID, limit int) ([]Summary, error) {
	return nil, errDecl
}
func (s *Store) NextNo(ctx context.Context, account chat.AccountID, what string) (int64, error) {
	return 0, errDecl
}
func (s *Store) Listen(l Listener)                               {}
func (s *Store) Follow(account chat.AccountID, done func(error)) {}
func (s *Store) Unfollow(account chat.AccountID)                 {}
func (s *Store) Ring(account chat.AccountID, kind BellKind, thread chat.ThreadID, origin string, data []byte) {
}

// TimerSet makes the timer due after d from now, by the clock of Redis; set again it moves.
func (s *Store) TimerSet(ctx context.Context, account chat.AccountID, kind, id string, d time.Duration) error {
	return errDecl
}
func (s *Store) TimerClear(ctx context.Context, account chat.AccountID, kind, id string) error {
	return errDecl
}
func (s *Store) TimersKey(account chat.AccountID) string { return "" }
func (s *Store) TimerMember(kind, id string) string      { return "" }
func (s *Store) ClaimTimers(ctx context.Context, account chat.AccountID, limit int) ([]Timer, error) {
	return nil, errDecl
}
func (s *Store) FinishTimer(ctx context.Context, t Timer) error { return errDecl }
func (s *Store) Lease(ctx context.Context, name, holder string, ttl time.Duration) (held bool, err error) {
	return false, errDecl
}

func (s *Store) AccountIDs(ctx context.Context) ([]chat.AccountID, error) { return nil, errDecl }
func (s *Store) GetDoc(ctx context.Context, account chat.AccountID, kind, id string) (Doc, error) {
	return Doc{}, errDecl
}
func (s *Store) PutDoc(ctx context.Context, account chat.AccountID, kind, id string, data []byte, expect int64) (version int64, err error) {
	return 0, errDecl
}
func (s *Store) DeleteDoc(ctx context.Context, account chat.AccountID, kind, id string) error {
	return errDecl
}
func (s *Store) ListDocs(ctx context.Context, account chat.AccountID, kind, after string, limit int) (docs []Doc, next string, err error) {
	return nil, "", errDecl
}

// Indexes: account "" is the index of all accounts.
func (s *Store) IndexPut(ctx context.Context, account chat.AccountID, index, value, id string) error {
	return errDecl
}
func (s *Store) IndexGet(ctx context.Context, account chat.AccountID, index, value string) (id string, err error) {
	return "", errDecl
}
func (s *Store) IndexDelete(ctx context.Context, account chat.AccountID, index, value, id string) error {
	return errDecl
}
func (s *Store) PutVisitor(ctx context.Context, account chat.AccountID, v Visitor) error {
	return errDecl
}
func (s *Store) PatchVisitor(ctx context.Context, account chat.AccountID, id chat.VisitorID, fields map[string]string) error {
	return errDecl
}
func (s *Store) GetVisitor(ctx context.Context, account chat.AccountID, id chat.VisitorID) (Visitor, error) {
	return Visitor{}, errDecl
}
func (s *Store) DeleteVisitor(ctx context.Context, account chat.AccountID, id chat.VisitorID) error {
	return errDecl
}
func (s *Store) Script(name, src string) *Script { return nil }
func (sc *Script) Do(account chat.AccountID, keys []string, args []any, done func(reply any, err error)) {
}
func (sc *Script) Run(ctx context.Context, account chat.AccountID, keys []string, args ...any) (any, error) {
	return nil, errDecl
}

// Command runs one plain Redis command in the batch.
func (s *Store) Command(ctx context.Context, account chat.AccountID, args ...any) (any, error) {
	return nil, errDecl
}
func (s *Store) Key(account chat.AccountID, parts ...string) string { return "" }
func (s *Store) GlobalKey(parts ...string) string                   { return "" }
func (s *Store) Secret(ctx context.Context, generate func() []byte) ([]byte, error) {
	return nil, errDecl
}
func (s *Store) Limit(ctx context.Context, account chat.AccountID, bucket string, rate float64, burst int) (ok bool, retryAfter time.Duration, err error) {
	return false, 0, errDecl
}
