package chatra

import (
	"encoding/json"
	"strings"
	"testing"

	"confab/account"
	"confab/chat"
	"confab/dialect/dialecttest"
	"confab/wire"
)

func TestReceiversAreToldTheNetworkAndPagesWithoutTheirSecrets(t *testing.T) {
	s := stage(t)
	url, told := address(t, 0)
	_, err := s.Accounts.Update(t.Context(), account.AccountSpec{
		ID: dialecttest.Acme, Privacy: account.PrivacySpec{Addresses: new(chat.AddressesShortened)},
		Webhooks: []account.WebhookSpec{{Dialect: account.DialectChatra, URL: url}},
	})
	if err != nil {
		t.Fatal(err)
	}
	out := deliver(t, s)

	v := s.Guest("maya", wire.Proof{}, chat.Page{URL: "https://shop.example/tents?size=3&token=canary", Referrer: "https://login.example/?email=canary"}, "")
	s.Say("maya", chat.Draft{Text: "Does it keep dry?"})
	out.Wake(dialecttest.Acme, v.Thread)
	all := ""
	for range 2 {
		raw, err := json.Marshal(next(t, told).event)
		if err != nil {
			t.Fatal(err)
		}
		all += string(raw)
	}
	if strings.Contains(all, "canary") || strings.Contains(all, "192.0.2.7") {
		t.Errorf("told %s", all)
	}
	if !strings.Contains(all, `"ip":"192.0.2.0"`) || !strings.Contains(all, "https://shop.example/tents?size=3") {
		t.Errorf("told only %s", all)
	}
}
