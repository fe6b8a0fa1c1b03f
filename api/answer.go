package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

// page is a list's answer. Next is what to ask for with ?after=, null on the last page.
type page[T any] struct {
	Data []T     `json:"data"`
	Next *string `json:"next"`
}

func listOf[T any](items []T, next string) page[T] {
	p := page[T]{Data: items}
	if items == nil {
		p.Data = []T{}
	}
	if next != "" {
		p.Next = &next
	}
	return p
}

// written is what a handler returns that has answered itself.
type written struct{}

// answer writes what a handler returned; nil has no body.
func answer(w http.ResponseWriter, r *http.Request, status int, body any) error {
	if body == (written{}) {
		return nil
	}
	if body == nil {
		w.WriteHeader(status)
		return nil
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("encode the answer: %w", err)
	}
	write(w, r, status, "application/json", raw)
	return nil
}

func write(w http.ResponseWriter, r *http.Request, status int, kind string, body []byte) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a client that has gone is no concern of ours
	}
}
