package people

import (
	"context"
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"confab/chat"
)

const exportPage = 200

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
