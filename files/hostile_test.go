package files

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"image/gif"
	"image/jpeg"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"
)

const script = `<script>alert(document.domain)</script>`

// pngHead is a PNG that says to have so many pixels, and holds none.
func pngHead(w, h uint32) []byte {
	ihdr := binary.BigEndian.AppendUint32([]byte("IHDR"), w)
	ihdr = append(binary.BigEndian.AppendUint32(ihdr, h), 8, 6, 0, 0, 0)
	out := binary.BigEndian.AppendUint32([]byte("\x89PNG\r\n\x1a\n"), 13)
	out = append(out, ihdr...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(ihdr))
}

func webpHead(w, h uint32) []byte {
	vp8x := []byte{0, 0, 0, 0, byte(w - 1), byte((w - 1) >> 8), byte((w - 1) >> 16), byte(h - 1), byte((h - 1) >> 8), byte((h - 1) >> 16)}
	body := append([]byte("WEBPVP8X\x0a\x00\x00\x00"), vp8x...)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

func gifHead(w, h uint16) []byte {
	b := gifOf(2, 2, 1)
	binary.LittleEndian.PutUint16(b[6:], w)
	binary.LittleEndian.PutUint16(b[8:], h)
	return b
}

// hostile are contents that must never be shown or run, whatever they are called.
var hostile = map[string][]byte{
	"a.svg":        []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`),
	"a.html":       []byte("<!DOCTYPE html><html>" + script),
	"a.png":        []byte("<html>" + script),                                         // a lie
	"b.png":        append([]byte("\x89PNG\r\n\x1a\n"), script...),                    // HTML under a PNG's signature
	"c.jpg":        append([]byte("\xff\xd8\xff\xe0"), script...),                     // under a JPEG's
	"a.gif":        []byte("GIF89a/*" + strings.Repeat(" ", 30) + "*/=1;alert(1)//;"), // a script under a GIF's
	"a.webp":       append([]byte("RIFF\x10\x00\x00\x00WEBP"), script...),             // under a WebP's
	"a.xml":        []byte(`<?xml version="1.0"?><!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;</x>`),
	"a.js":         []byte("alert(1)"),
	"a.pdf":        []byte("%PDF-1.7\n" + script),
	"a.swf":        []byte("CWS\x0a" + script),
	"page.mhtml":   []byte("MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n" + script),
	"huge.png":     pngHead(30_000, 30_000),
	"wrap.png":     pngHead(1<<31-1, 1<<31-1),
	"huge.gif":     gifHead(65_535, 65_535),
	"huge.webp":    webpHead(1<<24, 100),
	"frames.gif":   gifOf(1, 1, mostFrames+1),
	"cut.png":      pngOf(40, 40)[:90],
	"cut.jpg":      jpegOf(40, 40)[:300],
	"cut.gif":      gifOf(40, 40, 3)[:40],
	"no-frame.gif": {'G', 'I', 'F', '8', '9', 'a', 1, 0, 1, 0, 0, 0, 0, 0x3b},
	"one.bin":      {0},
}

func TestWhateverIsNoImageIsOnlyEverSavedNeverShown(t *testing.T) {
	n := alone(t)
	for name, content := range hostile {
		t.Run(name, func(t *testing.T) {
			f := n.send(name, content)
			if f.Width != 0 || f.Height != 0 {
				t.Errorf("it is to be shown: %+v", f)
			}
			a, body := n.get(f.URL)
			if a.StatusCode != http.StatusOK || !bytes.Equal(body, content) {
				t.Fatalf("status %d, %d of %d bytes", a.StatusCode, len(body), len(content))
			}
			has(t, a.Header, "Content-Disposition", "attachment; ")
			if got := a.Header.Get("Content-Type"); got != "application/octet-stream" {
				t.Errorf("served as %s", got)
			}
			safe(t, a.Header)
		})
	}
}

func safe(t *testing.T, h http.Header) {
	t.Helper()
	has(t, h, "X-Content-Type-Options", "nosniff")
	has(t, h, "Content-Security-Policy", "sandbox; default-src 'none'")
	has(t, h, "Cross-Origin-Resource-Policy", "cross-origin")
	has(t, h, "Referrer-Policy", "no-referrer")
	has(t, h, "Cache-Control", "private, max-age=31536000")
	if h.Get("Set-Cookie") != "" || h.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("headers say too much: %v", h)
	}
}

func TestImagesAreDrawnAnewAndKeepNothingButThePicture(t *testing.T) {
	n := alone(t)
	comment := append([]byte{0xff, 0xd8, 0xff, 0xfe, 0, byte(len(script) + 2)}, script...)
	for _, c := range []struct {
		name, kind, named string
		content           []byte
	}{
		{"a.png", typePNG, "a.png", append(pngOf(30, 20), script...)},
		{"a.html", typePNG, "a.html.png", append(pngOf(30, 20), script...)},
		{"a.JPEG", typeJPEG, "a.JPEG", append(append(comment, jpegOf(30, 20)[2:]...), script...)},
		{"a.js", typeGIF, "a.js.gif", append(gifOf(30, 20, 3), script...)},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := n.send(c.name, c.content)
			if f.Type != c.kind || f.Width != 30 || f.Height != 20 || f.Name != c.named {
				t.Errorf("kept as %+v", f)
			}
			a, body := n.get(f.URL)
			if bytes.Contains(body, []byte("script")) {
				t.Error("what stood beside the picture is still there")
			}
			if int64(len(body)) != f.Size || a.Header.Get("Content-Type") != c.kind {
				t.Errorf("%d bytes of %s, said %d", len(body), a.Header.Get("Content-Type"), f.Size)
			}
			has(t, a.Header, "Content-Disposition", "inline; ")
			safe(t, a.Header)
		})
	}
}

func TestAnAnimationGoesOnMoving(t *testing.T) {
	n := alone(t)
	_, body := n.get(n.send("a.gif", gifOf(30, 20, 5)).URL)
	g, err := gif.DecodeAll(bytes.NewReader(body))
	if err != nil || len(g.Image) != 5 || g.Delay[0] != 10 {
		t.Errorf("%v, %+v", err, g)
	}
}

func TestAnAnimationOverTheLimitOfPixelsIsNotShown(t *testing.T) {
	n := alone(t, func(o *Options) { o.Limits.ImagePixels = 1000 })
	if f := n.send("a.gif", gifOf(20, 20, 2)); f.Width != 20 {
		t.Errorf("800 pixels are not shown: %+v", f)
	}
	if f := n.send("b.gif", gifOf(20, 20, 3)); f.Width != 0 {
		t.Errorf("1200 pixels are shown: %+v", f)
	}
	if f := n.send("c.png", pngOf(26, 40)); f.Width != 0 {
		t.Errorf("1040 pixels are shown: %+v", f)
	}
}

// webps have one pixel each, compressed with loss and without.
var webps = map[string]string{
	typeJPEG: "UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA",
	typePNG:  "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==",
}

func TestWebPIsShownAsWhatCanBeDrawn(t *testing.T) {
	n := alone(t)
	for kind, text := range webps {
		content, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		f := n.send("photo.webp", content)
		if f.Type != kind || f.Width != 1 || f.Name != "photo"+endings[kind][0] {
			t.Errorf("%+v", f)
		}
	}
}

// exif is a JPEG whose EXIF says how it is turned, and where it was taken.
func exif(turn byte, m []byte) []byte {
	tiff := []byte("MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00")
	tiff = append(append(tiff, turn), "\x00\x00\x00\x00\x00\x00GPS secret"...)
	body := append([]byte("Exif\x00\x00"), tiff...)
	head := append([]byte{0xff, 0xd8, 0xff, 0xe1, 0, byte(len(body) + 2)}, body...)
	return append(head, m[2:]...)
}

func TestAPhotoStandsUprightWithoutItsMetadata(t *testing.T) {
	n := alone(t)
	// In the painted picture red rises to the right and green downwards; by turn, where both are least.
	for turn, corner := range map[byte][2]int{1: {0, 0}, 2: {1, 0}, 3: {1, 1}, 4: {0, 1}, 5: {0, 0}, 6: {1, 0}, 7: {1, 1}, 8: {0, 1}} {
		f := n.send("photo.jpg", exif(turn, jpegOf(60, 40)))
		wide := f.Width == 60 && f.Height == 40
		if wide != (turn < 5) || !wide && (f.Width != 40 || f.Height != 60) {
			t.Errorf("turn %d: %d x %d", turn, f.Width, f.Height)
		}
		_, body := n.get(f.URL)
		if bytes.Contains(body, []byte("GPS")) || bytes.Contains(body, []byte("Exif")) {
			t.Errorf("turn %d: the metadata is still there", turn)
		}
		m, err := jpeg.Decode(bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r, g, _, _ := m.At(corner[0]*(f.Width-1), corner[1]*(f.Height-1)).RGBA()
		if r>>8 > 40 || g>>8 > 40 {
			t.Errorf("turn %d: the corner has red %d, green %d", turn, r>>8, g>>8)
		}
	}
}

func TestAProgressivePhotoTooLargeForMemoryIsNotShown(t *testing.T) {
	p := picture{width: 6000, height: 5000, bytes: 6000 * 5000 * 4, turn: 1}
	head := []byte{0xff, 0xd8, 0xff, 0xc2, 0, 2, 0xff, 0xda}
	p.readJPEG(reader(head))
	if p.bytes <= drawnBytes {
		t.Errorf("30 million pixels take %d bytes", p.bytes)
	}
}

func TestNamesAreMadeSafe(t *testing.T) {
	for given, want := range map[string]string{
		"bill.pdf":                           "bill.pdf",
		"../../etc/passwd":                   "passwd",
		`C:\Users\maya\bill.pdf`:             "bill.pdf",
		"a\x00b\nc\td.txt":                   "abcd.txt",
		"invoice\u202Efdp.exe":               "invoicefdp.exe",
		"\u2066zero\u200Bwidth\u2069":        "zerowidth",
		".htaccess":                          "htaccess",
		"...":                                "file",
		"":                                   "file",
		"/":                                  "file",
		"bad\xff\xfeutf8.txt":                "badutf8.txt",
		`a"b<c>|?*:d.txt`:                    "a_b_c_____d.txt",
		"name. . ":                           "name",
		"Прайс лист.pdf":                     "Прайс лист.pdf",
		strings.Repeat("x", 300):             strings.Repeat("x", nameRunes),
		strings.Repeat("x", 300) + ".tar.gz": strings.Repeat("x", nameRunes-3) + ".gz",
	} {
		if got := cleanName(given); got != want {
			t.Errorf("%q became %q, want %q", given, got, want)
		}
	}
	long := cleanName(strings.Repeat("日", 255) + ".png")
	if len(long) > nameBytes || !utf8.ValidString(long) || !strings.HasSuffix(long, ".png") {
		t.Errorf("%d bytes: %q", len(long), long)
	}
}

func TestANameComesBackWholeAndBreaksNoHeader(t *testing.T) {
	n := alone(t)
	f := n.send("Счёт \"7\"; filename=x.html%0d%0a.pdf", []byte("%PDF-1.7"))
	a, _ := n.get(f.URL)
	has(t, a.Header, "Content-Disposition", `filename*=UTF-8''%D0%A1%D1%87%D1%91%D1%82%20_7_%3B%20filename%3Dx.html%250d%250a.pdf`)
	has(t, a.Header, "Content-Disposition", `filename="____ _7_; filename=x.html_0d_0a.pdf"`)
}

func TestAFileOfAnotherNameInTheAddressIsStillTheSame(t *testing.T) {
	n := alone(t)
	f := n.send("a.txt", []byte("hello"))
	a, _ := n.get(filesPath + string(f.ID) + "/evil.html")
	has(t, a.Header, "Content-Disposition", "attachment; filename=\"a.txt\"")
}

func FuzzDrawingNeverFailsButPlainly(f *testing.F) {
	for name, content := range hostile {
		if !strings.HasPrefix(name, "frames") {
			f.Add(content)
		}
	}
	f.Add(exif(6, jpegOf(8, 8)))
	f.Add(gifOf(3, 3, 2))
	f.Fuzz(func(t *testing.T, content []byte) {
		kind := imageType(content)
		if kind == "" {
			return
		}
		var out bytes.Buffer
		p, err := drawAnew(t.Context(), kind, bytes.NewReader(content), &out, 10_000)
		if err == nil && (p.width*p.height > 10_000 || out.Len() == 0) {
			t.Errorf("%+v, %d bytes", p, out.Len())
		}
	})
}

func reader(b []byte) *bufio.Reader { return bufio.NewReader(bytes.NewReader(b)) }
