package chat

import "fmt"

// Code names for programs why something was refused. The list is closed and the same on the socket and in REST.
type Code string

const (
	BadFrame     Code = "bad_frame"     // not JSON, not an object, too deep, no type
	UnknownType  Code = "unknown_type"  // a frame of a type this server does not know
	MissingField Code = "missing_field" // a field that must be there is not
	BadField     Code = "bad_field"     // a field of the wrong type, form or range
	TooLong      Code = "too_long"      // a text or list over its limit
	Unauthorized Code = "unauthorized"  // no credentials, or wrong ones
	Forbidden    Code = "forbidden"     // right credentials, not allowed
	NotFound     Code = "not_found"     // no such thing, or none that you may know of
	Conflict     Code = "conflict"      // the same client id was used for another text
	Taken        Code = "taken"         // another agent was first
	Closed       Code = "closed"        // the conversation is over
	RateLimited  Code = "rate_limited"  // too much too fast; try later
	Unavailable  Code = "unavailable"   // the store does not answer; nothing was acknowledged; try later
	Draining     Code = "draining"      // this node is stopping; reconnect
	Unsupported  Code = "unsupported"   // a content type or method that is not served
	TooLarge     Code = "too_large"     // a body over its limit
	Internal     Code = "internal"      // our fault; logged
)

// Retryable tells whether the same request may succeed later without a change.
func (c Code) Retryable() bool {
	switch c {
	case RateLimited, Unavailable, Draining, Internal:
		return true
	}
	return false
}

// Refusal is an error a caller can act on: a stable code for programs, a sentence for people.
type Refusal struct {
	Code    Code
	Message string
	Field   string // the field at fault, if one is
}

func (r *Refusal) Error() string { return string(r.Code) + ": " + r.Message }

// Is makes errors.Is(err, &Refusal{Code: x}) compare codes.
func (r *Refusal) Is(target error) bool {
	t, ok := target.(*Refusal)
	return ok && t.Code == r.Code
}

// Refuse builds a Refusal from a format.
func Refuse(code Code, format string, args ...any) *Refusal {
	return &Refusal{Code: code, Message: fmt.Sprintf(format, args...)}
}
