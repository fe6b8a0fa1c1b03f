package chat

// Call is how a telephone call with a thread's visitor goes, all of it: of the entries that tell of one call the last holds.
// Times are zero while what they tell of has not happened.
type Call struct {
	ID        string `json:"id"`
	Phone     string `json:"phone"`  // + and digits
	Status    string `json:"status"` // as in package calls
	Reason    string `json:"reason,omitempty"`
	RecordURL string `json:"recordUrl,omitempty"`
	CreatedAt Millis `json:"createdAt"`
	AgentAt   Millis `json:"agentAt,omitempty"`
	ClientAt  Millis `json:"clientAt,omitempty"`
	EndedAt   Millis `json:"endedAt,omitempty"`
}

// TellCall decides where it is kept how a call goes: in the log, and in the conversation if one is open. It changes no
// state, whoever made the call what it is.
func TellCall(t Thread, by Actor, id ClientMessageID, call Call, f Fresh, now Millis) Change {
	c := begin(t, f, now)
	c.add(KindCall, by, func(e *Entry) { e.CMID, e.Call = id, &call })
	return c.Change
}
