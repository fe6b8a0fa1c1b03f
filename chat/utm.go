package chat

import (
	"net/url"
	"strings"
)

const maxMarkRunes = 200

// UTM are the marks of the campaign that brought somebody, as they stand in the address of a page.
type UTM struct {
	Source   string `json:"source,omitempty"`
	Medium   string `json:"medium,omitempty"`
	Content  string `json:"content,omitempty"`
	Campaign string `json:"campaign,omitempty"`
	Term     string `json:"term,omitempty"`
}

// utmOf reads them from an address as the browser told it, before anything is cut off it. Of one that is given twice the
// first counts.
func utmOf(address string) UTM {
	if len(address) > 16*Limits.PageURLBytes || !strings.Contains(address, "utm_") {
		return UTM{}
	}
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return UTM{}
	}
	query := u.Query() // what of it can be read
	mark := func(name string) string { return Clean(query.Get("utm_"+name), maxMarkRunes) }
	return UTM{mark("source"), mark("medium"), mark("content"), mark("campaign"), mark("term")}
}
