package presence

import (
	"encoding/json"
	"fmt"
	"strconv"

	"go.uber.org/zap"

	"confab/chat"
	"confab/store"
)

// fields is a person's hash.
type fields map[string]string

func (f fields) number(name string) int64 {
	n, _ := strconv.ParseInt(f[name], 10, 64) // absent: 0
	return n
}

// announce rings the bell if a script says that others must hear of a person.
func (p *Presence) announce(account chat.AccountID, person Person, reply any) error {
	f, told, err := parseChange(reply)
	if err != nil || !told {
		return err
	}
	if person.Kind == chat.Agent {
		a := liveAgent(chat.AgentID(person.ID), f)
		p.m.changes.WithLabelValues("agent", a.Status).Inc()
		p.ring(account, store.BellAgent, a)
		return nil
	}
	v := p.liveVisitor(chat.VisitorID(person.ID), f)
	p.m.changes.WithLabelValues("visitor", visitorChange(v)).Inc()
	p.withConversations(account, []LiveVisitor{v}, func(row []LiveVisitor, err error) {
		if err != nil {
			p.o.Log.Debug("presence: announced without the conversation", zap.Stringer("person", person), zap.Error(err))
		}
		p.ring(account, store.BellVisitor, row[0])
	})
	return nil
}

func (p *Presence) ring(account chat.AccountID, kind store.BellKind, row any) {
	data, err := json.Marshal(row)
	if err != nil {
		p.o.Log.Error("presence: cannot encode who is announced", zap.Error(err))
		return
	}
	p.o.Store.Ring(account, kind, "", "", data)
}

// withConversations puts into rows which conversation is open in each visitor's thread now, and gives them to done,
// with an error as they were. Never blocks.
func (p *Presence) withConversations(account chat.AccountID, rows []LiveVisitor, done func([]LiveVisitor, error)) {
	threads := make([]chat.ThreadID, len(rows))
	for i := range rows {
		threads[i] = rows[i].Thread
	}
	p.o.Store.OpenConversations(account, threads, func(open []chat.ConversationID, err error) {
		if err == nil {
			for i := range rows {
				rows[i].Conversation = open[i]
			}
		}
		done(rows, err)
	})
}

func visitorChange(v LiveVisitor) string {
	if v.Online {
		return "here"
	}
	return "gone"
}

// parseChange reads {told, hash}.
func parseChange(reply any) (f fields, told bool, err error) {
	pair, ok := reply.([]any)
	if !ok || len(pair) != 2 {
		return nil, false, fmt.Errorf("unexpected answer %T", reply)
	}
	return parseFields(pair[1]), pair[0] == int64(1), nil
}

func parseFields(reply any) fields {
	flat := texts(reply)
	f := make(fields, len(flat)/2)
	for i := 0; i+1 < len(flat); i += 2 {
		f[flat[i]] = flat[i+1]
	}
	return f
}

func texts(reply any) []string {
	list, _ := reply.([]any)
	out := make([]string, 0, len(list))
	for _, v := range list {
		s, _ := v.(string)
		out = append(out, s)
	}
	return out
}

func (p *Presence) liveVisitor(id chat.VisitorID, f fields) LiveVisitor {
	var k kept
	if err := json.Unmarshal([]byte(f["info"]), &k); err != nil && f["info"] != "" {
		p.o.Log.Warn("presence: what was kept of a visitor cannot be read", zap.String("visitor", string(id)), zap.Error(err))
	}
	v := LiveVisitor{
		ID: id, Name: k.Name, Email: k.Email, Level: k.Level, Thread: k.Thread,
		Device: k.Device, Node: f["node"], Online: f["online"] == "1", Since: chat.Millis(f.number("here")),
		PageSince: chat.Millis(f.number("since")), Referrer: f["ref"], Version: f.number("ver"),
		Visit: Visit{No: f.number("visit"), StartedAt: chat.Millis(f.number("visitAt")), Pages: f.number("pages")},
	}
	if f["url"] != "" {
		v.Page = &Page{URL: f["url"], Title: f["title"]}
	}
	return v
}
