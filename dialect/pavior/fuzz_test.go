package pavior

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	"confab/chat"
	"confab/dialect/rest"
)

// FuzzCalls: whatever is sent, it is read or refused with a code, and nothing panics.
func FuzzCalls(f *testing.F) {
	for _, body := range []string{
		matrix["POST /user"].own, matrix["POST /outbound_message"].own, matrix["POST /events"].own, ``, `null`, `[]`, `{"id":null,"events":[null]}`,
		`{"id":"1","customAttributes":{"":null,"a":[{}]},"events":[{"eventType":"\ud800","createdAt":"9999-12-31T23:59:60Z","metaJson":{}}]}`,
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		c := rest.Call{W: httptest.NewRecorder(), R: httptest.NewRequest("POST", "/v1/user", strings.NewReader(raw))}
		body, err := c.Body()
		if err == nil {
			attributes(body)
			readMessage(body)
			for _, one := range body.NeedObjects("events") {
				readEvent(one)
			}
			err = body.Err()
		}
		if r := (*chat.Refusal)(nil); err != nil && (!errors.As(err, &r) || rest.Status(r.Code) >= 500) {
			t.Errorf("%q: %v", raw, err)
		}
	})
}
