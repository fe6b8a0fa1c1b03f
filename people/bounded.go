package people

import (
	"fmt"
	"io"
)

// bounded ends a table that is too long, or has a row that is, with an error that says so.
type bounded struct {
	r    io.Reader
	left int64
	row  int // bytes read since a row ended
}

func (b *bounded) Read(into []byte) (int, error) {
	if b.left <= 0 {
		return 0, fmt.Errorf("it is longer than %d MiB", MaxImportBytes>>20)
	}
	if b.row > maxRowBytes {
		return 0, fmt.Errorf("a row is longer than %d KiB", maxRowBytes>>10)
	}
	n, err := b.r.Read(into[:min(int64(len(into)), b.left)])
	b.left -= int64(n)
	b.row += n
	return n, err
}
