package mail

import (
	"cmp"
	"context"
	"net/mail"
	"net/url"
	"slices"
	"strings"
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
	w := to.words
	l := letter{
		to: to, bounds: boundsOfAnswer(a.ID, to.box), Account: nameOf(a), Cut: cut, Words: w,
		Subject: cmp.Or(oneLine(c.Subject, maxSubjectRunes), with(w.Conversation, nameOf(a))), Preview: oneLine(last.Text, 120),
		Unsubscribe: m.link(unsubscribePath, a, to, time.Time{}),
	}
	if to.claimed {
		messages = slices.DeleteFunc(messages, func(e chat.Entry) bool { return !isTeam(e.Author) })
	}
	l.signed(last.Author, a)
	l.say(messages, chat.Visitor, names{team: l.Account}, m.o.Public)
	if page := pageOf(a, c); page != "" {
		l.Button = &button{w.AnswerHere, page}
	}
	return l, m.sender(ctx, a, c, last.Author, &l)
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

// sender tells whom the letter comes from and where a reply goes. A conversation that one of the team began with a subject is a
// mail of his, under his profile if he chose one: he is answered. Of who only answers in the chat the address is nobody's
// business.
func (m *Mail) sender(ctx context.Context, a *account.Account, c store.Summary, who chat.Actor, l *letter) error {
	if c.Subject != "" && c.StartedBy.Kind == chat.Agent && who.Kind == chat.Agent {
		agent, err := m.o.Accounts.Agent(ctx, a.ID, chat.AgentID(who.ID))
		if err != nil && !isNotFound(err) {
			return err
		}
		own := account.SenderProfile{Name: who.Name}
		if c.Profile != "" && c.StartedBy.ID == who.ID {
			if p, ok := agent.Profile(c.Profile); ok {
				own, l.From, l.Signed = p, oneLine(p.Name, maxNameRunes), lines(strings.TrimSpace(p.Signature))
			}
		}
		m.answerTo(own, agent.Email, l)
	}
	if l.replyTo == nil && l.address == "" {
		l.Foot = append(l.Foot, l.Words.NoReplies)
	}
	l.Foot = append(l.Foot, with(l.Words.Why, l.Account))
	return nil
}

// answerTo has replies go to a profile's address, else to the agent's own. Mail comes from the profile's if it may.
func (m *Mail) answerTo(p account.SenderProfile, agents string, l *letter) {
	address, ok := postal(cmp.Or(p.Email, agents))
	switch {
	case !ok:
	case p.Email != "" && m.mayBeFrom(address):
		l.address = address
	default:
		l.replyTo = &mail.Address{Name: oneLine(p.Name, maxNameRunes), Address: address}
	}
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
	until, w, name := d.CreatedAt.Time().Add(confirmLife), to.words, nameOf(a)
	return letter{
		to: to, bounds: boundsOfConfirm(a.ID, to.box), From: name, Account: name, Words: w, Subject: w.Yours, Preview: with(w.ConfirmPreview, name),
		Lead:   []string{with(w.ConfirmWho, name), w.ConfirmHow},
		Button: &button{w.Confirm, m.link(confirmPath, a, to, until)}, Foot: []string{w.ConfirmElse},
	}, nil
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
	visitor, w := oneLine(cmp.Or(who.Name, c.VisitorName), maxNameRunes), wordsOf(a)
	l := letter{
		to: recipient{address: address}, bounds: []bound{boundsOfAccount(a.ID)}, From: nameOf(a), Account: nameOf(a), Cut: cut, Words: w,
		Subject: with(w.LogSubject, visitor), Preview: oneLine(messages[0].Text, 120), Foot: []string{w.LogFoot},
	}
	if c.Subject != "" {
		l.Subject += ": " + oneLine(c.Subject, maxSubjectRunes)
	}
	l.say(messages, "", names{visitor: visitor, team: l.Account}, m.o.Public)
	for _, f := range []fact{
		{w.FactName, who.Name}, {w.FactEmail, who.Email}, {w.FactPhone, who.Phone}, {w.FactDescription, who.Description}, {w.FactPage, startedOn(c)},
	} {
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
	return m.o.Public + path + "?l=" + to.words.lang + "&t=" + url.QueryEscape(token)
}
