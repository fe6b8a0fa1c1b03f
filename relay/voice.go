package relay

import (
	"context"
	"fmt"

	"confab/account"
	"confab/chat"
	"confab/presence"
)

// voice draws who says an automatic message: one who is online, of the group if one is named, before those of the group
// who are not, before others who are online, before the rest. Without any agent the account itself speaks.
func (f *feed) voice(ctx context.Context, owner *account.Account, group chat.GroupID) (chat.Actor, error) {
	all, err := f.voices(ctx)
	if err != nil {
		return chat.Actor{}, err
	}
	speaker, ok := all.draw(group)
	if !ok {
		return chat.Actor{Kind: chat.Bot, Name: owner.Name}, nil
	}
	return speaker.Actor(), nil
}

// voices are agents in whose names pages may speak.
type voices struct {
	agents []account.Agent
	online map[chat.AgentID]bool
}

func (v voices) draw(group chat.GroupID) (account.Agent, bool) {
	here := func(id chat.AgentID) bool { return v.online[id] }
	if speaker, ok := account.Draw(v.agents, here, group); ok || group == "" {
		return speaker, ok
	}
	return account.Draw(v.agents, here, "")
}

// voices returns the agents, as they were read last: whole crowds of pages may speak at once.
func (f *feed) voices(ctx context.Context) (voices, error) {
	f.mu.Lock()
	known, at, moves := f.speakers, f.speakersAt, f.speakersMoves
	f.mu.Unlock()
	if len(known.agents) > 0 && nowMillis()-at < staleAvailability.Milliseconds() {
		return known, nil
	}
	at = nowMillis()
	online, err := f.online(ctx)
	if err != nil {
		return voices{}, err
	}
	agents, err := f.hub.node.o.Accounts.Agents(ctx, f.account)
	if err != nil {
		return voices{}, fmt.Errorf("agents of %s: %w", f.account, err)
	}
	all := voices{agents, online}
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
	f.speakers = voices{}
	f.speakersMoves++
	f.mu.Unlock()
}
