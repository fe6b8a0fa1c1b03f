package desk

import (
	"errors"
	"testing"

	"confab/chat"
)

func auto(by chat.Actor, text string) chat.Draft {
	return chat.Draft{Author: by, Sender: maya, CMID: "cmid-0001", Text: text, Auto: true}
}

func TestAnAutomaticMessageSentAgainIsTheFirstOnesWhoeverIsDrawn(t *testing.T) {
	desks := nodes(t, 2)
	first := postDraft(desks[0], auto(anna, "May I help you?"))
	again := postDraft(desks[1], auto(ben, "May I help you?"))
	if first.err != nil || again.err != nil {
		t.Fatal(first.err, again.err)
	}
	if again.Cursor != first.Cursor || !again.Known || again.Author != anna || first.Author != anna {
		t.Errorf("first %+v, again %+v", first, again)
	}
	if other := postDraft(desks[1], auto(anna, "Something else")); !errors.Is(other.err, &chat.Refusal{Code: chat.Conflict}) {
		t.Errorf("another text under the same id: %v", other.err)
	}
	if e := entryAt(t, desks[0], 1); e.Author != anna || !e.Auto || e.Conversation != "" {
		t.Errorf("kept %+v", e)
	}
	if list, _, err := desks[0].Conversations(t.Context(), account, "", "", 10); err != nil || len(list) > 0 {
		t.Errorf("it started a conversation: %v, %v", list, err)
	}
	post(desks[0], maya, "cmid-0002", "yes")
	postDraft(desks[0], chat.Draft{Author: anna, Sender: maya, CMID: "cmid-0003", Text: "Still there?", Auto: true})
	if c := conversation(t, desks[0]); c.Unread != 1 || c.State != chat.Waiting || c.LastAgentAt != 0 || len(c.Agents) > 0 {
		t.Errorf("an automatic message counts as an answer: %+v", c)
	}
}
