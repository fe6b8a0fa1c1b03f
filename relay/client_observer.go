package relay

import (
	"fmt"

	"confab/chat"
	"confab/wire"
)

// ClientState is where a Client stands.
type ClientState string

const (
	Connecting   ClientState = "connecting"
	Connected    ClientState = "connected"    // hello was received
	Disconnected ClientState = "disconnected" // and will try again
	Stopped      ClientState = "stopped"      // for good: Run returns
)

// Applied is an entry that took its place in the thread: the one after the entry applied before it.
type Applied struct {
	Thread chat.ThreadID
	Seq    chat.Seq
	Entry  chat.Entry
	Own    bool // it is this client's own message, made known by its acknowledgement
}

// Observer is told what happens to a Client. Nil functions are not called. All calls come from Run's goroutine, one
// after the other; they must not block, and may call the client's methods. Raw bytes are valid during the call.
type Observer struct {
	State     func(ClientState, error)
	Frame     func(t wire.Type, raw []byte) // every frame, before it is acted on
	Hello     func(wire.Hello)
	Entry     func(Applied)
	History   func(chat.ThreadID, []wire.Numbered)
	CaughtUp  func(wire.CaughtUp)
	Reset     func(thread chat.ThreadID, common chat.Cursor) // every entry above common is gone
	Gone      func(chat.ThreadID)                            // it may not be read any more, and is not followed
	Truncated func(thread chat.ThreadID, from chat.Seq)      // entries before from are not kept any more
	Ack       func(wire.Ack)
	Nack      func(wire.Nack)
	Refused   func(wire.Nack)                                     // a nack that is not retryable: the message left the outbox
	Offered   func(chat.ThreadID, chat.ClientMessageID)           // before each sending, the first and the repeated ones
	Repair    func(thread chat.ThreadID, id chat.ClientMessageID) // an acknowledged message was lost and is offered again
	Error     func(wire.Error)
	Marker    func(thread chat.ThreadID, m wire.Marker) // somebody's marker rose; what CaughtUp names is the base
}

// ClosedError is why a client stopped for good: the server closed with a code that says not to come back.
type ClosedError struct {
	Code   int
	Reason string
}

func (e *ClosedError) Error() string {
	return fmt.Sprintf("closed by the server: %d %s", e.Code, e.Reason)
}
