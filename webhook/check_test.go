package webhook

import (
	"errors"
	"testing"

	"go.uber.org/zap"

	"confab/chat"
)

func TestAnAddressThatWillNeverBeAskedIsRefusedAtOnce(t *testing.T) {
	outside := New(Options{Encoders: map[string]Encoder{"confab": Native{}}, Log: zap.NewNop()})
	nearby := New(Options{Log: zap.NewNop(), AllowPrivate: true})
	defer outside.Close()
	defer nearby.Close()
	for url, ok := range map[string][2]bool{
		"https://hooks.shop.example/in":  {true, true},
		"https://10.0.0.4/hook":          {false, true},
		"http://127.0.0.1:9999/hook":     {false, true},
		"http://hooks.shop.example/in":   {false, true},
		"https://169.254.169.254/latest": {false, false},
		"https://user@shop.example/":     {false, false},
	} {
		for i, w := range []*Webhooks{outside, nearby} {
			err := w.Check(url)
			var r *chat.Refusal
			if (err == nil) != ok[i] || err != nil && (!errors.As(err, &r) || r.Code != chat.BadField || r.Field != "url") {
				t.Errorf("%s, nearby %t: %v", url, i == 1, err)
			}
		}
	}
}
