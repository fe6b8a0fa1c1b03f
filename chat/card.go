package chat

// Card is what another system says of a conversation's visitor: for agents.
type Card struct {
	URL    string `json:"url,omitempty"`    // of that system's own record of him; http or https
	Assign bool   `json:"assign,omitempty"` // an agent may tie the conversation to the record (Link)
	Page   *Page  `json:"page,omitempty"`
	// Contact is who that system says he is. It stands in what is known of him too; here it stays with the conversation.
	Contact *CardContact `json:"contact,omitempty"`
	// Error is why that system did not take the last tie, "" if it did or there was none.
	Error string `json:"error,omitempty"`
}

// CardContact is what is said of a person; "" says nothing.
type CardContact struct {
	Name  string `json:"name,omitempty"`
	Email string `json:"email,omitempty"`
	Phone string `json:"phone,omitempty"`
}

// with is the card as another says it. What that one leaves empty stays.
func (c *Card) with(other Card) Card {
	var next Card
	if c != nil {
		next = *c
	}
	if other.URL != "" {
		next.URL = other.URL
	}
	next.Assign = next.Assign || other.Assign
	if other.Page != nil {
		next.Page = other.Page
	}
	if other.Contact != nil {
		next.Contact = other.Contact
	}
	next.Error = other.Error
	return next
}

func (c *Card) equal(other Card) bool {
	return c != nil && c.URL == other.URL && c.Assign == other.Assign && c.Error == other.Error &&
		same(c.Page, other.Page) && same(c.Contact, other.Contact)
}

func same[V comparable](a, b *V) bool {
	return a == b || a != nil && b != nil && *a == *b
}

// ShowCard shows the agents of an open conversation what another system says of its visitor. What card leaves empty stays as
// it was said before; saying the same again changes nothing.
func ShowCard(t Thread, by Actor, card Card, f Fresh, now Millis) (Change, error) {
	c := begin(t, f, now)
	if !c.conv.Open() {
		return Change{}, Refuse(Closed, "This conversation is over.")
	}
	card.Error = ""
	if c.conv.Card != nil {
		card.Error = c.conv.Card.Error
	}
	c.card(by, c.conv.Card.with(card))
	return c.Change, nil
}

// Link ties the conversation to a card of another system. Tying it to the same again changes nothing.
func Link(t Thread, by Actor, link string, f Fresh, now Millis) (Change, error) {
	c := begin(t, f, now)
	switch {
	case !c.conv.Open():
		return Change{}, Refuse(Closed, "This conversation is over.")
	case c.conv.LinkedTo == link:
		return Change{}, nil
	}
	c.add(KindConversationLinked, by, func(e *Entry) { e.Link = link })
	c.conv.LinkedTo = link
	if c.conv.Card != nil && c.conv.Card.Error != "" {
		card := *c.conv.Card
		card.Error = ""
		c.conv.Card = &card
	}
	c.settle()
	return c.Change, nil
}

// Unlink undoes a tie that the other system did not take, and tells the agents why, whether the conversation is open or not.
// It changes nothing if the conversation is tied to something else by now.
func Unlink(t Thread, by Actor, link, why string, f Fresh, now Millis) (Change, error) {
	c := begin(t, f, now)
	if c.conv == nil || c.conv.LinkedTo != link {
		return Change{}, nil
	}
	c.conv.LinkedTo = ""
	c.card(by, c.conv.Card.with(Card{Error: why}))
	return c.Change, nil
}

// card makes the card as it is now known, if it is another.
func (c *change) card(by Actor, card Card) {
	if c.conv.Card.equal(card) {
		return
	}
	c.add(KindConversationCard, by, func(e *Entry) { e.Conversation, e.Card = c.conv.ID, &card })
	c.conv.Card = &card
	c.settle()
}
