package chatra

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

// fault is a refusal as the dialect tells it: an object with the status and a sentence.
type fault struct {
	status  int
	message string
	retry   time.Duration // told in Retry-After if not zero
}

func (f *fault) Error() string { return f.message }

// badFormat is what a body that cannot be read is answered with, word for word.
func badFormat() error { return &fault{status: http.StatusBadRequest, message: "Invalid data format"} }

// bad refuses a field, which the sentence names.
func bad(field, what string) error {
	return &fault{status: http.StatusBadRequest, message: field + ": " + what}
}

func notFound(what string) error {
	return &fault{status: http.StatusNotFound, message: "There is no such " + what + "."}
}

// refuse answers with the error. What is neither fault nor refusal is a fault of ours or of the store: it is logged, and not shown.
func (a *rest) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var f *fault
	if !errors.As(err, &f) {
		f = a.faultOf(r, err)
	}
	if f.retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(f.retry.Seconds()))))
	}
	if f.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Basic realm="api", charset="UTF-8"`)
	}
	write(w, r, f.status, map[string]any{"status": f.status, "message": f.message})
}

var statuses = map[chat.Code]int{
	chat.BadField: http.StatusBadRequest, chat.MissingField: http.StatusBadRequest, chat.TooLong: http.StatusBadRequest,
	chat.Forbidden: http.StatusForbidden, chat.NotFound: http.StatusNotFound, chat.TooLarge: http.StatusRequestEntityTooLarge,
	chat.RateLimited: http.StatusTooManyRequests, chat.Unavailable: http.StatusServiceUnavailable,
}

func (a *rest) faultOf(r *http.Request, err error) *fault {
	var refusal *chat.Refusal
	if errors.As(err, &refusal) && statuses[refusal.Code] != 0 {
		f := &fault{status: statuses[refusal.Code], message: refusal.Message}
		if refusal.Field != "" {
			f.message = refusal.Field + ": " + refusal.Message
		}
		if refusal.Code.Retryable() {
			f.retry = time.Second
		}
		return f
	}
	log := a.Log.With(zap.String("method", r.Method), zap.String("path", r.URL.Path), zap.Error(err))
	switch {
	case r.Context().Err() != nil:
		log.Debug("client left before the answer")
	case errors.Is(err, context.DeadlineExceeded):
		log.Warn("no answer in time")
		return &fault{status: http.StatusServiceUnavailable, message: "No answer in time. Try again.", retry: time.Second}
	default:
		log.Error("request failed")
	}
	return &fault{status: http.StatusInternalServerError, message: "Something went wrong."}
}

func write(w http.ResponseWriter, r *http.Request, status int, answer any) {
	raw, err := json.Marshal(answer)
	if err != nil {
		panic("chatra: " + err.Error()) // plain structs, and values that came as JSON
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(raw)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(raw) // a client that has gone is no concern of ours
	}
}
