package files

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// newBucket is a bucket of a store that speaks S3.
func newBucket(t *testing.T) *Bucket {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("confab"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(server.Close)
	b, err := OpenBucket("s3://confab/chat?region=eu-north-1&endpoint="+server.URL, BucketKeys{ID: "id", Secret: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestPlacesKeepWholeFilesAndForgetThem(t *testing.T) {
	for name, p := range map[string]Place{"disk": newDisk(t, t.TempDir()), "bucket": newBucket(t)} {
		t.Run(name, func(t *testing.T) {
			if err := Check(t.Context(), p); err != nil {
				t.Fatal(err)
			}
			if _, err := p.Open(t.Context(), "NOSUCHKEY"); !errors.Is(err, ErrGone) {
				t.Errorf("an unknown key: %v", err)
			}
			if err := p.Put(t.Context(), "SHORT", strings.NewReader("few"), 10); err == nil {
				t.Error("a file that is not whole was kept")
			}
			if _, err := p.Open(t.Context(), "SHORT"); !errors.Is(err, ErrGone) {
				t.Errorf("a file that is not whole: %v", err)
			}
			for range 2 {
				if err := p.Delete(t.Context(), "NOSUCHKEY"); err != nil {
					t.Errorf("deleting nothing: %v", err)
				}
			}
		})
	}
}

func TestABucketServesPartsAndForgets(t *testing.T) {
	n := start(t, newStore(t), newBucket(t))
	f := n.send("a.txt", []byte("0123456789"))
	if a, body := n.get(f.URL, "Range", "bytes=7-"); a.StatusCode != http.StatusPartialContent || string(body) != "789" {
		t.Errorf("%d %q", a.StatusCode, body)
	}
	if a, body := n.get(f.URL); a.StatusCode != http.StatusOK || string(body) != "0123456789" || a.ContentLength != 10 {
		t.Errorf("%d %q", a.StatusCode, body)
	}
	if f := n.send("a.png", pngOf(30, 20)); f.Width != 30 {
		t.Errorf("%+v", f)
	}
	if err := n.files.EraseThread(t.Context(), acme, thread); err != nil {
		t.Fatal(err)
	}
	if _, err := n.files.place.Open(t.Context(), string(f.ID)); !errors.Is(err, ErrGone) {
		t.Errorf("after erasing: %v", err)
	}
}

func TestNoKeyLeavesTheFolder(t *testing.T) {
	folder := t.TempDir()
	d := newDisk(t, folder+"/files")
	for _, key := range []string{"../../escaped", "..", "", "a/b/c", "tmp/x"} {
		if err := d.Put(t.Context(), key, strings.NewReader("x"), 1); err == nil {
			t.Errorf("%q was kept", key)
		}
	}
	if left, _ := os.ReadDir(folder); len(left) != 1 {
		t.Errorf("beside the folder are %v", left)
	}
}

func TestAPassingFolderGoes(t *testing.T) {
	d, err := OpenPassing()
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Put(t.Context(), "SOMEKEY", strings.NewReader("x"), 1); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(d.path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
}

func TestWrongBucketsAreNamed(t *testing.T) {
	for _, address := range []string{"s3://", "s3:///x", "http://b", "s3://b?endpoint=x", "s3://b?endpoint=ftp://x", "s3://b?secret=x", "s3://k:s@b", "s3://b?endpoint=http://x/y"} {
		if _, err := OpenBucket(address, BucketKeys{}); err == nil {
			t.Errorf("%s was taken", address)
		}
	}
}
