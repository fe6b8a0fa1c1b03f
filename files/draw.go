package files

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"
	"golang.org/x/sync/semaphore"
)

const (
	mostFrames  = 200
	jpegQuality = 88

	decoders   = 2         // at once
	drawnBytes = 256 << 20 // of pictures in memory, of all decoders together
)

var (
	drawing = semaphore.NewWeighted(decoders)
	memory  = semaphore.NewWeighted(drawnBytes)

	// errPlain means that content is kept as it is, to be saved and not to be shown.
	errPlain = errors.New("not to be shown")
)

// picture is what is known of an image before it is decoded.
type picture struct {
	kind          string
	width, height int
	bytes         int64 // of memory that decoding takes, at most
	turn          int   // as EXIF counts: 1 is upright
}

// drawAnew writes the image as a decoder has understood it: without metadata, without anything before, between or behind, and
// upright. It returns the new type and size in pixels. Whatever cannot be decoded within the limits, panics of decoders
// included, ends with errPlain.
func drawAnew(ctx context.Context, kind string, in io.ReadSeeker, out io.Writer, mostPixels int) (drawn picture, err error) {
	p, err := examine(kind, in, mostPixels)
	if err != nil {
		return picture{}, err
	}
	if err := drawing.Acquire(ctx, 1); err != nil {
		return picture{}, err
	}
	defer drawing.Release(1)
	if err := memory.Acquire(ctx, p.bytes); err != nil {
		return picture{}, err
	}
	defer memory.Release(p.bytes)
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("%w: the decoder failed: %v", errPlain, cause)
		}
	}()
	if err := rewind(in); err != nil {
		return picture{}, err
	}
	return p.draw(in, out)
}

func rewind(in io.Seeker) error {
	_, err := in.Seek(0, io.SeekStart)
	return err
}

func plainly(err error) error { return fmt.Errorf("%w: %w", errPlain, err) }

// examine reads the head and refuses what is too large before anything is decoded.
func examine(kind string, in io.ReadSeeker, mostPixels int) (picture, error) {
	if err := rewind(in); err != nil {
		return picture{}, err
	}
	p, err := headOf(kind, bufio.NewReader(in))
	if err != nil {
		return p, plainly(err)
	}
	if kind == typeJPEG {
		if err := rewind(in); err != nil {
			return p, err
		}
		p.readJPEG(bufio.NewReader(in))
	}
	pixels := int64(p.width) * int64(p.height)
	if kind == typeGIF {
		if err := rewind(in); err != nil {
			return p, err
		}
		frames, inFrames, err := countFrames(bufio.NewReader(in))
		if err != nil {
			return p, plainly(err)
		}
		if frames > mostFrames || inFrames > int64(mostPixels) {
			return p, plainly(fmt.Errorf("%d frames with %d pixels", frames, inFrames))
		}
		p.bytes = inFrames + pixels
	}
	if p.width < 1 || p.height < 1 || pixels > int64(mostPixels) || p.bytes > drawnBytes {
		return p, plainly(fmt.Errorf("%d x %d pixels", p.width, p.height))
	}
	return p, nil
}

func headOf(kind string, in io.Reader) (p picture, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("the decoder failed: %v", cause)
		}
	}()
	decode := map[string]func(io.Reader) (image.Config, error){
		typePNG: png.DecodeConfig, typeJPEG: jpeg.DecodeConfig, typeGIF: gif.DecodeConfig, typeWebP: webp.DecodeConfig,
	}[kind]
	if decode == nil {
		return p, fmt.Errorf("no decoder for %s", kind)
	}
	c, err := decode(in)
	if err != nil {
		return p, err
	}
	p = picture{kind: kind, width: c.Width, height: c.Height, turn: 1}
	p.bytes = int64(c.Width) * int64(c.Height) * mostPixelBytes[kind]
	return p, nil
}

// mostPixelBytes is what a pixel may take in memory while its image is decoded and encoded: a PNG may have 16 bits a channel
// and be interlaced. That of a JPEG is found by looking at it.
var mostPixelBytes = map[string]int64{typePNG: 12, typeJPEG: 4, typeGIF: 1, typeWebP: 8}

func (p picture) draw(in io.Reader, out io.Writer) (picture, error) {
	in, w := bufio.NewReader(in), bufio.NewWriter(out)
	var err error
	switch p.kind {
	case typeGIF:
		err = drawGIF(in, w)
	case typeWebP:
		p, err = p.drawWebP(in, w)
	case typePNG:
		err = drawWith(in, w, png.Decode, png.Encode)
	case typeJPEG:
		err = drawWith(in, w, jpeg.Decode, func(w io.Writer, m image.Image) error { return encodeJPEG(w, turned(m, p.turn)) })
		if p.turn > 4 {
			p.width, p.height = p.height, p.width
		}
	}
	if err == nil {
		err = w.Flush()
	}
	return p, err
}

func drawWith(in io.Reader, out io.Writer, decode func(io.Reader) (image.Image, error), encode func(io.Writer, image.Image) error) error {
	m, err := decode(in)
	if err != nil {
		return plainly(err)
	}
	return encode(out, m)
}

func encodeJPEG(w io.Writer, m image.Image) error {
	return jpeg.Encode(w, m, &jpeg.Options{Quality: jpegQuality})
}

func drawGIF(in io.Reader, out io.Writer) error {
	g, err := gif.DecodeAll(in)
	if err != nil {
		return plainly(err)
	}
	if err := gif.EncodeAll(out, g); err != nil {
		return plainly(err)
	}
	return nil
}

// drawWebP makes a JPEG of what has no transparency and was compressed with loss, else a PNG: there is no encoder for WebP.
func (p picture) drawWebP(in io.Reader, out io.Writer) (picture, error) {
	m, err := webp.Decode(in)
	if err != nil {
		return p, plainly(err)
	}
	if _, lossy := m.(*image.YCbCr); lossy {
		p.kind = typeJPEG
		return p, encodeJPEG(out, m)
	}
	p.kind = typePNG
	return p, png.Encode(out, m)
}
