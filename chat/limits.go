package chat

import (
	_ "embed"
	"encoding/json"
)

// limits.json is the one place of all limits: the server reads it here, the widget and the console import the same
// file, and docs/protocol.md has its table made from it.
//
//go:embed limits.json
var limitsJSON []byte

// LimitSet has sizes in the unit that the name ends in.
type LimitSet struct {
	FrameBytes             int     `json:"frameBytes"`             // one frame from a client; over it close 1009
	FrameDepth             int     `json:"frameDepth"`             // nesting of a frame's JSON
	TextRunes              int     `json:"textRunes"`              // text of one message
	CMIDBytes              int     `json:"cmidBytes"`              // a client message id
	AuthMillis             int     `json:"authMillis"`             // from connecting to a valid auth frame
	FrameMillis            int     `json:"frameMillis"`            // from a frame's first byte to its last
	VisitorHeartbeatMillis int     `json:"visitorHeartbeatMillis"` // a visitor's client is heard at least this often
	AgentHeartbeatMillis   int     `json:"agentHeartbeatMillis"`   // an agent's too
	SilentHeartbeats       float64 `json:"silentHeartbeats"`       // silence of so many heartbeats closes the socket
	FramesPerSecond        int     `json:"framesPerSecond"`        // frames of any type, per socket
	FramesBurst            int     `json:"framesBurst"`            // as many at once after a pause
	SendsPerSecond         int     `json:"sendsPerSecond"`         // messages, per socket
	SendsBurst             int     `json:"sendsBurst"`             // as many at once after a pause
	PendingSends           int     `json:"pendingSends"`           // messages of one socket that wait for their acknowledgement
	TypingGapMillis        int     `json:"typingGapMillis"`        // between two typing frames that are passed on
	TypingShownMillis      int     `json:"typingShownMillis"`      // a receiver forgets typing after this
	TypingPreviewRunes     int     `json:"typingPreviewRunes"`     // text shown to agents before it is sent
	PageGapMillis          int     `json:"pageGapMillis"`          // between two page views that are recorded
	PageURLBytes           int     `json:"pageUrlBytes"`           // an address of a page
	PageTitleRunes         int     `json:"pageTitleRunes"`         // a title of a page
	Subscriptions          int     `json:"subscriptions"`          // threads one socket follows
	CatchUpPage            int     `json:"catchUpPage"`            // entries in one frame while catching up
	HistoryPage            int     `json:"historyPage"`            // entries in one frame of history, at most and by default
	KnownCursors           int     `json:"knownCursors"`           // older positions that a client may name on resuming
	QueueBytes             int     `json:"queueBytes"`             // waiting to be written to one socket; over it close 4008
	QueueMillis            int     `json:"queueMillis"`            // the oldest of them may wait so long
	BadFrames              int     `json:"badFrames"`              // wrong frames of one socket before it is closed
	SocketsPerAddress      int     `json:"socketsPerAddress"`      // sockets from one address that have not authenticated
	NameRunes              int     `json:"nameRunes"`              // a person's name
	OutboxMessages         int     `json:"outboxMessages"`         // acknowledged messages a client keeps for repair
	OutboxMillis           int     `json:"outboxMillis"`           // and how long it keeps them
	FileBytes              int     `json:"fileBytes"`              // one file
	ImagePixels            int     `json:"imagePixels"`            // an image that is shown, all its frames together; a larger one is there to be fetched
	FilesPerVisitorDay     int     `json:"filesPerVisitorDay"`     // files of one visitor in a day
	BytesPerVisitorDay     int     `json:"bytesPerVisitorDay"`     // and what they have together
}

// Limits holds the values in force. Read-only.
var Limits = mustParseLimits(limitsJSON)

func mustParseLimits(raw []byte) LimitSet {
	var l LimitSet
	if err := json.Unmarshal(raw, &l); err != nil {
		panic("chat: limits.json: " + err.Error()) // compiled in; a test would have failed
	}
	return l
}
