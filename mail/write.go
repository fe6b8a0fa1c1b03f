package mail

import (
	"cmp"
	"context"
	"net/mail"
	"net/url"
	"slices"
	"time"

	"confab/account"
	"confab/chat"
	"confab/outbox"
	"confab/store"
)

// writeAnswer tells somebody what the team wrote to him.
func (m *Mail) writeAnswer(ctx context.Context, a *account.Account, d outbox.Delivery, o order) (letter, error) {
	c, err := m.conversation(ctx, a, d, o)
	if err != nil {
		return letter{}, err
	}
	to, err := m.recipient(ctx, a, o)
	if err != nil {
		return letter{}, err
	}
	if !to.known {
		return letter{}, notSent(reasonUnknown, "Nobody who may said that the address is the person's.")
	}
	messages, cut, err := m.messages(ctx, a.ID, d.Thread, o)
	if err != nil {
		return letter{}, err
	}
	last, err := m.unseen(ctx, a, d, o, messages)
	if err != nil {
		return letter{}, err
	}
	l := letter{
		to: to, bounds: boundsOfAnswer(a.ID, to.box), Account: nameOf(a), Cut: cut,
		Subject: cmp.Or(oneLine(c.Subject, maxSubjectRunes), "Your conversation with "+nameOf(a)), Preview: oneLine(last.Text, 120),
		Unsubscribe: m.link(unsubscribePath, a, to, time.Time{}),
	}
	if to.claimed {
		messages = slices.DeleteFunc(messages, func(e chat.Entry) bool { return !isTeam(e.Author) })
	}
	l.signed(last.Author, a)
	l.say(messages, chat.Visitor, names{team: l.Account}, m.o.Public)
	if page := pageOf(a, c); page != "" {
		l.Button = &button{"Answer in the chat", page}
	}
	return l, m.replies(ctx, a, c, last.Author, &l)
}

// unseen returns the newest answer, if there is still one to tell.
func (m *Mail) unseen(ctx context.Context, a *account.Account, d outbox.Delivery, o order, messages []chat.Entry) (last chat.Entry, err error) {
	for _, e := range messages {
		if isAnswer(&e) {
			last = e
		}
	}
	if last.EID == "" {
		return last, notSent(reasonGone, "The answer is not there any more.")
	}
	if o.Must {
		return last, nil
	}
	seen, err := m.seen(ctx, a.ID, d.Thread)
	if err == nil && seen >= o.UpTo {
		err = notSent(reasonSeen, "The answer was seen in the chat meanwhile.")
	}
	return last, err
}

// signed says who sends the letter.
func (l *letter) signed(who chat.Actor, a *account.Account) {
	l.From = nameOf(a)
	if name := oneLine(who.Name, maxNameRunes); name != "" && name != l.From {
		l.From = name + " (" + l.From + ")"
	}
}

// replies tells where a reply goes. A conversation that one of the team began with a subject is a mail of his: he is answered.
// Of who only answers in the chat the address is nobody's business.
func (m *Mail) replies(ctx context.Context, a *account.Account, c store.Summary, who chat.Actor, l *letter) error {
	if c.Subject != "" && c.StartedBy.Kind == chat.Agent && who.Kind == chat.Agent {
		agent, err := m.o.Accounts.Agent(ctx, a.ID, chat.AgentID(who.ID))
		if err != nil && !isNotFound(err) {
			return err
		}
		if address, ok := postal(agent.Email); err == nil && ok {
			l.replyTo = &mail.Address{Name: oneLine(who.Name, maxNameRunes), Address: address}
		}
	}
	if l.replyTo == nil {
		l.Foot = append(l.Foot, "Please answer in the chat on our site. What is replied to this mail does not come there.")
	}
	l.Foot = append(l.Foot, "You get this mail because you are in touch with "+l.Account+".")
	return nil
}

// writeConfirm asks whether an address is that of who was said to have it. Nothing that anybody wrote stands in it.
func (m *Mail) writeConfirm(ctx context.Context, a *account.Account, d outbox.Delivery, o order) (letter, error) {
	if _, err := m.conversation(ctx, a, d, o); err != nil {
		return letter{}, err
	}
	to, err := m.recipient(ctx, a, o)
	if err != nil {
		return letter{}, err
	}
	if to.known || to.mark != o.Mark {
		return letter{}, notSent(reasonGone, "There is nothing to be confirmed any more.")
	}
	to.name = "" // it was said by who said the address
	until := d.CreatedAt.Time().Add(confirmLife)
	l := letter{
		to: to, bounds: boundsOfConfirm(a.ID, to.box), From: nameOf(a), Account: nameOf(a), Subject: "Is this your address?",
		Preview: "Answers from " + nameOf(a) + " come by mail once you confirm it.",
		Lead: []string{
			"Somebody, most likely you, wrote to " + nameOf(a) + " in the chat on their site and gave this address. There is an answer.",
			"Confirm that the address is yours to get answers by mail. The link works for seven days.",
		},
		Button: &button{"Confirm this address", m.link(confirmPath, a, to, until)},
		Foot:   []string{"If it was not you, there is nothing to do: you will not be asked again, and nothing else is sent here."},
	}
	return l, nil
}

// writeLog tells the account how a chat went.
func (m *Mail) writeLog(ctx context.Context, a *account.Account, d outbox.Delivery, o order) (letter, error) {
	address, ok := postal(a.ChatLogTo)
	if !ok {
		return letter{}, notSent(reasonNoAddress, "The account wants no logs any more.")
	}
	c, err := m.conversation(ctx, a, d, o)
	if err != nil {
		return letter{}, err
	}
	who, err := m.o.People.Contact(ctx, a.ID, chat.ContactID(o.Visitor))
	if isNotFound(err) {
		return letter{}, notSent(reasonGone, "The person is not there any more.")
	}
	if err != nil {
		return letter{}, err
	}
	messages, cut, err := m.messages(ctx, a.ID, d.Thread, o)
	if err != nil {
		return letter{}, err
	}
	if len(messages) == 0 {
		return letter{}, notSent(reasonGone, "Nothing was said.")
	}
	visitor := oneLine(cmp.Or(who.Name, c.VisitorName), maxNameRunes)
	l := letter{
		to: recipient{address: address}, bounds: []bound{boundsOfAccount(a.ID)}, From: nameOf(a), Account: nameOf(a), Cut: cut,
		Subject: "Chat with " + visitor, Preview: oneLine(messages[0].Text, 120),
		Foot: []string{"This mail goes to the address that the account names for logs of chats."},
	}
	if c.Subject != "" {
		l.Subject += ": " + oneLine(c.Subject, maxSubjectRunes)
	}
	l.say(messages, "", names{visitor: visitor, team: l.Account}, m.o.Public)
	for _, f := range []fact{{"Name", who.Name}, {"E-mail", who.Email}, {"Phone", who.Phone}, {"Description", who.Description}, {"Page", startedOn(c)}} {
		if f.Value = oneLine(f.Value, 1000); f.Value != "" {
			l.Facts = append(l.Facts, f)
		}
	}
	return l, nil
}

func nameOf(a *account.Account) string {
	return cmp.Or(oneLine(a.Name, maxNameRunes), string(a.ID))
}

func startedOn(c store.Summary) string {
	if c.StartedOn == nil {
		return ""
	}
	return c.StartedOn.URL
}

// pageOf is the page on which the chat goes on: that where it began, if it is one of the account's own. A browser may say any.
func pageOf(a *account.Account, c store.Summary) string {
	u, err := url.Parse(startedOn(c))
	if err != nil || u.User != nil || u.Scheme != "https" && u.Scheme != "http" || !a.Origins().Names(u.Scheme+"://"+u.Host) {
		return ""
	}
	return u.String()
}

// link is the address of a page, for who is sent it.
func (m *Mail) link(path string, a *account.Account, to recipient, until time.Time) string {
	token := m.sign(path, a.ID, to.id, to.mark, until)
	return m.o.Public + path + "?t=" + url.QueryEscape(token)
}
