package api

import (
	"context"
	"net/http"
)

const (
	requestIDHeader   = "X-Request-Id"
	maxRequestIDBytes = 64
)

type requestIDKey struct{}

// identify gives the request an id for logs and answers: the one that came with it, from a proxy or a caller that
// traces, or a fresh one.
func (a *api) identify(w http.ResponseWriter, r *http.Request) *http.Request {
	id := r.Header.Get(requestIDHeader)
	if !plainID(id) {
		id = a.ids.New()
	}
	w.Header().Set(requestIDHeader, id)
	return r.WithContext(context.WithValue(r.Context(), requestIDKey{}, id))
}

func requestID(r *http.Request) string {
	id, _ := r.Context().Value(requestIDKey{}).(string)
	return id
}

// plainID tells whether an id from outside may stand in a log line and in a header.
func plainID(id string) bool {
	if id == "" || len(id) > maxRequestIDBytes {
		return false
	}
	for _, c := range []byte(id) {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.') {
			return false
		}
	}
	return true
}
