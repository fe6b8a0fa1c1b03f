package presence

import (
	_ "embed"

	"confab/store"
)

//go:embed lua/person.lua
var personLua string

//go:embed lua/visit.lua
var visitLua string

//go:embed lua/thread.lua
var threadLua string

//go:embed lua/agent.lua
var agentLua string

//go:embed lua/clock.lua
var clockLua string

//go:embed lua/enter_visitor.lua
var enterVisitorLua string

//go:embed lua/enter_agent.lua
var enterAgentLua string

//go:embed lua/leave.lua
var leaveLua string

//go:embed lua/depart_visitor.lua
var departVisitorLua string

//go:embed lua/depart_agent.lua
var departAgentLua string

//go:embed lua/view.lua
var viewLua string

//go:embed lua/retain.lua
var retainLua string

//go:embed lua/adopt.lua
var adoptLua string

//go:embed lua/adopted.lua
var adoptedLua string

//go:embed lua/merged.lua
var mergedLua string

//go:embed lua/visits.lua
var visitsLua string

//go:embed lua/away.lua
var awayLua string

//go:embed lua/expect.lua
var expectLua string

//go:embed lua/read.lua
var readLua string

//go:embed lua/status.lua
var statusLua string

//go:embed lua/forget.lua
var forgetLua string

//go:embed lua/due.lua
var dueLua string

//go:embed lua/register.lua
var registerLua string

//go:embed lua/renew.lua
var renewLua string

//go:embed lua/release.lua
var releaseLua string

//go:embed lua/look_at.lua
var lookAtLua string

//go:embed lua/sweep.lua
var sweepLua string

// scripts are what a Presence runs in the store, each one step.
type scripts struct {
	enterVisitor, enterAgent, leave, departVisitor, departAgent *store.Script
	view, read, status, forget, due, adopted, visits, away      *store.Script
	expect, merged, retain                                      *store.Script
	register, renew, release, lookAt, sweep                     *store.Script
}

func newScripts(s *store.Store) scripts {
	visitor, agent := personLua+visitLua, personLua+agentLua
	return scripts{
		enterVisitor:  s.Script("presence.enter_visitor 4", visitor+threadLua+adoptLua+enterVisitorLua),
		enterAgent:    s.Script("presence.enter_agent 2", agent+enterAgentLua),
		leave:         s.Script("presence.leave 2", personLua+leaveLua),
		departVisitor: s.Script("presence.depart_visitor 2", personLua+threadLua+departVisitorLua),
		departAgent:   s.Script("presence.depart_agent 2", agent+departAgentLua),
		view:          s.Script("presence.view 4", visitor+viewLua),
		read:          s.Script("presence.read 1", readLua),
		status:        s.Script("presence.status 2", agent+statusLua),
		forget:        s.Script("presence.forget 2", personLua+forgetLua),
		adopted:       s.Script("presence.adopted 1", personLua+adoptLua+adoptedLua),
		merged:        s.Script("presence.merged 1", personLua+adoptLua+mergedLua),
		visits:        s.Script("presence.visits 1", visitsLua),
		away:          s.Script("presence.away 1", awayLua),
		expect:        s.Script("presence.expect 1", expectLua),
		retain:        s.Script("presence.retain 1", retainLua),
		due:           s.Script("presence.due 1", dueLua),
		register:      s.Script("presence.register 1", clockLua+registerLua),
		renew:         s.Script("presence.renew 1", clockLua+renewLua),
		release:       s.Script("presence.release 1", clockLua+releaseLua),
		lookAt:        s.Script("presence.look_at 1", lookAtLua),
		sweep:         s.Script("presence.sweep 1", clockLua+sweepLua),
	}
}
