package chat

// Kinds of timers, and what their ids name.
const (
	TimerVisitorGone = "visitor.gone"      // ends a thread's episode because its visitor stayed away
	TimerAgentGone   = "agent.gone"        // ends episodes whose agents are all away
	TimerIdle        = "conversation.idle" // closes a thread's conversation because nobody does anything in it
	TimerIdleAll     = "account.idle"      // looks at all of an account's conversations, for it closes idle ones differently now
)
