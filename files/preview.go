package files

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"
	"time"

	"golang.org/x/image/draw"

	"confab/chat"
)

// previewSide is how wide and how high a preview is at most, in pixels.
const previewSide = 800

const previewQuery = "preview"

// PreviewURL is where a small picture of an image is, a path of any node: its own address if it is small itself.
func PreviewURL(f *chat.File) string {
	if f.Width <= previewSide && f.Height <= previewSide {
		return f.URL
	}
	return f.URL + "?" + previewQuery
}

// previewed tells whether the request is for a picture that has to be drawn.
func previewed(r *http.Request, f *chat.File) bool {
	return r.URL.Query().Has(previewQuery) && PreviewURL(f) != f.URL
}

// preview draws a small picture. It is kept nowhere but with who asked, so that nothing is left of what is erased.
func (f *Files) preview(w http.ResponseWriter, r *http.Request, of record, content io.ReadSeeker) {
	ctx, cancel := context.WithTimeout(r.Context(), drawTime)
	defer cancel()
	var small bytes.Buffer
	kind, err := drawSmall(ctx, of.Type, content, &small, f.limits.ImagePixels)
	if err != nil {
		f.missing(w, fmt.Errorf("preview of %s: %w", of.ID, err))
		return
	}
	h := w.Header()
	h.Set("Etag", `"`+string(of.ID)+`-small"`)
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", disposition("inline", endAs(of.Name, kind)))
	control := http.NewResponseController(w)
	_ = control.SetWriteDeadline(time.Now().Add(sendTime))
	defer func() { _ = control.SetWriteDeadline(time.Time{}) }()
	http.ServeContent(w, r, "", of.At.Time(), bytes.NewReader(small.Bytes()))
}

// drawSmall draws what drawAnew wrote within previewSide, of a moving picture the first frame, and returns the type.
func drawSmall(ctx context.Context, kind string, in io.ReadSeeker, out io.Writer, mostPixels int) (drawn string, err error) {
	p, err := examine(kind, in, mostPixels)
	if err != nil {
		return "", err
	}
	if err := drawing.Acquire(ctx, 1); err != nil {
		return "", err
	}
	defer drawing.Release(1)
	need := min(p.bytes+2*4*previewSide*previewSide, drawnBytes)
	if err := memory.Acquire(ctx, need); err != nil {
		return "", err
	}
	defer memory.Release(need)
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("%w: the decoder failed: %v", errPlain, cause)
		}
	}()
	if err := rewind(in); err != nil {
		return "", err
	}
	decode := map[string]func(io.Reader) (image.Image, error){typePNG: png.Decode, typeJPEG: jpeg.Decode, typeGIF: gif.Decode}[kind]
	if decode == nil {
		return "", fmt.Errorf("no decoder for %s", kind)
	}
	whole, err := decode(bufio.NewReader(in))
	if err != nil {
		return "", plainly(err)
	}
	small := image.NewNRGBA(within(whole.Bounds().Size(), previewSide))
	draw.BiLinear.Scale(small, small.Bounds(), whole, whole.Bounds(), draw.Src, nil)
	if kind == typeJPEG {
		return typeJPEG, encodeJPEG(out, small)
	}
	return typePNG, encodePNG(out, small)
}

// within is the largest size of the same shape with no side longer than most.
func within(size image.Point, most int) image.Rectangle {
	longest := max(size.X, size.Y)
	if longest <= most {
		return image.Rect(0, 0, size.X, size.Y)
	}
	return image.Rect(0, 0, max(1, size.X*most/longest), max(1, size.Y*most/longest))
}
