package presence

import "confab/chat"

// pageIn is a page as its line of the trail holds it.
type pageIn struct {
	chat.Page
	Conversation chat.ConversationID `json:"conversation,omitempty"`
}

// ViewIn is View of a page that belongs to a conversation.
func (p *Presence) ViewIn(account chat.AccountID, visitor chat.VisitorID, page chat.PageView, of chat.ConversationID, done func(error)) {
	c, ok := shownOf(page)
	if !ok {
		p.View(account, visitor, page, done) // which counts it
		return
	}
	c.encoded = encode(pageIn{c.Page, of})
	p.act(account, visitor, c, 0, done)
}
