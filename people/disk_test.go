package people

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"confab/store/storetest"
	"confab/wire"
)

// TestNothingOfAnErasedPersonIsLeftOnTheDiskOfRedis looks at the bytes of its files: what was deleted stands there as long as
// they are not written anew.
func TestNothingOfAnErasedPersonIsLeftOnTheDiskOfRedis(t *testing.T) {
	server := storetest.Start(t)
	r := open(t, server.URL())
	a := r.come(t, acme, wire.Proof{ID: "canary-id", Email: "canary@acme.test", Name: "canary", HMAC: sign(acme, "canary-id")})
	b := r.come(t, acme, wire.Proof{Name: "nightingale"})
	r.write(t, a, "canary text")
	r.write(t, b, "nightingale text")
	if err := r.Event(t.Context(), a.speaker(), "request-1", "canary", []byte(`{"a":"canary"}`)); err != nil {
		t.Fatal(err)
	}
	if !onDisk(t, server.Dir, "canary") {
		t.Fatal("nothing of the person is on the disk before: the test looks in the wrong place")
	}
	if err := r.DeleteContact(t.Context(), "acme", a.Visitor.Contact); err != nil {
		t.Fatal(err)
	}
	if err := r.store.RewriteIfAsked(t.Context()); err != nil {
		t.Fatal(err)
	}
	storetest.Eventually(t, "the erased person is gone from the disk", func() bool {
		return !onDisk(t, server.Dir, "canary") && !onDisk(t, server.Dir, string(a.Visitor.ID))
	})
	if !onDisk(t, server.Dir, "nightingale") {
		t.Error("others went with him")
	}
	asked, err := r.store.Command(t.Context(), "", "GET", r.store.GlobalKey("rewrite"))
	if err != nil || asked != nil {
		t.Errorf("it is still asked for: %v, %v", asked, err)
	}
}

func onDisk(t *testing.T, dir, text string) (found bool) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil // a file of before, gone while we look
		}
		raw, err := os.ReadFile(path)
		found = found || err == nil && strings.Contains(string(raw), text)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
