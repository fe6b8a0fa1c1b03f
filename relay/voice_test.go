package relay

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"confab/account"
	"confab/chat"
)

// Proves CHATRA-JS-108.
func TestWhoSpeaksForAPageIsDrawnOnlineAndOfTheGroupFirst(t *testing.T) {
	type voice struct {
		account.Agent
		online bool
	}
	one := func(id chat.AgentID, online bool, groups ...chat.GroupID) voice {
		return voice{account.Agent{ID: id, Active: true, Groups: groups}, online}
	}
	anna, ben := one("anna", true, "sales"), one("ben", true, "sales", "support")
	cleo, dora := one("cleo", false, "sales"), one("dora", true)
	for name, c := range map[string]struct {
		all   []voice
		group chat.GroupID
		want  string
	}{
		"online of the group":             {[]voice{dora, cleo, anna, ben}, "sales", "anna ben"},
		"of the group, though not online": {[]voice{dora, cleo, one("elsa", false)}, "sales", "cleo"},
		"online, of no such group":        {[]voice{cleo, dora, anna}, "support", "anna dora"},
		"online, no group":                {[]voice{cleo, dora, anna}, "", "anna dora"},
		"anybody":                         {[]voice{cleo, one("elsa", false)}, "", "cleo elsa"},
	} {
		all := voices{online: map[chat.AgentID]bool{}}
		for _, v := range c.all {
			all.agents, all.online[v.ID] = append(all.agents, v.Agent), v.online
		}
		drawn := map[string]bool{}
		for range 200 {
			speaker, _ := all.draw(c.group)
			drawn[string(speaker.ID)] = true
		}
		if got := strings.Join(slices.Sorted(maps.Keys(drawn)), " "); got != c.want {
			t.Errorf("%s: drawn %s, want %s", name, got, c.want)
		}
	}
}
