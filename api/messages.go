package api

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"

	"confab/chat"
	"confab/store"
)

const (
	// threadPage entries are read at a time, at most maxScan for one answer: a thread also holds events and other
	// conversations. A list may so be shorter than asked for and still name what comes next.
	threadPage = 200
	maxScan    = 5 * threadPage

	maxKeyBytes = 255 // of an Idempotency-Key
)

// messageAnswer is an entry of a thread; but for messages, Text and what follows it are empty. Of a message that was edited
// Text is the new one; of one that was deleted there is nothing.
type messageAnswer struct {
	Seq             chat.Seq             `json:"seq"`
	ID              chat.EntryID         `json:"id"`
	Conversation    chat.ConversationID  `json:"conversation,omitempty"`
	Kind            chat.Kind            `json:"kind"`
	Author          chat.Actor           `json:"author"`
	Text            string               `json:"text"`
	Note            bool                 `json:"note"`
	Auto            bool                 `json:"auto"`
	At              chat.Millis          `json:"at"`
	ClientMessageID chat.ClientMessageID `json:"clientMessageId,omitempty"`
	File            *chat.File           `json:"file,omitempty"`
	Choices         []string             `json:"choices,omitempty"`
	EditedAt        chat.Millis          `json:"editedAt,omitempty"`
	DeletedAt       chat.Millis          `json:"deletedAt,omitempty"`

	amended store.Amended
}

func messageOf(n store.Numbered) (messageAnswer, error) {
	var e chat.Entry
	if err := json.Unmarshal(n.Raw, &e); err != nil {
		return messageAnswer{}, fmt.Errorf("entry %d: %w", n.Seq, err)
	}
	return messageAnswer{
		Seq: n.Seq, ID: n.EID, Conversation: e.Conversation, Kind: e.Kind, Author: e.Author, Text: e.Text, Note: e.Note,
		Auto: e.Auto, At: e.At, ClientMessageID: e.CMID, File: e.File, Choices: e.Choices, DeletedAt: e.DeletedAt, amended: n.Amended,
	}, nil
}

// edited puts the new texts in.
func (a *api) edited(c *call, thread chat.ThreadID, messages []messageAnswer) error {
	var seqs []chat.Seq
	for i := range messages {
		if by := messages[i].amended; by.By > 0 && !by.Deleted {
			seqs = append(seqs, by.By)
		}
	}
	edits, err := a.store.Edits(c.ctx, c.account, thread, seqs)
	if err != nil {
		return err
	}
	for i := range messages {
		m := &messages[i]
		if text, ok := edits[m.amended.By]; ok && !m.amended.Deleted {
			m.Text, m.EditedAt = text, m.amended.At
		}
	}
	return nil
}

// messages lists a conversation's messages, oldest first. A damaged entry of its thread stands among them, for nobody
// can tell any more what it was.
func (a *api) messages(c *call) (any, error) {
	_, after, limit, err := c.window()
	if err != nil {
		return nil, err
	}
	from, err := seqOf("after", after)
	if err != nil {
		return nil, err
	}
	talk, err := a.desk.Conversation(c.ctx, c.account, c.conversation())
	if err != nil {
		return nil, err
	}
	found, next, err := a.collect(c, talk, from, limit)
	if err != nil {
		return nil, err
	}
	if err := a.edited(c, talk.Thread, found); err != nil {
		return nil, err
	}
	return listOf(found, next), nil
}

// collect goes through the thread until it has enough, the conversation ends, or maxScan entries were looked at.
func (a *api) collect(c *call, talk store.Summary, from chat.Seq, limit int) (found []messageAnswer, next string, err error) {
	found = []messageAnswer{}
	for scanned := 0; scanned < maxScan; {
		entries, more, err := a.desk.Messages(c.ctx, c.account, talk.Thread, from, threadPage)
		if err != nil {
			return nil, "", err
		}
		for _, n := range entries {
			m, err := messageOf(n)
			if err != nil {
				return nil, "", err
			}
			from = n.Seq
			if m.belongs(talk.ID) {
				found = append(found, m)
			}
			if m.Conversation == talk.ID && m.Kind == chat.KindConversationClosed {
				return found, "", nil
			}
			if len(found) == limit {
				return found, nextSeq(from, talk.Top), nil
			}
		}
		if !more || len(entries) == 0 {
			return found, "", nil
		}
		scanned += len(entries)
	}
	return found, nextSeq(from, talk.Top), nil
}

func (m messageAnswer) belongs(id chat.ConversationID) bool {
	return m.Kind == chat.KindMessage && m.Conversation == id || m.Kind == chat.KindDamaged
}

func nextSeq(last, top chat.Seq) string {
	if last >= top {
		return ""
	}
	return strconv.FormatInt(int64(last), 10)
}

type postBody struct {
	Text            *string              `json:"text"`
	ClientMessageID chat.ClientMessageID `json:"clientMessageId"`
	Note            bool                 `json:"note"`
	Choices         []string             `json:"choices"`
	File            chat.FileID          `json:"file"`
}

// post writes a message. The same client id, or the same Idempotency-Key, sent again answers the message of the first time.
func (a *api) post(c *call) (any, error) {
	body, err := decode[postBody](c)
	if err != nil {
		return nil, err
	}
	text := ""
	switch {
	case body.Text != nil:
		text = *body.Text
	case body.File == "":
		return nil, missing("text")
	}
	id, err := a.messageID(c, body.ClientMessageID)
	if err != nil {
		return nil, err
	}
	file, err := a.file(c, body.File)
	if err != nil {
		return nil, err
	}
	posted, thread, err := a.desk.PostTo(c.ctx, c.account, c.conversation(), chat.Draft{
		Author: c.actor, CMID: id, Text: text, Note: body.Note, Choices: body.Choices, File: file, Scope: c.scope,
	})
	if err != nil {
		return nil, err
	}
	return a.kept(c, thread, posted.Cursor)
}

// kept reads back the message as it stands in the log; what became of it since it was kept stands there too.
func (a *api) kept(c *call, thread chat.ThreadID, at chat.Cursor) (any, error) {
	entries, _, err := a.desk.Messages(c.ctx, c.account, thread, at.Seq-1, 1)
	if err != nil {
		return nil, err
	}
	if len(entries) != 1 || entries[0].Seq != at.Seq || entries[0].EID != at.EID {
		return nil, chat.Refuse(chat.Unavailable, "The message was kept, but is not there to be read. Send it again under the same id.")
	}
	return a.answered(c, thread, entries[0])
}

// answered is a message as it stands now.
func (a *api) answered(c *call, thread chat.ThreadID, n store.Numbered) (any, error) {
	m, err := messageOf(n)
	if err != nil {
		return nil, err
	}
	one := []messageAnswer{m}
	if err := a.edited(c, thread, one); err != nil {
		return nil, err
	}
	return one[0], nil
}

// messageID is the id under which a message is kept once: the client's, or one made of the Idempotency-Key, or a new one.
func (a *api) messageID(c *call, given chat.ClientMessageID) (chat.ClientMessageID, error) {
	keys := c.r.Header.Values("Idempotency-Key")
	switch {
	case given != "":
		return given, checkID(given)
	case len(keys) == 0:
		return chat.ClientMessageID(a.ids.New()), nil
	case len(keys) > 1 || keys[0] == "" || len(keys[0]) > maxKeyBytes:
		return "", bad("Idempotency-Key", "An Idempotency-Key has 1 to %d characters.", maxKeyBytes)
	case chat.CheckCMID(chat.ClientMessageID(keys[0])) == nil:
		return chat.ClientMessageID(keys[0]), nil
	}
	digest := sha256.Sum256([]byte(keys[0]))
	return chat.ClientMessageID(base64.RawURLEncoding.EncodeToString(digest[:])), nil
}

// checkID names the field as it is called here.
func checkID(id chat.ClientMessageID) error {
	if err := chat.CheckCMID(id); err != nil {
		return bad("clientMessageId", "A client message id has 8 to %d letters, digits, '-' or '_'.", chat.Limits.CMIDBytes)
	}
	return nil
}
