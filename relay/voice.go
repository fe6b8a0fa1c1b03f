package relay

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"confab/account"
	"confab/chat"
	"confab/presence"
)

// voice is an agent in whose name a page may speak.
type voice struct {
	chat.Actor
	groups []chat.GroupID
	online bool
}

// voice draws who says an automatic message: one who is online, of the group if one is named, before those of the group
// who are not, before others who are online, before the rest. Without any agent the account itself speaks.
func (f *feed) voice(ctx context.Context, owner *account.Account, group chat.GroupID) (chat.Actor, error) {
	all, err := f.voices(ctx)
	if err != nil {
		return chat.Actor{}, err
	}
	if len(all) == 0 {
		return chat.Actor{Kind: chat.Bot, Name: owner.Name}, nil
	}
	return draw(all, group).Actor, nil
}

// draw needs at least one.
func draw(all []voice, group chat.GroupID) voice {
	rank := func(v *voice) int {
		r := 0
		if group != "" && slices.Contains(v.groups, group) {
			r = 2
		}
		if v.online {
			r++
		}
		return r
	}
	var best []voice
	for i := range all {
		v := &all[i]
		if len(best) > 0 && rank(v) > rank(&best[0]) {
			best = best[:0]
		}
		if len(best) == 0 || rank(v) == rank(&best[0]) {
			best = append(best, *v)
		}
	}
	return best[rand.IntN(len(best))]
}

// voices returns the agents who can log in, as they were read last: whole crowds of pages may speak at once.
func (f *feed) voices(ctx context.Context) ([]voice, error) {
	f.mu.Lock()
	known, at, moves := f.speakers, f.speakersAt, f.speakersMoves
	f.mu.Unlock()
	if len(known) > 0 && nowMillis()-at < staleAvailability.Milliseconds() {
		return known, nil
	}
	at = nowMillis()
	online, err := f.online(ctx)
	if err != nil {
		return nil, err
	}
	agents, err := f.hub.node.o.Accounts.Agents(ctx, f.account)
	if err != nil {
		return nil, fmt.Errorf("agents of %s: %w", f.account, err)
	}
	var all []voice
	for _, a := range agents {
		if a.Active && (a.Role == account.RoleAgent || a.Role == account.RoleAdmin) {
			all = append(all, voice{a.Actor(), a.Groups, online[a.ID]})
		}
	}
	f.mu.Lock()
	if f.speakersMoves == moves { // else somebody came or went while we read
		f.speakers, f.speakersAt = all, at
	}
	f.mu.Unlock()
	return all, nil
}

func (f *feed) online(ctx context.Context) (map[chat.AgentID]bool, error) {
	live, err := f.hub.node.o.Presence.Agents(ctx, f.account)
	if err != nil {
		return nil, fmt.Errorf("agents of %s: %w", f.account, err)
	}
	online := map[chat.AgentID]bool{}
	for _, a := range live {
		online[a.ID] = a.Status == presence.Online
	}
	return online, nil
}

// speakersMoved has the agents read again.
func (f *feed) speakersMoved() {
	f.mu.Lock()
	f.speakers = nil
	f.speakersMoves++
	f.mu.Unlock()
}
