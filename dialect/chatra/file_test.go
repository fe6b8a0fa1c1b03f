package chatra

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"net/http/httptest"
	"strings"
	"testing"

	"confab/chat"
	"confab/dialect/dialecttest"
	"confab/files"
	"confab/outbox"
	"confab/wire"
)

// sends has a guest upload a file, as his widget does, and write it into his thread.
func sends(t *testing.T, s dialecttest.Stage, guest, name string, content []byte) {
	t.Helper()
	v, self := s.Visitor(guest), s.Self(guest)
	ticket, err := s.Files.Ticket(t.Context(), files.Wish{
		Account: dialecttest.Acme, Thread: v.Thread, Author: self, Request: chat.RequestID(s.IDs.New()), Name: name, Bytes: int64(len(content)),
	})
	if err != nil {
		t.Fatal(err)
	}
	r, w := httptest.NewRequest("PUT", ticket.URL, bytes.NewReader(content)), httptest.NewRecorder()
	s.Handler.ServeHTTP(w, r)
	var f chat.File
	if err := json.Unmarshal(w.Body.Bytes(), &f); err != nil || w.Code != 201 {
		t.Fatalf("%d %s: %v", w.Code, w.Body, err)
	}
	s.Say(guest, chat.Draft{File: &f})
}

func drawing(t *testing.T, width, height int) []byte {
	t.Helper()
	var drawn bytes.Buffer
	if err := png.Encode(&drawn, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return drawn.Bytes()
}

// Proves CHATRA-WH-049 CHATRA-WH-061 CHATRA-WH-062 CHATRA-WH-063 CHATRA-WH-064 CHATRA-WH-065 CHATRA-WH-066 CHATRA-WH-067 CHATRA-WH-068 CHATRA-WH-069.
func TestFilesAreToldWithWhereTheyAreAndHowTheyLook(t *testing.T) {
	s := stage(t)
	files.Register(s.Handler, s.Files)
	s.Guest("maya", wire.Proof{}, chat.Page{URL: "https://shop.example/tents"}, "")
	sends(t, s, "maya", "bill.txt", []byte("a tent, 100"))
	sends(t, s, "maya", "small.png", drawing(t, 40, 30))
	sends(t, s, "maya", "large.png", drawing(t, 1129, 525))

	told := s.Told("maya", outbox.Target{ID: "target"}, s.Encode)
	messages := map[string]map[string]any{}
	for _, event := range told {
		if event["eventName"] != chatFragment {
			continue
		}
		m := event["messages"].([]any)[0].(map[string]any)
		messages[m["text"].(string)] = m
	}
	bill := messages["bill.txt"]["file"].(map[string]any)
	if bill["fileName"] != "bill.txt" || bill["size"] != 11.0 || bill["isImage"] != false || bill["imageInfo"] != nil {
		t.Errorf("%v", bill)
	}
	if got := fetch(t, s, bill["url"]); got.Body.String() != "a tent, 100" {
		t.Errorf("%d %s", got.Code, got.Body)
	}
	for name, want := range map[string]struct{ width, height, seenWidth, seenHeight int }{
		"small.png": {40, 30, 40, 30}, "large.png": {1129, 525, 800, 372},
	} {
		f := messages[name]["file"].(map[string]any)
		info := f["imageInfo"].(map[string]any)
		whole := fetch(t, s, f["url"])
		if f["isImage"] != true || info["width"] != float64(want.width) || info["height"] != float64(want.height) || f["size"] != float64(whole.Body.Len()) {
			t.Errorf("%v with %d bytes", f, whole.Body.Len())
		}
		preview := fetch(t, s, info["previewUrl"])
		c, err := png.DecodeConfig(preview.Body)
		if err != nil || c.Width != want.seenWidth || c.Height != want.seenHeight || preview.Header().Get("Content-Type") != "image/png" {
			t.Errorf("the preview of %s is %dx%d, %s: %v", name, c.Width, c.Height, preview.Header().Get("Content-Type"), err)
		}
	}
}

// fetch asks for an address that was told.
func fetch(t *testing.T, s dialecttest.Stage, url any) *httptest.ResponseRecorder {
	t.Helper()
	path, ours := strings.CutPrefix(url.(string), publicURL)
	w := httptest.NewRecorder()
	s.Handler.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	if !ours || w.Code != 200 {
		t.Fatalf("%v: %d", url, w.Code)
	}
	return w
}
