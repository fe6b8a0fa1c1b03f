// Package plant names faults that a special build carries on purpose, to prove that the tests find them. In every
// other build Is is the constant false and the faults are compiled away.
package plant

// Bug is one planted fault.
type Bug string

const (
	SkipDedupe      Bug = "skip-dedupe"       // append.lua does not look for the client's id
	AckEarly        Bug = "ack-early"         // the session acknowledges before the commit
	AckOnError      Bug = "ack-on-error"      // the session acknowledges what the store refused
	ResumeByNumber  Bug = "resume-by-number"  // reading on trusts the number without the identity
	OnePageOnly     Bug = "one-page-only"     // catching up ends after the first page
	NoGapRefill     Bug = "no-gap-refill"     // the hub takes what follows a gap as read
	NoPositionCheck Bug = "no-position-check" // nobody looks for a lost last bell
	NoVerify        Bug = "no-verify"         // nobody compares histories when the feed has changed
	DoubleSend      Bug = "double-send"       // the session hands a message to the desk twice, under two ids
	Reorder         Bug = "reorder"           // the client sends the newest waiting message first
	ForgetUnacked   Bug = "forget-unacked"    // the client forgets the message in flight when the socket dies
	NewIDOnRetry    Bug = "new-id-on-retry"   // the client sends again under a new id
	NoRepair        Bug = "no-repair"         // the client does not offer again what a reset took
	MarkerFalls     Bug = "marker-falls"      // a marker takes any value
	MarkerAboveTop  Bug = "marker-above-top"  // a marker may pass the newest entry
	NoGrace         Bug = "no-grace"          // presence says offline at once
	NeverReap       Bug = "never-reap"        // nobody looks after the connections of a dead node
	LeakNotes       Bug = "leak-notes"        // visitors receive agents' notes
)

// All lists every planted fault. Read-only.
var All = []Bug{
	SkipDedupe, AckEarly, AckOnError, ResumeByNumber, OnePageOnly, NoGapRefill,
	NoPositionCheck, NoVerify, DoubleSend, Reorder, ForgetUnacked, NewIDOnRetry,
	NoRepair, MarkerFalls, MarkerAboveTop, NoGrace, NeverReap, LeakNotes,
}
