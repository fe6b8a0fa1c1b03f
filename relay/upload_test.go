package relay_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/julienschmidt/httprouter"
	"go.uber.org/zap"

	"confab/chat"
	"confab/files"
	"confab/relay"
	"confab/relay/relaytest"
	"confab/wire"
)

// withFiles gives a node a place for files, and returns where they are served once it has started.
func withFiles(t *testing.T) (change func(*relay.Options), url func() string) {
	disk, err := files.OpenDisk(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { disk.Close() })
	router := httprouter.New()
	server := httptest.NewServer(router)
	t.Cleanup(server.Close)
	return func(o *relay.Options) {
		o.Files = files.New(files.Options{Store: o.Store, Place: disk, Log: zap.NewNop(), Temp: disk.Temp()})
		files.Register(router, o.Files)
	}, func() string { return server.URL }
}

// upload sends a file as its socket would, and returns it.
func upload(t *testing.T, s *relaytest.Socket, url string, thread chat.ThreadID, id chat.RequestID, content string) chat.File {
	t.Helper()
	s.Send(wire.Upload{Request: wire.Request{T: wire.TypeUpload, ID: id}, Thread: thread, Name: "bill.txt", Size: int64(len(content))})
	var ticket wire.Ticket
	if err := json.Unmarshal([]byte(s.Next(wire.TypeUpload, wire.TypeError).Raw), &ticket); err != nil || ticket.ID != id || ticket.URL == "" {
		t.Fatalf("ticket %+v, %v", ticket, err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, url+ticket.URL, bytes.NewBufferString(content))
	if err != nil {
		t.Fatal(err)
	}
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	raw, _ := io.ReadAll(a.Body)
	var f chat.File
	if err := json.Unmarshal(raw, &f); err != nil || a.StatusCode != http.StatusCreated {
		t.Fatalf("%d %s %v", a.StatusCode, raw, err)
	}
	return f
}

func TestAFileTravelsWithItsMessage(t *testing.T) {
	change, url := withFiles(t)
	n := relaytest.New(t).Start(change)
	v, anna := n.Visitor(), n.Agent(relaytest.Anna, true)
	f := upload(t, v, url(), "", "request-1", "what you owe")
	v.Send(wire.Send{T: wire.TypeSend, CMID: "message-1", File: f.ID})
	v.Send(wire.Send{T: wire.TypeSend, CMID: "message-2", Text: "and this is why"})
	first, second := v.Next(wire.TypeAck), v.Next(wire.TypeAck)
	if first.CMID != "message-1" || second.CMID != "message-2" || first.Seq >= second.Seq {
		t.Errorf("acknowledged %s at %d, %s at %d", first.CMID, first.Seq, second.CMID, second.Seq)
	}
	anna.Send(wire.Subscribe{T: wire.TypeSubscribe, Thread: v.Thread})
	for _, e := range anna.Next(wire.TypeEntries).Entries {
		if e.Entry.CMID == "message-1" {
			if e.Entry.File == nil || *e.Entry.File != f || e.Entry.Text != "" {
				t.Errorf("the agent reads %+v", e.Entry)
			}
			return
		}
	}
	t.Error("the agent does not find the message")
}

func TestAFileOfSomebodyElseIsRefusedByField(t *testing.T) {
	change, url := withFiles(t)
	n := relaytest.New(t).Start(change)
	v, other, anna := n.Visitor(), n.Visitor(), n.Agent(relaytest.Anna, true)
	f := upload(t, v, url(), "", "request-1", "mine")
	for name, try := range map[string]struct {
		s      *relaytest.Socket
		thread chat.ThreadID
		id     chat.FileID
	}{
		"another visitor": {other, "", f.ID}, "an agent": {anna, v.Thread, f.ID}, "no file": {v, "", "NOSUCHFILE"},
	} {
		try.s.Send(wire.Send{T: wire.TypeSend, Thread: try.thread, CMID: "message-1", File: try.id, Text: "see this"})
		if nack := try.s.Next(wire.TypeAck, wire.TypeNack); nack.Code != chat.BadField || nack.Field != "file" {
			t.Errorf("%s: %s", name, nack.Raw)
		}
	}
}

func TestAgentsSendFilesIntoThreadsOfTheirAccount(t *testing.T) {
	change, url := withFiles(t)
	n := relaytest.New(t).Start(change)
	v, anna, gina := n.Visitor(), n.Agent(relaytest.Anna, false), n.Agent(relaytest.Gina, false)
	v.Send(wire.Send{T: wire.TypeSend, CMID: "message-1", Text: "Hello"})
	v.Next(wire.TypeAck)
	f := upload(t, anna, url(), v.Thread, "request-1", "your ticket")
	anna.Send(wire.Send{T: wire.TypeSend, Thread: v.Thread, CMID: "message-1", File: f.ID})
	anna.Next(wire.TypeAck)
	got := v.Until(func(f relaytest.Frame) bool { return f.T == wire.TypeEntry && f.Entry.CMID == "message-1" })
	if e := got[len(got)-1].Entry; e.File == nil || *e.File != f {
		t.Errorf("the visitor reads %+v", e)
	}
	gina.Send(wire.Upload{Request: wire.Request{T: wire.TypeUpload, ID: "request-1"}, Thread: v.Thread, Name: "a", Size: 1})
	if refusal := gina.Next(wire.TypeUpload, wire.TypeError); refusal.Code != chat.NotFound {
		t.Errorf("another account's agent: %s", refusal.Raw)
	}
}

func TestANodeWithoutAPlaceForFilesSaysSo(t *testing.T) {
	v := relaytest.New(t).Start().Visitor()
	v.Send(wire.Upload{Request: wire.Request{T: wire.TypeUpload, ID: "request-1"}, Name: "a", Size: 1})
	if refusal := v.Next(wire.TypeUpload, wire.TypeError); refusal.Code != chat.Unsupported || !bytes.Contains([]byte(refusal.Raw), []byte(`"id":"request-1"`)) {
		t.Errorf("%s", refusal.Raw)
	}
	v.Send(wire.Send{T: wire.TypeSend, CMID: "message-1", File: "SOMEFILE"})
	if nack := v.Next(wire.TypeAck, wire.TypeNack); nack.Code != chat.BadField || nack.Field != "file" {
		t.Errorf("%s", nack.Raw)
	}
}
