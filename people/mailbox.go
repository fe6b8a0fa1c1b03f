package people

import (
	"strings"

	"confab/wire"
)

// AttributeMail is the attribute that says whether a person wants mail: false or 0 is no, and so is nothing else.
const AttributeMail = "emailSubscription"

// Mailbox is where mail to a person goes.
type Mailbox struct {
	Address string // as it was given, "" if none is known
	// Known tells that the address is his: the team, the site's server or somebody who has proven to be him gave it. Any other
	// was only said in a browser, and may be that of somebody who knows nothing of it.
	Known bool
}

// Mailbox finds the address that people are shown, with who gave it. What the page's script noted of its visitor for agents
// (layer integration) is no address to write to. A secret that a browser chose itself proves that it comes back, not who it is.
func (c *Contact) Mailbox() Mailbox {
	attribute, _ := c.Layers.Attributes["email"].(string)
	for _, of := range []struct{ path, address string }{
		{wire.LayerBasic + ".email", c.Layers.Basic["email"]},
		{wire.LayerForm + ".email", c.Layers.Form["email"]},
		{wire.LayerAttributes + ".email", attribute},
	} {
		if of.address != "" {
			source := c.Sources[of.path]
			return Mailbox{of.address, source == sourceTeam || source == sourceProven && c.Level == Verified}
		}
	}
	return Mailbox{}
}

// WantsMail tells whether the person may be sent mail at all: who said nothing may.
func (c *Contact) WantsMail() bool {
	switch v := c.Attributes[AttributeMail].(type) {
	case bool:
		return v
	case float64:
		return v != 0
	case string:
		return !strings.EqualFold(v, "false") && v != "0"
	}
	return true
}
