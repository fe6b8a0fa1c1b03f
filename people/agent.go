package people

import (
	"slices"
	"strings"
	"sync"

	"github.com/ua-parser/uap-go/uaparser"

	"confab/chat"
)

const (
	maxAgentBytes  = 512
	maxKnownAgents = 4096
	maxDeviceRunes = 64
)

// agents knows browsers and systems by what they say of themselves. What was asked lately is remembered, in two
// generations so that it stays bounded. Safe for concurrent use.
type agents struct {
	mu         sync.Mutex
	young, old map[string]software
}

type software struct{ browser, os string }

func newAgents() *agents { return &agents{young: map[string]software{}} }

// agentParser compiles its many definitions when the first visitor comes, once for the process. Read-only.
var agentParser = sync.OnceValues(func() (*uaparser.Parser, error) {
	return uaparser.New(uaparser.WithMode(uaparser.EOsLookUpMode | uaparser.EUserAgentLookUpMode))
})

// look returns the browser and the system, "" each if it is not known.
func (a *agents) look(userAgent string) software {
	if userAgent == "" || len(userAgent) > maxAgentBytes {
		return software{}
	}
	if known, ok := a.remembered(userAgent); ok {
		return known
	}
	parser, err := agentParser()
	if err != nil {
		return software{} // the definitions are compiled in; a test would have failed
	}
	c := parser.Parse(userAgent)
	found := software{
		browser: label(c.UserAgent.Family, c.UserAgent.Major, c.UserAgent.Minor, c.UserAgent.Patch),
		os:      label(c.Os.Family, c.Os.Major, c.Os.Minor, c.Os.Patch),
	}
	a.remember(userAgent, found)
	return found
}

// label is a name with its version: "Chrome 45.0.2454", "Windows 10". Zeros at the end are left out, for most browsers of today
// have nothing else there: "Chrome 142".
func label(family string, version ...string) string {
	if family == "" || family == "Other" {
		return ""
	}
	known := slices.Index(version, "")
	if known < 0 {
		known = len(version)
	}
	for known > 1 && version[known-1] == "0" {
		known--
	}
	return chat.Clean(strings.TrimSpace(family+" "+strings.Join(version[:known], ".")), maxDeviceRunes)
}

func (a *agents) remembered(userAgent string) (software, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if s, ok := a.young[userAgent]; ok {
		return s, true
	}
	s, ok := a.old[userAgent]
	return s, ok
}

func (a *agents) remember(userAgent string, s software) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.young) >= maxKnownAgents {
		a.old, a.young = a.young, map[string]software{}
	}
	a.young[userAgent] = s
}
