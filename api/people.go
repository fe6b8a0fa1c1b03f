package api

import (
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"confab/chat"
	"confab/people"
)

// foundAnswer is a page of contacts, and how many all pages have.
type foundAnswer struct {
	page[people.Contact]
	Count int `json:"count"`
}

// queryOf reads ?filter= or ?segment=, and ?sort=.
func (a *api) queryOf(c *call) (people.Query, error) {
	values, after, limit, err := c.window()
	if err != nil {
		return people.Query{}, err
	}
	q := people.Query{Filter: json.RawMessage(values.Get("filter")), Sort: values.Get("sort"), After: after, Limit: limit}
	if id := values.Get("segment"); id != "" {
		if len(q.Filter) > 0 {
			return q, bad("segment", "Name a segment or a filter, not both.")
		}
		segment, err := a.people.Segment(c.ctx, c.account, id)
		if err != nil {
			return q, err
		}
		q.Filter = segment.Filter
	}
	return q, nil
}

func (a *api) contacts(c *call) (any, error) {
	q, err := a.queryOf(c)
	if err != nil {
		return nil, err
	}
	found, err := a.people.List(c.ctx, c.account, q)
	if err != nil {
		return nil, err
	}
	return foundAnswer{listOf(found.Contacts, found.Next), found.Count}, nil
}

// contactReport breaks contacts down by an attribute.
func (a *api) contactReport(c *call) (any, error) {
	q, err := a.queryOf(c)
	if err != nil {
		return nil, err
	}
	by := c.r.URL.Query().Get("by")
	if by == "" {
		return nil, missing("by")
	}
	found, err := a.people.Breakdown(c.ctx, c.account, by, q.Filter)
	if err != nil {
		return nil, err
	}
	return found, nil
}

// contactTable answers with all pages as one table. What goes wrong after its beginning breaks it off.
func (a *api) contactTable(c *call) (any, error) {
	q, err := a.queryOf(c)
	if err != nil {
		return nil, err
	}
	_ = http.NewResponseController(c.w).SetWriteDeadline(time.Now().Add(longTimeout))
	table := &attachment{w: c.w, head: c.r.Method == http.MethodHead}
	err = a.people.ExportTable(c.ctx, c.account, q, table)
	if err != nil && table.begun {
		panic(http.ErrAbortHandler)
	}
	if err != nil {
		return nil, err
	}
	return written{}, nil
}

// attachment is an answer that begins with its first byte.
type attachment struct {
	w           http.ResponseWriter
	begun, head bool
}

func (t *attachment) Write(part []byte) (int, error) {
	if !t.begun {
		t.begun = true
		t.w.Header().Set("Content-Type", "text/csv; charset=utf-8")
		t.w.Header().Set("Content-Disposition", `attachment; filename="contacts.csv"`)
		t.w.WriteHeader(http.StatusOK)
	}
	if t.head {
		return len(part), nil
	}
	return t.w.Write(part)
}

// importContacts takes a table in the body, by what the query says of it.
func (a *api) importContacts(c *call) (any, error) {
	values, err := c.query()
	if err != nil {
		return nil, err
	}
	if kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type")); err != nil || kind != "text/csv" {
		return nil, chat.Refuse(chat.Unsupported, "The body's Content-Type must be text/csv.")
	}
	if c.r.Header.Get("Content-Encoding") != "" {
		return nil, chat.Refuse(chat.Unsupported, "A body with a Content-Encoding is not taken.")
	}
	if c.r.ContentLength > people.MaxImportBytes {
		return nil, chat.Refuse(chat.TooLarge, "A table has at most %d MiB.", people.MaxImportBytes>>20)
	}
	o := people.Import{Key: values.Get("key")}
	switch values.Get("dryRun") {
	case "", "false":
	case "true":
		o.DryRun = true
	default:
		return nil, bad("dryRun", "dryRun is true or false.")
	}
	switch values.Get("conflict") {
	case "", "overwrite":
	case "keep":
		o.Keep = true
	default:
		return nil, bad("conflict", "conflict is keep or overwrite.")
	}
	for name, into := range map[string]*map[string]string{"columns": &o.Columns, "types": &o.Types} {
		if text := values.Get(name); text != "" && json.Unmarshal([]byte(text), into) != nil {
			return nil, bad(name, "%s is a JSON object of texts.", name)
		}
	}
	_ = http.NewResponseController(c.w).SetReadDeadline(time.Now().Add(longTimeout))
	return a.people.Import(c.ctx, c.account, io.Reader(c.r.Body), o)
}

func (a *api) attributes(c *call) (any, error) {
	all, err := a.people.Definitions(c.ctx, c.account)
	if err != nil {
		return nil, err
	}
	return listOf(all, ""), nil
}

type attributeBody struct {
	Name  string  `json:"name"`
	Type  string  `json:"type"`
	Title *string `json:"title"`
}

func (a *api) defineAttribute(c *call) (any, error) {
	body, err := decode[attributeBody](c)
	if err != nil {
		return nil, err
	}
	if body.Name == "" {
		return nil, missing("name")
	}
	d, err := a.people.Define(c.ctx, c.account, body.Name, body.Type)
	if err != nil || body.Title == nil {
		return d, err
	}
	return a.people.Entitle(c.ctx, c.account, d.Name, *body.Title)
}

type titleBody struct {
	Title *string `json:"title"`
}

func (a *api) entitleAttribute(c *call) (any, error) {
	body, err := decode[titleBody](c)
	if err != nil {
		return nil, err
	}
	if body.Title == nil {
		return nil, missing("title")
	}
	return a.people.Entitle(c.ctx, c.account, c.id(), strings.TrimSpace(*body.Title))
}

func (a *api) segments(c *call) (any, error) {
	all, err := a.people.Segments(c.ctx, c.account)
	if err != nil {
		return nil, err
	}
	return listOf(all, ""), nil
}

type segmentBody struct {
	Name   string          `json:"name"`
	Filter json.RawMessage `json:"filter"`
}

func (a *api) addSegment(c *call) (any, error) {
	body, err := decode[segmentBody](c)
	if err != nil {
		return nil, err
	}
	return a.people.SaveSegment(c.ctx, c.account, "", body.Name, body.Filter)
}

func (a *api) changeSegment(c *call) (any, error) {
	body, err := decode[segmentBody](c)
	if err != nil {
		return nil, err
	}
	was, err := a.people.Segment(c.ctx, c.account, c.id())
	if err != nil {
		return nil, err
	}
	if body.Name == "" {
		body.Name = was.Name
	}
	if len(body.Filter) == 0 {
		body.Filter = was.Filter
	}
	return a.people.SaveSegment(c.ctx, c.account, was.ID, body.Name, body.Filter)
}

func (a *api) deleteSegment(c *call) (any, error) {
	return nil, a.people.DeleteSegment(c.ctx, c.account, c.id())
}
