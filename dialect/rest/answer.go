package rest

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"go.uber.org/zap"

	"confab/chat"
	"confab/store"
)

// method refuses a method that an address does not have, with a status of its own.
type method struct {
	*chat.Refusal
	allow string // what it has, for the header
}

func (m *method) Unwrap() error { return m.Refusal }

// Status is the usual status of a refusal.
func Status(code chat.Code) int {
	switch code {
	case chat.Unauthorized:
		return http.StatusUnauthorized
	case chat.Forbidden:
		return http.StatusForbidden
	case chat.NotFound:
		return http.StatusNotFound
	case chat.Conflict, chat.Taken, chat.Closed:
		return http.StatusConflict
	case chat.TooLarge:
		return http.StatusRequestEntityTooLarge
	case chat.Unsupported:
		return http.StatusUnsupportedMediaType
	case chat.RateLimited:
		return http.StatusTooManyRequests
	case chat.Unavailable, chat.Draining:
		return http.StatusServiceUnavailable
	case chat.Internal:
		return http.StatusInternalServerError
	}
	return http.StatusBadRequest
}

// later is a refusal that tells when to try again.
type later struct {
	*chat.Refusal
	after time.Duration
}

func (l *later) Unwrap() error { return l.Refusal }

// Throttle refuses with chat.RateLimited what comes faster than perSecond, over a minute, counted over all nodes. It is far
// above what anybody needs.
func (c *Call) Throttle(s *store.Store, account chat.AccountID, bucket string, perSecond int) error {
	const window = 60 // seconds
	ok, after, err := s.Limit(c.Ctx, account, bucket, float64(perSecond), perSecond*window)
	return c.limited(ok, after, err, perSecond*window)
}

// Ration refuses with chat.RateLimited what is more than most in any minute, counted over all nodes. What is refused does not
// count.
func (c *Call) Ration(s *store.Store, account chat.AccountID, bucket string, most int) error {
	ok, after, err := s.LimitWindow(c.Ctx, account, bucket, most, time.Minute)
	return c.limited(ok, after, err, most)
}

func (c *Call) limited(ok bool, after time.Duration, err error, most int) error {
	if err != nil || ok {
		return err
	}
	return &later{chat.Refuse(chat.RateLimited, "More than %d requests in a minute.", most), after}
}

func (a *API) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var refusal *chat.Refusal
	if !errors.As(err, &refusal) {
		refusal = a.fault(r, err)
	}
	status := Status
	if a.Status != nil {
		status = a.Status
	}
	code := status(refusal.Code)
	if m := (*method)(nil); errors.As(err, &m) {
		code = http.StatusMethodNotAllowed
		w.Header().Set("Allow", m.allow)
	}
	wait := time.Second
	if l := (*later)(nil); errors.As(err, &l) {
		wait = l.after
	}
	switch code {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", cmp.Or(a.Challenge, "Bearer"))
	}
	a.answer(w, r, code, a.Refusal(code, refusal))
}

// fault is a refusal in the place of what is no concern of the caller's.
func (a *API) fault(r *http.Request, err error) *chat.Refusal {
	log := a.Log.With(zap.String("method", r.Method), zap.String("path", r.URL.Path))
	switch {
	case r.Context().Err() != nil && errors.Is(err, context.Canceled):
		log.Debug("client left before the answer")
	case errors.Is(err, context.DeadlineExceeded):
		log.Warn("no answer in time", zap.Error(err))
		return chat.Refuse(chat.Unavailable, "No answer in time. Try again.")
	default:
		log.Error("request failed", zap.Error(err))
	}
	return chat.Refuse(chat.Internal, "Something went wrong. It is in the log.")
}

func (a *API) answer(w http.ResponseWriter, r *http.Request, status int, body any) {
	raw, err := json.Marshal(body)
	if err != nil {
		panic("rest: " + err.Error()) // plain structs, and what came as JSON
	}
	w.Header().Set("Content-Type", cmp.Or(a.ContentType, "application/json"))
	w.Header().Set("Content-Length", strconv.Itoa(len(raw)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(raw) // a client that has gone is no concern of ours
	}
}
