package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"confab/chat"
	"confab/store"
)

// agentGone ends the running episodes of the conversations whose agents are all away, now that one of them has stayed away for
// the grace. The conversations stay active, and theirs. An agent who is back, or whose colleague is here or has been away for a
// shorter time, ends nothing: that one's own timer comes later.
func (d *Desk) agentGone(ctx context.Context, t store.Timer) error {
	agent := chat.AgentID(t.ID)
	gone, err := d.allAway(ctx, t.Account, []chat.AgentID{agent})
	if err != nil {
		return err
	}
	if !gone {
		return d.store.FinishTimer(ctx, t)
	}
	ids, err := d.store.ActiveConversations(ctx, t.Account, agent)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := d.endIfAway(ctx, t.Account, id, agent); err != nil {
			return fmt.Errorf("conversation %s, whose agents may be away: %w", id, err)
		}
	}
	return d.store.FinishTimer(ctx, t)
}

// errOthers says that other agents are in a conversation than those who were looked for.
var errOthers = errors.New("other agents are in the conversation by now")

func (d *Desk) endIfAway(ctx context.Context, account chat.AccountID, id chat.ConversationID, agent chat.AgentID) error {
	for range maxTries {
		c, err := d.store.Conversation(ctx, account, id)
		if errors.Is(err, &chat.Refusal{Code: chat.NotFound}) {
			return nil // erased meanwhile
		}
		if err != nil || !c.Open() || !c.Has(agent) || !c.Episode.Running() {
			return err
		}
		away, err := d.allAway(ctx, account, c.Agents)
		if err != nil || !away {
			return err
		}
		_, err = d.change(ctx, account, id, nil, func(t chat.Thread, f chat.Fresh, now chat.Millis) (chat.Change, error) {
			if !slices.Equal(t.Conversation.Agents, c.Agents) {
				return chat.Change{}, errOthers
			}
			return chat.AgentsGone(t, f, now)
		})
		if errors.Is(err, &chat.Refusal{Code: chat.NotFound}) {
			return nil
		}
		if !errors.Is(err, errOthers) {
			return err
		}
	}
	return unavailable()
}

// nobodyAsks is the answer where nobody knows who is here.
func nobodyAsks(context.Context, chat.AccountID, []chat.AgentID) (bool, error) { return false, nil }
