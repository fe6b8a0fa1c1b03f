package files

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"confab/chat"
)

// raw sends a request by hand and returns the answer's status; 0 if the connection was closed without one.
func (n *node) raw(lines string, body string) int {
	n.t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(n.url, "http://"))
	if err != nil {
		n.t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	fmt.Fprintf(c, "%s\r\nHost: node\r\n\r\n%s", lines, body)
	if strings.HasSuffix(body, cut) {
		_ = c.(*net.TCPConn).CloseWrite()
	}
	answer, err := io.ReadAll(c)
	if err != nil {
		n.t.Fatal(err)
	}
	var status int
	_, _ = fmt.Sscanf(string(answer), "HTTP/1.1 %d", &status)
	return status
}

const cut = "!" // at the end of a body: the sender goes

// empty tells that nothing of an upload is left.
func empty(t *testing.T, folders ...string) {
	t.Helper()
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				t.Errorf("%s was left", path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestABrokenUploadLeavesNothing(t *testing.T) {
	folder, temp := t.TempDir(), t.TempDir()
	disk := newDisk(t, folder)
	n := start(t, newStore(t), disk, func(o *Options) { o.Temp, o.Stall = temp, 200*time.Millisecond })
	for _, c := range []struct{ name, head, body string }{
		{"short and gone", "Content-Length: 100", "few bytes" + cut},
		{"short and silent", "Content-Length: 100", "few bytes"},
		{"shorter than said", "Content-Length: 9", "few bytes"},
		{"longer than said", "Content-Length: 101", strings.Repeat("x", 101)},
		{"of no length", "Transfer-Encoding: chunked", "3\r\nabc\r\n0\r\n\r\n"},
		{"without a length", "X-None: x", ""},
		{"compressed", "Content-Encoding: gzip\r\nContent-Length: 100", strings.Repeat("x", 100)},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := n.ticket(maya, "a.txt", 100)
			if got := n.raw("PUT "+path+" HTTP/1.1\r\nConnection: close\r\n"+c.head, c.body); got != http.StatusBadRequest {
				t.Errorf("status %d", got)
			}
			empty(t, folder, temp)
			if status, _ := n.put(path, make([]byte, 100)); status != http.StatusNotFound {
				t.Errorf("the ticket of a broken upload answers %d", status)
			}
		})
	}
}

func TestASenderWhoDripsIsCutOff(t *testing.T) {
	came := &deadlined{body: endless{}, control: http.NewResponseController(memoryWriter{}), stall: time.Hour, end: time.Now()}
	if _, err := came.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("after its end: %v", err)
	}
}

// memoryWriter is an answer whose connection keeps its deadline.
type memoryWriter struct{ http.ResponseWriter }

func (memoryWriter) SetReadDeadline(t time.Time) error {
	if !t.After(time.Now()) {
		return os.ErrDeadlineExceeded
	}
	return nil
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestATicketIsGoodOnce(t *testing.T) {
	n := alone(t)
	path := n.ticket(maya, "a.txt", 5)
	if status, _ := n.put(path, []byte("hello")); status != http.StatusCreated {
		t.Fatalf("status %d", status)
	}
	for _, p := range []string{path, uploadPath + "NOSUCHTICKET"} {
		if status, _ := n.put(p, []byte("again")); status != http.StatusNotFound {
			t.Errorf("%s answers %d", p, status)
		}
	}
}

func TestTheSameRequestHasTheSameTicketAndCountsOnce(t *testing.T) {
	n := alone(t, func(o *Options) { o.Limits.FilesPerVisitorDay = 2 })
	wish := Wish{Account: acme, Thread: thread, Author: maya, Request: "request-1", Name: "a.txt", Bytes: 5}
	first, err := n.files.Ticket(t.Context(), wish)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		again, err := n.files.Ticket(t.Context(), wish)
		if err != nil || again.URL != first.URL {
			t.Errorf("%+v, %v", again, err)
		}
	}
	if status, _ := n.put(first.URL, []byte("hello")); status != http.StatusCreated {
		t.Fatalf("status %d", status)
	}
	if _, err := n.files.Ticket(t.Context(), wish); err != nil { // whoever asks late learns where it was
		t.Error(err)
	}
	if status, _ := n.put(first.URL, []byte("hello")); status != http.StatusNotFound {
		t.Errorf("a used ticket was given again: %d", status)
	}
}

func TestAVisitorsDayIsLimitedAnAgentsIsNot(t *testing.T) {
	n := alone(t, func(o *Options) {
		o.Limits.FilesPerVisitorDay, o.Limits.BytesPerVisitorDay, o.Limits.FileBytes = 3, 1000, 600
	})
	ask := func(who chat.Actor, bytes int64) error {
		_, err := n.files.Ticket(t.Context(), Wish{Account: acme, Thread: thread, Author: who, Request: chat.RequestID(ids.New()), Name: "a", Bytes: bytes})
		return err
	}
	for _, c := range []struct {
		who   chat.Actor
		bytes int64
		want  chat.Code
	}{
		{maya, 0, chat.BadField}, {maya, 601, chat.TooLarge}, {maya, 600, ""}, {maya, 500, chat.RateLimited}, {maya, 400, ""},
		{chat.Actor{Kind: chat.Visitor, ID: "ola"}, 1, ""}, {chat.Actor{Kind: chat.Visitor, ID: "ola"}, 1, ""},
		{chat.Actor{Kind: chat.Visitor, ID: "ola"}, 1, ""}, {chat.Actor{Kind: chat.Visitor, ID: "ola"}, 1, chat.RateLimited},
		{anna, 600, ""}, {anna, 600, ""}, {anna, 600, ""}, {anna, 600, ""}, {anna, 601, chat.TooLarge},
	} {
		var r *chat.Refusal
		err := ask(c.who, c.bytes)
		if errors.As(err, &r); err == nil && c.want != "" || err != nil && (r == nil || r.Code != c.want) {
			t.Errorf("%s with %d bytes: %v, want %q", c.who.ID, c.bytes, err, c.want)
		}
	}
}

func TestAPageOfAnySiteMaySendWithoutCookies(t *testing.T) {
	n := alone(t)
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodOptions, n.url+n.ticket(maya, "a", 1), nil)
	r.Header.Set("Origin", "https://acme.test")
	r.Header.Set("Access-Control-Request-Method", "PUT")
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	a.Body.Close()
	if a.StatusCode != http.StatusNoContent || a.Header.Get("Access-Control-Allow-Credentials") != "" {
		t.Errorf("%d %v", a.StatusCode, a.Header)
	}
	has(t, a.Header, "Access-Control-Allow-Origin", "*")
	has(t, a.Header, "Access-Control-Allow-Methods", "PUT")
	has(t, a.Header, "Access-Control-Allow-Headers", "Content-Type")
}

func TestAFileComesInParts(t *testing.T) {
	n := alone(t)
	f := n.send("a.txt", []byte("0123456789"))
	a, body := n.get(f.URL, "Range", "bytes=2-4")
	if a.StatusCode != http.StatusPartialContent || string(body) != "234" {
		t.Errorf("%d %q", a.StatusCode, body)
	}
	a, body = n.get(f.URL, "If-None-Match", a.Header.Get("Etag"))
	if a.StatusCode != http.StatusNotModified || len(body) != 0 {
		t.Errorf("%d %q", a.StatusCode, body)
	}
	head, err := http.Head(n.url + f.URL)
	if err != nil || head.ContentLength != 10 {
		t.Errorf("%v, %+v", err, head)
	}
	head.Body.Close()
}

func TestAnUnknownFileIsNotFoundWithoutAReason(t *testing.T) {
	n := alone(t)
	for _, id := range []string{"NOSUCHFILE", "..", "%2e%2e%2fetc", "a:b{c}|d"} {
		a, body := n.get(filesPath + id + "/passwd")
		if a.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d %q", id, a.StatusCode, body)
		}
	}
}

func TestOnlyItsAuthorMayUseAFileAndOnlyInItsThread(t *testing.T) {
	n := alone(t)
	id := n.send("a.txt", []byte("hello")).ID
	for _, c := range []struct {
		account chat.AccountID
		thread  chat.ThreadID
		author  chat.Actor
		id      chat.FileID
		good    bool
	}{
		{acme, thread, maya, id, true},
		{acme, thread, maya, id, true}, // the message may be sent again
		{acme, thread, anna, id, false},
		{acme, "another", maya, id, false},
		{"globex", thread, maya, id, false},
		{acme, thread, chat.Actor{Kind: chat.Agent, ID: maya.ID}, id, false},
		{acme, thread, maya, "NOSUCHFILE", false},
	} {
		f, err := n.files.Use(t.Context(), c.account, c.thread, c.author, c.id)
		var r *chat.Refusal
		if c.good != (err == nil) || err != nil && (!errors.As(err, &r) || r.Code != chat.BadField || r.Field != "file") {
			t.Errorf("%+v: %+v, %v", c, f, err)
		}
	}
}

func TestAFileThatNobodySendsIsDeletedAndOneInAMessageStays(t *testing.T) {
	folder := t.TempDir()
	n := start(t, newStore(t), newDisk(t, folder))
	used, left := n.send("used.txt", []byte("hello")), n.send("left.txt", []byte("hello"))
	if _, err := n.files.Use(t.Context(), acme, thread, maya, used.ID); err != nil {
		t.Fatal(err)
	}
	if err := n.files.Sweep(t.Context(), time.Now().Add(-time.Minute)); err != nil {
		t.Fatal(err)
	}
	if a, _ := n.get(left.URL); a.StatusCode != http.StatusOK {
		t.Errorf("it was deleted too early: %d", a.StatusCode)
	}
	if err := n.files.Sweep(t.Context(), time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if a, _ := n.get(left.URL); a.StatusCode != http.StatusNotFound {
		t.Errorf("it is still there: %d", a.StatusCode)
	}
	if a, _ := n.get(used.URL); a.StatusCode != http.StatusOK {
		t.Errorf("that of a message is gone: %d", a.StatusCode)
	}
	if files, _ := filepath.Glob(folder + "/??/*"); len(files) != 1 {
		t.Errorf("in the folder are %v", files)
	}
}

func TestErasingAThreadErasesItsFilesAndTakesNoNewOnes(t *testing.T) {
	folder := t.TempDir()
	n := start(t, newStore(t), newDisk(t, folder))
	f, late := n.send("a.txt", []byte("hello")), n.ticket(maya, "b.txt", 5)
	if err := n.store.EraseThread(t.Context(), acme, thread); err != nil {
		t.Fatal(err)
	}
	if err := n.files.EraseThread(t.Context(), acme, thread); err != nil {
		t.Fatal(err)
	}
	if a, _ := n.get(f.URL); a.StatusCode != http.StatusNotFound {
		t.Errorf("it is still there: %d", a.StatusCode)
	}
	empty(t, folder)
	if status, _ := n.put(late, []byte("hello")); status != http.StatusNotFound {
		t.Errorf("an erased thread takes a file: %d", status)
	}
	if err := n.files.Sweep(t.Context(), time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	empty(t, folder)
}

func TestNodesThatShareAFolderServeEachOthersFiles(t *testing.T) {
	folder, s := t.TempDir(), newStore(t)
	a, b := start(t, s, newDisk(t, folder)), start(t, s, newDisk(t, folder))
	path := a.ticket(maya, "a.png", len(pngOf(9, 9)))
	status, f := b.put(path, pngOf(9, 9)) // a ticket is good at any node
	if status != http.StatusCreated {
		t.Fatalf("status %d", status)
	}
	if answer, body := a.get(f.URL); answer.StatusCode != http.StatusOK || !bytes.HasPrefix(body, []byte("\x89PNG")) {
		t.Errorf("%d %q", answer.StatusCode, body)
	}
}

func TestTooManyAtOnceAreToldToComeAgain(t *testing.T) {
	n := alone(t)
	for range arriving {
		n.files.slots <- struct{}{}
	}
	path := n.ticket(maya, "a.txt", 5)
	if status, _ := n.put(path, []byte("hello")); status != http.StatusServiceUnavailable {
		t.Errorf("status %d", status)
	}
	<-n.files.slots
	if status, _ := n.put(path, []byte("hello")); status != http.StatusCreated { // and the ticket is still good
		t.Errorf("status %d", status)
	}
}

func TestAWrongLengthIsRefusedBeforeAnythingIsRead(t *testing.T) {
	n := alone(t, func(o *Options) { o.Stall = time.Hour })
	path := n.ticket(maya, "a.txt", 100)
	if got := n.raw("PUT "+path+" HTTP/1.1\r\nContent-Length: 1000000000", ""); got != http.StatusBadRequest {
		t.Errorf("status %d", got)
	}
}
