package api

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"go.uber.org/zap"

	"confab/chat"
)

// problem is an error as RFC 9457 writes it. Code is for programs and stable; Detail is a sentence for people.
type problem struct {
	Type   string    `json:"type"`
	Title  string    `json:"title"`
	Status int       `json:"status"`
	Detail string    `json:"detail"`
	Code   chat.Code `json:"code"`
	Field  string    `json:"field,omitempty"`
}

// kind is what a code means in HTTP. retry is told in Retry-After where the refusal itself does not say.
type kind struct {
	status int
	title  string
	retry  time.Duration
}

func kindOf(code chat.Code) kind {
	switch code {
	case chat.Unauthorized:
		return kind{http.StatusUnauthorized, "Not signed in", 0}
	case chat.Forbidden:
		return kind{http.StatusForbidden, "Not allowed", 0}
	case chat.NotFound:
		return kind{http.StatusNotFound, "Not found", 0}
	case chat.Conflict:
		return kind{http.StatusConflict, "Conflict", 0}
	case chat.Taken:
		return kind{http.StatusConflict, "Taken by another agent", 0}
	case chat.Closed:
		return kind{http.StatusConflict, "The conversation is over", 0}
	case chat.BadFrame, chat.UnknownType:
		return kind{http.StatusBadRequest, "Unreadable body", 0}
	case chat.BadField:
		return kind{http.StatusBadRequest, "Wrong field", 0}
	case chat.MissingField:
		return kind{http.StatusBadRequest, "Missing field", 0}
	case chat.TooLong:
		return kind{http.StatusBadRequest, "Too long", 0}
	case chat.TooLarge:
		return kind{http.StatusRequestEntityTooLarge, "Too large", 0}
	case chat.Unsupported:
		return kind{http.StatusUnsupportedMediaType, "Not supported", 0}
	case chat.RateLimited:
		return kind{http.StatusTooManyRequests, "Too many requests", time.Second}
	case chat.Unavailable:
		return kind{http.StatusServiceUnavailable, "Not available", time.Second}
	case chat.Draining:
		return kind{http.StatusServiceUnavailable, "Stopping", time.Second}
	}
	return kind{http.StatusInternalServerError, "Something went wrong", 0}
}

// later is a refusal that tells when to try again.
type later struct {
	*chat.Refusal
	after time.Duration
}

func (l *later) Unwrap() error { return l.Refusal }

// refuse answers with the error. What is no refusal is a fault of ours or of the store: it is logged, and not shown.
func (a *api) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var refusal *chat.Refusal
	if !errors.As(err, &refusal) {
		refusal = a.fault(r, err)
	}
	k := kindOf(refusal.Code)
	var wait *later
	if errors.As(err, &wait) {
		k.retry = wait.after
	}
	if k.retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(k.retry.Seconds()))))
	}
	if refusal.Code == chat.Unauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="confab"`)
	}
	writeProblem(w, r, k, refusal)
}

func (a *api) fault(r *http.Request, err error) *chat.Refusal {
	log := a.log.With(zap.String("method", r.Method), zap.String("path", r.URL.Path), zap.String("request", requestID(r)))
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

func writeProblem(w http.ResponseWriter, r *http.Request, k kind, refusal *chat.Refusal) {
	body, err := json.Marshal(problem{
		Type: "urn:confab:problem:" + string(refusal.Code), Title: k.title, Status: k.status,
		Detail: refusal.Message, Code: refusal.Code, Field: refusal.Field,
	})
	if err != nil {
		panic("api: " + err.Error()) // texts and a number always encode
	}
	write(w, r, k.status, "application/problem+json", body)
}
