package pavior

import (
	"encoding/json"

	"confab/dialect/rest"
	"confab/people"
)

// builtIn are the attributes that a server may set beside id and customAttributes. What else a call says is ignored: names
// that are none, and what is only known while somebody is here.
var builtIn = []string{
	"email", "name", "firstName", "lastName", "phone", "city", "country", "totalVisits", "lastVisitedAt", "lastActivityAt",
	"createdAt", "signedUpOn", "emailSubscription", "totalTimeSpent",
}

// user answers POST /v1/user: a person is made, or what is known of him is changed.
func (a *server) user(c *rest.Call) (any, error) {
	body, err := c.Body()
	if err != nil {
		return nil, err
	}
	name, said := named(body), attributes(body)
	if err := body.Err(); err != nil {
		return nil, err
	}
	if _, err := a.People.Put(c.Ctx, c.Account, name, said); err != nil {
		return nil, renamed(err, "custom.", "customAttributes.")
	}
	return done{true}, nil
}

func attributes(body rest.Object) people.Attributes {
	said := people.Attributes{BuiltIn: map[string]any{}, Custom: map[string]any{}}
	for _, name := range builtIn {
		if raw := body.Raw(name); raw != nil {
			said.BuiltIn[name] = value(raw)
		}
	}
	if custom, ok := body.Object("customAttributes"); ok {
		for _, name := range custom.Names() {
			said.Custom[name] = value(custom.Raw(name))
		}
	}
	return said
}

func value(raw json.RawMessage) (v any) {
	if err := json.Unmarshal(raw, &v); err != nil {
		panic("pavior: " + err.Error()) // it was a part of JSON
	}
	return v
}
