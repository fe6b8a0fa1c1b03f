package chat

import "testing"

var crm = Actor{Kind: Integration, ID: "crm"}

func TestACardKeepsWhatIsNotSaidAnewAndTheSameTwiceIsNothing(t *testing.T) {
	b := newBench(t)
	if _, err := ShowCard(b.thread, crm, Card{}, b.fresh(), 1); codeOf(err) != Closed {
		t.Errorf("without a conversation: %v", err)
	}
	b.post(maya, "hello")
	first := Card{URL: "https://crm.example/7", Assign: true, Page: &Page{URL: "https://shop.example/"}}
	e := b.apply(ShowCard(b.thread, crm, first, b.fresh(), 2)).Entries[0]
	if e.Kind != KindConversationCard || !e.Private() || e.Conversation != b.thread.Conversation.ID || *e.Card != first {
		t.Errorf("the entry is %+v", e)
	}
	before := b.thread.Conversation.Card
	b.apply(ShowCard(b.thread, crm, Card{Contact: &CardContact{Name: "Maya Lund"}}, b.fresh(), 3))
	if c := b.thread.Conversation.Card; c.URL != first.URL || !c.Assign || c.Page == nil || c.Contact.Name != "Maya Lund" {
		t.Errorf("the card is %+v", c)
	}
	if before.Contact != nil {
		t.Error("the state that was given has changed")
	}
	again := first
	again.Page = &Page{URL: "https://shop.example/"}
	if c, err := ShowCard(b.thread, crm, again, b.fresh(), 4); err != nil || !c.Empty() {
		t.Errorf("the same again: %+v, %v", c, err)
	}
}

func TestATieThatIsNotTakenIsUndoneWithTheReasonAndMayBeTriedAgain(t *testing.T) {
	const link = "https://crm.example/7"
	b := newBench(t)
	b.post(maya, "hello")
	b.apply(ShowCard(b.thread, crm, Card{URL: link, Assign: true}, b.fresh(), 2))
	if e := b.apply(Link(b.thread, anna, link, b.fresh(), 3)).Entries[0]; e.Kind != KindConversationLinked || e.Link != link || !e.Private() {
		t.Errorf("the entry is %+v", e)
	}
	if c, err := Link(b.thread, ben, link, b.fresh(), 4); err != nil || !c.Empty() {
		t.Errorf("tied twice: %+v, %v", c, err)
	}
	if c, err := Unlink(b.thread, crm, "https://crm.example/8", "no", b.fresh(), 5); err != nil || !c.Empty() {
		t.Errorf("of another tie: %+v, %v", c, err)
	}
	b.apply(Unlink(b.thread, crm, link, "Lead not found", b.fresh(), 6))
	if c := b.thread.Conversation; c.LinkedTo != "" || c.Card.Error != "Lead not found" || c.Card.URL != link {
		t.Errorf("the conversation is %+v with %+v", c, c.Card)
	}
	b.apply(Link(b.thread, anna, link, b.fresh(), 7))
	if c := b.thread.Conversation; c.LinkedTo != link || c.Card.Error != "" {
		t.Errorf("tied again: %+v with %+v", c, c.Card)
	}
	b.apply(Close(b.thread, anna, AgentClosed, b.fresh(), 8))
	b.apply(Unlink(b.thread, crm, link, "too late", b.fresh(), 9))
	if c := b.thread.Conversation; c.State != Over || c.LinkedTo != "" || c.Card.Error != "too late" {
		t.Errorf("after its end: %+v with %+v", c, c.Card)
	}
}
