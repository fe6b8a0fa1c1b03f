package people

import (
	"testing"

	"confab/account"
	"confab/wire"
)

// Proves JIVO-JS-039 JIVO-JS-040 (how visitors are numbered; where the number is shown is the console's).
func TestVisitorsOfAnAccountAreNumberedAsTheyCome(t *testing.T) {
	everywhere(t, func(t *testing.T, r room) {
		other := &account.Account{ID: "globex"}
		first := r.come(t, acme, wire.Proof{})
		for no := int64(1); no <= 3; no++ {
			if o := r.come(t, other, wire.Proof{}); o.Visitor.No != no {
				t.Errorf("number %d of another account is %d", no, o.Visitor.No)
			}
		}
		if first.Visitor.No != 1 {
			t.Errorf("the first has number %d", first.Visitor.No)
		}
		if next := r.come(t, acme, wire.Proof{}); next.Visitor.No != 2 {
			t.Errorf("the second has number %d", next.Visitor.No)
		}
		if again := r.come(t, acme, wire.Proof{Token: first.Token}); again.Visitor.No != 1 {
			t.Errorf("the first came again and has number %d", again.Visitor.No)
		}
	})
}
