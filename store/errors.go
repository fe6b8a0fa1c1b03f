package store

import (
	"context"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"confab/chat"
)

// What is done about each way in which Redis refuses. NOSCRIPT is not here: the committer repeats the call with the
// script's text (flight.go), after loading all scripts (library.go). MOVED and ASK are followed by the cluster client; they
// surface here only when it gave up.
var refusals = []struct{ prefix, label string }{
	{"LOADING", "loading"},         // starting: asked again by the author
	{"READONLY", "readonly"},       // a demoted master: go-redis drops the connection and asks for the new one
	{"MASTERDOWN", "masterdown"},   // a replica without its master
	{"CLUSTERDOWN", "clusterdown"}, // slots without a master
	{"TRYAGAIN", "moving"},         // a slot on its way
	{"MOVED", "moving"},
	{"ASK ", "moving"},
	{"BUSY", "busy"},             // a script hangs
	{"OOM", "memory"},            // full, and rightly not evicting
	{"MISCONF", "disk"},          // cannot write its file
	{"NOREPLICAS", "replicas"},   // too few replicas
	{"NOAUTH", "credentials"},    // ours are wrong: doctor says so
	{"WRONGPASS", "credentials"}, //
	{"NOPERM", "credentials"},    // an ACL without a command that is needed
	{"UNBLOCKED", "moving"},      // a blocked call on a demoted master
	{"max number of clients", "clients"},
}

var (
	errOverdue = errors.New("waited too long for its batch")
	errFull    = errors.New("the queue is full")
	errClosed  = errors.New("the store is closed")
)

// fault turns what go-redis reports into what callers act on: a chat.Unavailable refusal
// (which wraps its cause) where asking again may help, else the error as it is.
func (s *Store) fault(err error) error {
	if err == nil {
		return nil
	}
	label := classify(err)
	s.metrics.faults.WithLabelValues(label).Inc()
	if label == "other" {
		return err
	}
	return &unavailable{label, err}
}

// unavailable is the chat.Unavailable refusal with its cause.
type unavailable struct {
	label string
	cause error
}

func (e *unavailable) Error() string   { return "the store does not answer: " + e.cause.Error() }
func (e *unavailable) Unwrap() []error { return []error{notAnswering(), e.cause} }

func notAnswering() *chat.Refusal {
	return chat.Refuse(chat.Unavailable, "The store does not answer. Nothing was acknowledged; try again.")
}

func classify(err error) string {
	var network net.Error
	switch {
	case errors.Is(err, errAnswer), errors.Is(err, errOversized), errors.Is(err, strconv.ErrSyntax), errors.Is(err, strconv.ErrRange):
		return "protocol"
	case errors.Is(err, errOverdue):
		return "overdue"
	case errors.Is(err, errFull):
		return "full"
	case errors.Is(err, errClosed), errors.Is(err, redis.ErrClosed):
		return "closed"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return "timeout"
	case errors.As(err, &network) && network.Timeout():
		return "timeout"
	case errors.As(err, &network), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.ErrClosedPipe), errors.Is(err, net.ErrClosed):
		return "connection"
	}
	return classifyReply(err.Error())
}

// classifyReply knows an error by its first word, also where Redis 6 wraps one that a script met.
func classifyReply(text string) string {
	for _, r := range refusals {
		if strings.HasPrefix(text, r.prefix) || strings.Contains(text, "-"+r.prefix) {
			return r.label
		}
	}
	for _, garbage := range []string{"redis: can't parse", "redis: invalid reply"} {
		if strings.HasPrefix(text, garbage) {
			return "protocol"
		}
	}
	if strings.HasPrefix(text, "redis: ") {
		return "connection" // go-redis' own: pool exhausted, no master known, all sentinels unreachable …
	}
	return "other"
}

func isNoScript(err error) bool { return err != nil && strings.HasPrefix(err.Error(), "NOSCRIPT") }
