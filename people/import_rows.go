package people

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"sync"

	"confab/chat"
)

// line is one row, checked.
type line struct {
	no   int
	name Name
	said Attributes
}

func (in *importing) run(ctx context.Context, rows *csv.Reader) error {
	work := make(chan line, importWriters)
	var writers sync.WaitGroup
	var failed error
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	for range importWriters {
		writers.Go(func() {
			for l := range work {
				if err := in.take(ctx, l); err != nil {
					in.mu.Lock()
					failed = errors.Join(failed, err)
					in.mu.Unlock()
					stop()
				}
			}
		})
	}
	err := in.read(ctx, rows, work)
	close(work)
	writers.Wait()
	if failed != nil {
		return failed
	}
	return err
}

func (in *importing) read(ctx context.Context, rows *csv.Reader, work chan<- line) error {
	for {
		cells, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		no := in.last + 1
		if wrong := (*csv.ParseError)(nil); errors.As(err, &wrong) {
			no = wrong.StartLine
		} else if len(cells) > 0 {
			no, _ = rows.FieldPos(0)
		}
		in.last, in.table.row = no, 0
		in.count()
		switch {
		case errors.Is(err, csv.ErrFieldCount):
			in.refuse(no, "", fmt.Sprintf("There are %d cells, not %d as in the first line.", len(cells), len(in.heads)))
			continue
		case err != nil: // what follows cannot be told apart
			in.refuse(no, "", "The table cannot be read from here on: "+reason(err))
			return nil
		case in.report.Rows > maxImportRows:
			in.refuse(no, "", fmt.Sprintf("A table has at most %d rows; the rest was left out.", maxImportRows))
			return nil
		}
		l, ok, err := in.line(ctx, no, cells)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		select {
		case work <- l:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func reason(err error) string {
	if wrong := (*csv.ParseError)(nil); errors.As(err, &wrong) {
		return wrong.Err.Error()
	}
	return err.Error()
}

func (in *importing) count() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.report.Rows++
}

func (in *importing) refuse(no int, column, message string) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.report.Refused++
	if len(in.report.Faults) < maxImportFaults {
		in.report.Faults = append(in.report.Faults, Fault{no, chat.Clean(column, maxAttributeName), message})
	}
}
