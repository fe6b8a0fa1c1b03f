package files

import (
	"bufio"
	"encoding/binary"
	"image"
	"image/color"
	"io"
)

const (
	markerStart = 0xd8
	markerEnd   = 0xd9
	markerScan  = 0xda
	markerExtra = 0xe1 // APP1: EXIF

	segmentsSeen = 200
	orientation  = 0x0112 // of TIFF
)

// readJPEG finds how the picture is turned, and what decoding it takes: the coefficients of a progressive one are kept whole,
// four bytes for each pixel of each channel.
func (p *picture) readJPEG(r *bufio.Reader) {
	pixels := int64(p.width) * int64(p.height)
	for range segmentsSeen {
		marker, body, ok := nextSegment(r)
		if !ok || marker == markerScan || marker == markerEnd {
			break
		}
		switch {
		case marker == markerExtra && p.turn == 1:
			p.turn = turnOf(body)
		case marker == 0xc2 || marker == 0xc6 || marker == 0xca:
			p.bytes += 16 * pixels
		}
	}
	if p.turn != 1 {
		p.bytes += 4 * pixels
	}
}

// nextSegment returns a segment without its length.
func nextSegment(r *bufio.Reader) (marker byte, body []byte, ok bool) {
	for {
		b, err := r.ReadByte()
		if err != nil {
			return 0, nil, false
		}
		if b != 0xff {
			continue
		}
		for b == 0xff {
			if b, err = r.ReadByte(); err != nil {
				return 0, nil, false
			}
		}
		switch {
		case b == 0 || b == markerStart || b >= 0xd0 && b <= 0xd7:
			continue
		case b == markerEnd || b == markerScan:
			return b, nil, true
		}
		var size [2]byte
		if _, err := io.ReadFull(r, size[:]); err != nil {
			return 0, nil, false
		}
		n := int(binary.BigEndian.Uint16(size[:])) - len(size)
		if n < 0 {
			return 0, nil, false
		}
		body := make([]byte, n)
		if _, err := io.ReadFull(r, body); err != nil {
			return 0, nil, false
		}
		return b, body, true
	}
}

// turnOf reads the orientation out of EXIF: 1 to 8, and 1 for everything that cannot be read.
func turnOf(body []byte) int {
	const intro = "Exif\x00\x00"
	if len(body) < len(intro)+8 || string(body[:len(intro)]) != intro {
		return 1
	}
	tiff := body[len(intro):]
	var order binary.ByteOrder
	switch string(tiff[:2]) {
	case "II":
		order = binary.LittleEndian
	case "MM":
		order = binary.BigEndian
	default:
		return 1
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 1
	}
	fields := int(order.Uint16(tiff[at:]))
	for i := range fields {
		from := at + 2 + int64(i)*12
		if from+12 > int64(len(tiff)) {
			return 1
		}
		if f := tiff[from:]; order.Uint16(f) == orientation {
			if turn := int(order.Uint16(f[8:])); turn >= 1 && turn <= 8 {
				return turn
			}
			return 1
		}
	}
	return 1
}

// turned is the picture upright.
func turned(m image.Image, turn int) image.Image {
	if turn == 1 {
		return m
	}
	b := m.Bounds()
	w, h := b.Dx(), b.Dy()
	width, height := w, h
	if turn > 4 {
		width, height = h, w
	}
	out := image.NewRGBA(image.Rect(0, 0, width, height))
	at := colorAt(m)
	for y := range height {
		for x := range width {
			fromX, fromY := source(turn, x, y, w, h)
			out.SetRGBA(x, y, at(b.Min.X+fromX, b.Min.Y+fromY))
		}
	}
	return out
}

func colorAt(m image.Image) func(x, y int) color.RGBA {
	if y, ok := m.(*image.YCbCr); ok {
		return func(px, py int) color.RGBA {
			luma, chroma := y.YOffset(px, py), y.COffset(px, py)
			r, g, b := color.YCbCrToRGB(y.Y[luma], y.Cb[chroma], y.Cr[chroma])
			return color.RGBA{r, g, b, 0xff}
		}
	}
	return func(x, y int) color.RGBA { return color.RGBAModel.Convert(m.At(x, y)).(color.RGBA) }
}

// source tells from where in a picture of w x h pixels the one at x, y of the upright picture comes (EXIF 2.3, 4.6.4).
func source(turn, x, y, w, h int) (int, int) {
	switch turn {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return y, h - 1 - x
	case 7:
		return w - 1 - y, h - 1 - x
	case 8:
		return w - 1 - y, x
	}
	return x, y
}
