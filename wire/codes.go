package wire

// Subprotocol is what clients ask for in Sec-WebSocket-Protocol.
const Subprotocol = "confab.v1.json"

// Reconnect tells a client what to do after a close.
type Reconnect string

const (
	Never Reconnect = "no"
	Soon  Reconnect = "yes"
	Later Reconnect = "later" // after 5 to 15 s
)

// Close is a way in which a socket ends. Codes holds all of them.
type Close struct {
	Code      int
	Name      string // metric label and log field
	Reconnect Reconnect
}

var (
	Done        = Close{1000, "done", Never}
	GoingAway   = Close{1001, "going_away", Soon}
	Binary      = Close{1003, "binary", Never}
	NotUTF8     = Close{1007, "not_utf8", Never}
	TooBig      = Close{1009, "too_big", Never}
	InternalErr = Close{1011, "internal", Soon}
	Restart     = Close{1012, "restart", Soon}
	Busy        = Close{1013, "busy", Later}
	BadFrames   = Close{4000, "bad_frames", Never}
	AuthFailed  = Close{4001, "auth", Never}
	NotAllowed  = Close{4003, "forbidden", Never}
	TooSlow     = Close{4008, "too_slow", Soon}
	LeaseLost   = Close{4009, "lease_lost", Soon}
	Revoked     = Close{4010, "revoked", Never}
	TooFast     = Close{4029, "too_fast", Later}
)

// Codes is the table of docs/protocol.md, "Closing".
var Codes = []Close{Done, GoingAway, Binary, NotUTF8, TooBig, InternalErr, Restart, Busy, BadFrames, AuthFailed,
	NotAllowed, TooSlow, LeaseLost, Revoked, TooFast}
