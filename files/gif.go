package files

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// countFrames reads a GIF's structure and decodes nothing: how many frames it has, and how many pixels they have together.
func countFrames(r *bufio.Reader) (frames int, pixels int64, err error) {
	var head [13]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, 0, err
	}
	if err := skipColors(r, head[10]); err != nil {
		return 0, 0, err
	}
	for {
		block, err := r.ReadByte()
		if err != nil {
			return 0, 0, err
		}
		switch block {
		case 0x3b: // the end
			return frames, pixels, nil
		case 0x21: // an extension
			if _, err = r.Discard(1); err == nil {
				err = skipBlocks(r)
			}
		case 0x2c:
			var size int64
			size, err = skipFrame(r)
			frames, pixels = frames+1, pixels+size
			if frames > mostFrames {
				return frames, pixels, nil
			}
		default:
			err = fmt.Errorf("a GIF has no block %#x", block)
		}
		if err != nil {
			return 0, 0, err
		}
	}
}

func skipFrame(r *bufio.Reader) (pixels int64, err error) {
	var head [9]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, err
	}
	if err := skipColors(r, head[8]); err != nil {
		return 0, err
	}
	if _, err := r.Discard(1); err != nil { // size of the first code
		return 0, err
	}
	w, h := binary.LittleEndian.Uint16(head[4:]), binary.LittleEndian.Uint16(head[6:])
	return int64(w) * int64(h), skipBlocks(r)
}

func skipColors(r *bufio.Reader, flags byte) error {
	if flags&0x80 == 0 {
		return nil
	}
	_, err := r.Discard(3 << (flags&7 + 1))
	return err
}

func skipBlocks(r *bufio.Reader) error {
	for {
		size, err := r.ReadByte()
		if err != nil {
			return err
		}
		if size == 0 {
			return nil
		}
		if _, err := r.Discard(int(size)); err != nil {
			return errors.Join(io.ErrUnexpectedEOF, err)
		}
	}
}
