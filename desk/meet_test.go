package desk

import (
	"context"
	"errors"
	"testing"

	"confab/chat"
)

func TestOfEachConversationIsToldBeforeItStartsAndOfNothingElse(t *testing.T) {
	d := nodes(t, 1)[0]
	var met []chat.VisitorID
	there := -1
	d.meet = func(ctx context.Context, a chat.AccountID, v chat.VisitorID) error {
		list, _, err := d.Conversations(ctx, a, "", "", 10)
		there = len(list)
		met = append(met, v)
		return errors.Join(err, errors.New("the list is not to be reached")) // and that keeps nobody from writing
	}
	auto := message(maya, "cmid-0000", "May we help?")
	auto.Draft.Author, auto.Draft.Auto = anna, true
	for _, p := range []Post{auto, message(maya, "cmid-0001", "hello"), message(maya, "cmid-0002", "anybody there?"), message(anna, "cmid-0003", "yes")} {
		if _, err := d.Say(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	if len(met) != 1 || met[0] != chat.VisitorID(maya.ID) || there != 0 {
		t.Errorf("met %v, with %d conversations there", met, there)
	}
}
