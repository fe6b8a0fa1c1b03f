package people

import (
	"context"
	"io"
	"slices"
	"sync"

	"confab/chat"
)

const (
	MaxImportBytes  = 64 << 20
	maxImportRows   = 200_000
	maxRowBytes     = 256 << 10
	maxImportFaults = 100 // that are told one by one
	importWriters   = 16
)

// Import says how a table becomes people.
type Import struct {
	// Columns are the attributes that the table's columns, by their heads, become; "" leaves a column out. Nil takes all as they
	// are called.
	Columns map[string]string
	// Key is the attribute that names each person: id or email. "" is id if there is such a column, else email.
	Key string
	// Keep has what is known already of a person stay; else it is overwritten. An empty cell says nothing either way.
	Keep bool
	// DryRun only looks what would come of it.
	DryRun bool
	// Types are those of attributes that are new, by name; else a column of numbers or of dates becomes that by its first value.
	Types map[string]string
}

// Report is what came of an import.
type Report struct {
	Rows      int      `json:"rows"`
	Created   int      `json:"created"`
	Updated   int      `json:"updated"`
	Unchanged int      `json:"unchanged"`
	Refused   int      `json:"refused"`
	Faults    []Fault  `json:"faults"`     // the first 100
	New       []string `json:"attributes"` // attributes that were defined, or would be
	DryRun    bool     `json:"dryRun"`
}

// Fault is why a line was refused.
type Fault struct {
	Line    int    `json:"line"` // of the file, from 1
	Column  string `json:"column,omitempty"`
	Message string `json:"message"`
}

// importing is one import under way.
type importing struct {
	p       *People
	account chat.AccountID
	o       Import
	heads   []string // what each column becomes; "" is left out
	named   []string // the columns' own heads
	key     int
	types   map[string]Definition // of custom attributes
	seen    map[string]int        // key to line
	table   *bounded
	last    int        // line that was read last
	mu      sync.Mutex // guards report
	report  Report
}

// Import makes people of a table: CSV as RFC 4180 says, parted by ',' or ';', with heads in its first line. Lines are taken each for
// itself; those that cannot be are told by their numbers. Doing it again changes nothing more.
// Errors, and then nothing was taken: chat.BadField, chat.MissingField and chat.TooLong of the heads and options. A table that breaks
// off, or is longer than it may be, is taken up to there: the report tells.
func (p *People) Import(ctx context.Context, a chat.AccountID, table io.Reader, o Import) (Report, error) {
	in := importing{p: p, account: a, o: o, seen: map[string]int{}, report: Report{Faults: []Fault{}, New: []string{}, DryRun: o.DryRun}}
	rows, err := in.open(table)
	if err != nil {
		return Report{}, err
	}
	if err := in.prepare(ctx); err != nil {
		return Report{}, err
	}
	err = in.run(ctx, rows)
	slices.SortFunc(in.report.Faults, func(x, y Fault) int { return x.Line - y.Line })
	return in.report, err
}
