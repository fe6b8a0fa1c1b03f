package people

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"confab/chat"
)

const (
	MaxImportBytes  = 64 << 20
	maxImportRows   = 200_000
	maxRowBytes     = 256 << 10
	maxImportFaults = 100 // that are told one by one
	importWriters   = 16
	exportPage      = 200
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

// open reads the heads.
func (in *importing) open(table io.Reader) (*csv.Reader, error) {
	in.table = &bounded{r: table, left: MaxImportBytes}
	b := bufio.NewReaderSize(in.table, 64<<10)
	if mark, err := b.Peek(3); err == nil && bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
		b.Discard(3)
	}
	first, _ := b.Peek(b.Size())
	if i := bytes.IndexByte(first, '\n'); i >= 0 {
		first = first[:i]
	}
	rows := csv.NewReader(b)
	rows.ReuseRecord = true
	if bytes.Count(first, []byte{';'}) > bytes.Count(first, []byte{','}) {
		rows.Comma = ';'
	}
	heads, err := rows.Read()
	if err != nil {
		return nil, badEntry("table", "The table has no line of heads.")
	}
	in.named, in.last, in.table.row = slices.Clone(heads), 1, 0
	return rows, in.head(heads)
}

func (in *importing) head(heads []string) error {
	in.heads, in.key = make([]string, len(heads)), -1
	taken := map[string]bool{}
	for i, head := range heads {
		name := strings.TrimSpace(head)
		if in.o.Columns != nil {
			name = in.o.Columns[name]
		}
		if taken[name] && name != "" {
			return badEntry("columns", "Two columns become %q.", name)
		}
		in.heads[i], taken[name] = name, true
	}
	key := in.o.Key
	if key == "" {
		if key = "email"; taken["id"] {
			key = "id"
		}
	}
	if key != "id" && key != "email" {
		return badEntry("key", "A person is named by id or email.")
	}
	if in.key = slices.Index(in.heads, key); in.key < 0 {
		return &chat.Refusal{Code: chat.MissingField, Message: "The table has no column " + key + ".", Field: "key"}
	}
	for from := range in.o.Columns {
		if !slices.ContainsFunc(in.named, func(head string) bool { return strings.TrimSpace(head) == from }) {
			return badEntry("columns", "The table has no column %q.", chat.Clean(from, maxAttributeName))
		}
	}
	return nil
}

// prepare looks up the attributes of the columns.
func (in *importing) prepare(ctx context.Context) (err error) {
	var custom []string
	for _, name := range in.heads {
		b, known := builtIns[name]
		switch {
		case name == "":
		case known && b.live:
			return badEntry("columns", "%s is of the moment and cannot be imported.", name)
		case known:
		case !attributeName.MatchString(name) || len(name) > maxAttributeName:
			return badEntry("columns", "%q: %s", chat.Clean(name, maxAttributeName), nameRule)
		default:
			custom = append(custom, name)
		}
	}
	if in.types, err = in.p.defined(ctx, in.account, custom); err != nil {
		return err
	}
	for name, typ := range in.o.Types {
		d, known := in.types[name]
		switch {
		case !slices.Contains(custom, name):
			return badEntry("types", "No column becomes %q.", chat.Clean(name, maxAttributeName))
		case typ != TypeText && typ != TypeNumber && typ != TypeDate:
			return badEntry("types", "A type is string, number or date.")
		case dateName.MatchString(name) && typ != TypeDate:
			return badEntry("types", "%s is a date by its name.", name)
		case known && d.Origin == OriginCustom && d.Type != typ:
			return &chat.Refusal{Code: chat.Taken, Message: name + " is of another type.", Field: "types"}
		case !known || d.Origin != OriginCustom:
			if err := in.define(ctx, name, typ); err != nil {
				return err
			}
		}
	}
	return nil
}

func (in *importing) define(ctx context.Context, name, typ string) error {
	d := Definition{Name: name, Type: typ, Origin: OriginCustom}
	if !in.o.DryRun {
		var err error
		if d, err = in.p.define(ctx, in.account, name, typ, OriginCustom); err != nil {
			return err
		}
	}
	in.types[name] = d
	in.report.New = append(in.report.New, name)
	return nil
}

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

// line makes of cells what is said of whom. False if it was refused.
func (in *importing) line(ctx context.Context, no int, cells []string) (line, bool, error) {
	key := strings.TrimSpace(cells[in.key])
	l := line{no: no, said: Attributes{BuiltIn: map[string]any{}, Custom: map[string]any{}}}
	if key == "" {
		in.refuse(no, in.named[in.key], "Nobody is named.")
		return l, false, nil
	}
	unique := key
	if in.heads[in.key] == "email" {
		unique = strings.ToLower(key)
	}
	if first, twice := in.seen[unique]; twice {
		in.refuse(no, in.named[in.key], fmt.Sprintf("The same is named in line %d.", first))
		return l, false, nil
	}
	in.seen[unique] = no
	for i, cell := range cells {
		name := in.heads[i]
		cell = strings.TrimSpace(cell)
		if cell == "" || name == "" {
			continue
		}
		switch b, builtIn := builtIns[name]; {
		case name == "id":
			l.name.ID = cell
		case name == "email":
			l.name.Email = cell
		case builtIn:
			l.said.BuiltIn[name] = cellOf(b.typ, cell)
		default:
			if _, known := in.types[name]; !known {
				if err := in.define(ctx, name, guess(name, cell)); isCode(err, chat.TooLong) {
					in.refuse(no, in.named[i], err.Error())
					return l, false, nil
				} else if err != nil {
					return l, false, err
				}
			}
			value, err := convert(in.types[name].Type, cellOf(in.types[name].Type, cell))
			if err != nil {
				in.refuse(no, in.named[i], sentence(err))
				return l, false, nil
			}
			l.said.Custom[name] = value
		}
	}
	return l, true, nil
}

// guess is the type of an attribute whose first value is this one.
func guess(name, cell string) string {
	if dateName.MatchString(name) {
		return TypeDate
	}
	if _, err := toNumber(cell); err == nil {
		return TypeNumber
	}
	if _, ok := moment(cell); ok {
		return TypeDate
	}
	return TypeText
}

// cellOf is a cell as JSON would have it.
func cellOf(typ, cell string) any {
	switch typ {
	case TypeNumber:
		if number, err := toNumber(cell); err == nil {
			return number
		}
	case typeFlag, "":
		switch strings.ToLower(cell) {
		case "true", "yes", "1":
			return true
		case "false", "no", "0":
			return false
		}
	}
	return cell
}

func sentence(err error) string {
	if r := (*chat.Refusal)(nil); errors.As(err, &r) {
		return r.Message
	}
	return "Something went wrong."
}

// take writes a line down. What is wrong with the line is told; an error is of the store.
func (in *importing) take(ctx context.Context, l line) error {
	created, changed, err := in.put(ctx, l)
	if r := (*chat.Refusal)(nil); errors.As(err, &r) && !r.Code.Retryable() {
		in.refuse(l.no, strings.TrimPrefix(r.Field, "custom."), r.Message)
		return nil
	}
	if err != nil {
		return fmt.Errorf("line %d: %w", l.no, err)
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	switch {
	case created:
		in.report.Created++
	case changed:
		in.report.Updated++
	default:
		in.report.Unchanged++
	}
	return nil
}

func (in *importing) put(ctx context.Context, l line) (created, changed bool, err error) {
	n, err := l.name.check()
	if err != nil {
		return false, false, err
	}
	w, err := l.said.hear()
	if err != nil {
		return false, false, err
	}
	w.keep = in.o.Keep
	if n.Email != "" {
		w.texts["email"] = n.Email
	}
	if in.o.DryRun {
		maps.Copy(w.values, l.said.Custom)
		return in.try(ctx, n, &w)
	}
	if err := w.types(ctx, in.p, in.account, l.said.Custom); err != nil {
		return false, false, err
	}
	before, _, _, err := in.p.find(ctx, in.account, n)
	if err != nil && !isCode(err, chat.NotFound) {
		return false, false, err
	}
	d, made, err := in.p.put(ctx, in.account, n, &w)
	return made, err == nil && !made && d.text() != before.text(), err
}

// try tells what putting it would do.
func (in *importing) try(ctx context.Context, n Name, w *word) (created, changed bool, err error) {
	d, _, _, err := in.p.find(ctx, in.account, n)
	created = isCode(err, chat.NotFound)
	if err != nil && !created {
		return false, false, err
	}
	was := d.text()
	if err := w.apply(&d); err != nil {
		return false, false, err
	}
	return created, !created && (d.text() != was || !d.foundBy(n.key())), nil
}

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

// ExportTable writes those whom a query finds as CSV, page by page, all attributes of the account in columns. After and Limit of
// the query do not count. A value that a spreadsheet would take for a formula has an apostrophe before it.
func (p *People) ExportTable(ctx context.Context, a chat.AccountID, q Query, to io.Writer) error {
	definitions, err := p.Definitions(ctx, a)
	if err != nil {
		return err
	}
	heads := []string{}
	for _, d := range definitions {
		if !d.Live {
			heads = append(heads, d.Name)
		}
	}
	heads = append(heads, nameUniverse, nameBlocked)
	q.After, q.Limit = "", exportPage
	if err := p.indexed(ctx, a); err != nil {
		return err
	}
	w, err := p.walkOf(ctx, a, q) // before anything is written: a query may be refused
	if err != nil {
		return err
	}
	table := csv.NewWriter(to)
	if err := table.Write(heads); err != nil {
		return err
	}
	for {
		ids, next, err := w.page(ctx, exportPage)
		if err != nil {
			return err
		}
		contacts, err := p.inLists(ctx, a, ids)
		if err != nil {
			return err
		}
		for i := range contacts {
			if err := table.Write(cells(&contacts[i], heads)); err != nil {
				return err
			}
		}
		if table.Flush(); next == "" || table.Error() != nil {
			return table.Error()
		}
		*w = walk{p: w.p, account: w.account, who: w.who, count: w.count, column: w.column, reverse: strings.HasPrefix(or(q.Sort, "-createdAt"), "-"), total: w.total}
		w.after, _ = parsePosition(next)
	}
}

func cells(c *Contact, heads []string) []string {
	row := make([]string, len(heads))
	for i, head := range heads {
		row[i] = harmless(c.cell(head))
	}
	return row
}

func (c *Contact) cell(head string) string {
	switch head {
	case "id":
		return c.ExternalID
	case "name":
		return c.Name
	case "email":
		return c.Email
	case "phone":
		return c.Phone
	case "createdAt":
		return isoDate(c.CreatedAt)
	case "signedUpOn":
		if c.SignedUpAt == 0 {
			return ""
		}
		return isoDate(c.SignedUpAt)
	case "emailSubscription":
		return strconv.FormatBool(c.Subscribed)
	case nameUniverse:
		return c.Universe
	case nameBlocked:
		return strconv.FormatBool(c.Blocked)
	}
	switch v := c.Attributes[head].(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// harmless is a value that no spreadsheet takes for a formula.
func harmless(value string) string {
	if value != "" && strings.ContainsRune("=+-@\t\r", rune(value[0])) && !numberText.MatchString(value) {
		return "'" + value
	}
	return value
}
