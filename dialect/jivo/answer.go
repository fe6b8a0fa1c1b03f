package jivo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"confab/account"
	"confab/chat"
	"confab/outbox"
	"confab/people"
)

const (
	maxLinkBytes   = 2048
	maxTitleRunes  = 300
	maxReasonRunes = 300 // of what an address says is wrong
)

// answer is what an address says to an event. What is of another type than it should be is as if it were not there, and named
// in the faults.
type answer struct {
	ok     bool
	reason string // why it is not ok: in its own words if it has any
	panel  []people.PanelField
	card   chat.Card
	faults []string
}

// Answered does what the answer to chat_accepted asks for, as long as the chat goes on, and tells the agents if a card was not
// taken. Whatever is wrong with an answer is the error.
func (e *Encoder) Answered(ctx context.Context, a *account.Account, d outbox.Delivery, body []byte) error {
	said := readAnswer(body)
	if !said.ok {
		if d.Type == chatAssigned {
			if err := e.notTaken(ctx, a, d, said.reason); err != nil {
				return err
			}
		}
		return errors.New(strings.TrimSuffix(said.reason, "."))
	}
	if d.Type != chatAccepted {
		return nil
	}
	if err := e.accept(ctx, a, d, &said); err != nil {
		return err
	}
	if len(said.faults) > 0 {
		return errors.New(strings.Join(said.faults, "; "))
	}
	return nil
}

// GivenUp tells the agents that a card was not taken because its address did not answer.
func (e *Encoder) GivenUp(ctx context.Context, a *account.Account, d outbox.Delivery, why string) error {
	if d.Type != chatAssigned {
		return nil
	}
	return e.notTaken(ctx, a, d, why)
}

// accept shows the agents what the answer says: first in the conversation, whose log then tells what of it is not to be told
// back.
func (e *Encoder) accept(ctx context.Context, a *account.Account, d outbox.Delivery, said *answer) error {
	c, err := e.o.Desk.Conversation(ctx, a.ID, d.Conversation)
	if err != nil {
		return fmt.Errorf("conversation %s: %w", d.Conversation, err)
	}
	if !c.Open() {
		return errors.New("the answer came after the end of the chat, and was not used")
	}
	if said.card != (chat.Card{}) {
		if _, err := e.o.Desk.Card(ctx, a.ID, c.ID, by(a, d), said.card); err != nil {
			return fmt.Errorf("show the card: %w", err)
		}
	}
	note := people.Note{Panel: said.panel}
	if who := said.card.Contact; who != nil {
		note.Basic = map[string]string{"name": who.Name, "email": who.Email, "phone": who.Phone}
	}
	if note.Panel == nil && note.Basic == nil {
		return nil
	}
	if err := e.o.People.Note(ctx, a.ID, c.Visitor, note); err != nil {
		return fmt.Errorf("note what the answer says: %w", err)
	}
	return nil
}

func (e *Encoder) notTaken(ctx context.Context, a *account.Account, d outbox.Delivery, why string) error {
	var told struct {
		AssignTo *string `json:"assign_to"`
	}
	if err := json.Unmarshal(d.Body, &told); err != nil || told.AssignTo == nil {
		return fmt.Errorf("read what was told: %w", err)
	}
	if _, err := e.o.Desk.Unlink(ctx, a.ID, d.Conversation, by(a, d), *told.AssignTo, why); err != nil {
		return fmt.Errorf("tell the agents: %w", err)
	}
	return nil
}

// by is who answers, called by the host of his address.
func by(a *account.Account, d outbox.Delivery) chat.Actor {
	actor := chat.Actor{Kind: chat.Integration, ID: d.Target}
	for _, w := range a.Webhooks {
		if u, err := url.Parse(w.URL); err == nil && w.ID == d.Target {
			actor.Name = u.Hostname()
		}
	}
	return actor
}

func readAnswer(body []byte) answer {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil || fields == nil {
		return answer{reason: "The answer is no JSON object."}
	}
	result := texted(fields["result"])
	if !strings.EqualFold(result, "ok") {
		if result = chat.Clean(result, maxReasonRunes); result == "" {
			result = "The answer has no result."
		}
		return answer{reason: result}
	}
	said := answer{ok: true}
	said.read(fields)
	return said
}

func (a *answer) read(fields map[string]json.RawMessage) {
	a.panel = a.customData(fields["custom_data"])
	a.card.URL = a.link("crm_link", texted(fields["crm_link"]))
	if raw := fields["enable_assign"]; given(raw) && json.Unmarshal(raw, &a.card.Assign) != nil {
		a.fault("enable_assign is neither true nor false")
	}
	if p := a.object("page", fields["page"]); p != nil {
		if link := a.link("page.url", texted(p["url"])); link != "" {
			a.card.Page = &chat.Page{URL: link, Title: chat.Clean(texted(p["title"]), maxTitleRunes)}
		}
	}
	if who := a.object("contact_info", fields["contact_info"]); who != nil {
		text := func(name string) string { return people.CleanBasic(name, texted(who[name])) }
		if c := (chat.CardContact{Name: text("name"), Email: text("email"), Phone: text("phone")}); c != (chat.CardContact{}) {
			a.card.Contact = &c
		}
	}
}

// customData reads the fields; nil if there are none, and then those of before stay.
func (a *answer) customData(raw json.RawMessage) []people.PanelField {
	if !given(raw) {
		return nil
	}
	var list []map[string]json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		a.fault("custom_data is no list of objects")
		return nil
	}
	panel := make([]people.PanelField, len(list))
	for i, f := range list {
		panel[i] = people.PanelField{
			Title: texted(f["title"]), Content: texted(f["content"]), Key: texted(f["key"]),
			Link: a.link(fmt.Sprintf("custom_data[%d].link", i), texted(f["link"])),
		}
	}
	return panel
}

func (a *answer) object(name string, raw json.RawMessage) (fields map[string]json.RawMessage) {
	if given(raw) && json.Unmarshal(raw, &fields) != nil {
		a.fault("%s is no object", name)
		return nil
	}
	return fields
}

// link lets through what a browser may open.
func (a *answer) link(name, text string) string {
	if text == "" {
		return ""
	}
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || len(text) > maxLinkBytes {
		a.fault("%s is no web address", name)
		return ""
	}
	return u.String()
}

func (a *answer) fault(format string, args ...any) {
	a.faults = append(a.faults, fmt.Sprintf(format, args...))
}

func given(raw json.RawMessage) bool { return len(raw) > 0 && !bytes.Equal(raw, []byte("null")) }

// texted is a text, or a number or flag as text; "" for all else.
func texted(raw json.RawMessage) string {
	var text string
	switch {
	case !given(raw):
	case json.Unmarshal(raw, &text) == nil:
	case raw[0] != '{' && raw[0] != '[':
		text = string(raw)
	}
	return text
}
