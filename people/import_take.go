package people

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"

	"confab/chat"
)

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
