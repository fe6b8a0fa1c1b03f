package api

import (
	"confab/chat"
	"confab/files"
)

type uploadBody struct {
	Name *string `json:"name"`
	Size int64   `json:"size"`
}

// upload answers with where a file for the conversation may be sent to.
func (a *api) upload(c *call) (any, error) {
	body, err := decode[uploadBody](c)
	if err != nil {
		return nil, err
	}
	if body.Name == nil || *body.Name == "" {
		return nil, missing("name")
	}
	talk, err := a.desk.Conversation(c.ctx, c.account, c.conversation())
	if err != nil {
		return nil, err
	}
	if a.files == nil {
		return nil, noFiles()
	}
	ticket, err := a.files.Ticket(c.ctx, files.Wish{
		Account: c.account, Thread: talk.Thread, Author: c.actor, Request: chat.RequestID(a.ids.New()), Name: *body.Name, Bytes: body.Size,
	})
	if err != nil {
		return nil, err
	}
	return ticket, nil
}

// file finds what a message names; nil if it names none.
func (a *api) file(c *call, id chat.FileID) (*chat.File, error) {
	switch {
	case id == "":
		return nil, nil
	case a.files == nil:
		return nil, noFiles()
	}
	talk, err := a.desk.Conversation(c.ctx, c.account, c.conversation())
	if err != nil {
		return nil, err
	}
	return a.files.Use(c.ctx, c.account, talk.Thread, c.actor, id)
}

func noFiles() error {
	return chat.Refuse(chat.Unsupported, "This server keeps no files: its operator has named no place for them.")
}
