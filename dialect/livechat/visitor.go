package livechat

import (
	"time"

	"confab/account"
	"confab/chat"
	"confab/dialect/rest"
	"confab/people"
)

// visitor is a token holder as this interface shows him. What was never said is not there.
type visitor struct {
	ID           chat.VisitorID    `json:"_id"`
	Username     string            `json:"username"`
	UpdatedAt    string            `json:"_updatedAt"`
	Token        string            `json:"token"`
	Phone        []phone           `json:"phone,omitempty"`
	Emails       []address         `json:"visitorEmails,omitempty"`
	Name         string            `json:"name,omitempty"`
	LivechatData map[string]string `json:"livechatData,omitempty"`
}

type (
	phone struct {
		Number string `json:"phoneNumber"`
	}
	address struct {
		Address string `json:"address"`
	}
	shown struct {
		Visitor visitor `json:"visitor"`
		Success bool    `json:"success"`
	}
)

func show(h people.TokenHolder) shown {
	v := visitor{
		ID: h.Visitor, Username: h.Username, Token: h.Token, Name: h.Name, LivechatData: h.Fields,
		UpdatedAt: time.UnixMilli(int64(h.UpdatedAt)).UTC().Format("2006-01-02T15:04:05.000Z"),
	}
	if h.Phone != "" {
		v.Phone = []phone{{h.Phone}}
	}
	if h.Email != "" {
		v.Emails = []address{{h.Email}}
	}
	return shown{v, true}
}

// visitor answers GET visitor/:token.
func (a *server) visitor(c *rest.Call) (any, error) {
	holder, err := a.holder(c, c.Param)
	if err != nil {
		return nil, err
	}
	return show(holder), nil
}

func (a *server) holder(c *rest.Call, token string) (people.TokenHolder, error) {
	h, err := a.People.TokenHolder(c.Ctx, c.Account.ID, token)
	if isNotFound(err) {
		err = errNobody
	}
	return h, err
}

// register answers POST visitor: the visitor of a token is made, or changed.
func (a *server) register(c *rest.Call) (any, error) {
	body, err := c.Body()
	if err != nil {
		return nil, err
	}
	said := readRegistration(body.NeedObject("visitor"), c.Account)
	if err := body.Err(); err != nil {
		return nil, err
	}
	holder, err := a.People.Register(c.Ctx, c.Account, said)
	if err != nil {
		return nil, err
	}
	return show(holder), nil
}

func readRegistration(v rest.Object, of *account.Account) people.Registration {
	r := people.Registration{
		Token: v.Need("token"), Name: v.Text("name"), Email: v.Text("email"), Phone: v.Text("phone"), Username: v.Text("username"),
		Group: group(v, of),
	}
	fields, _ := v.Objects("customFields")
	for _, f := range fields {
		overwrite := f.Flag("overwrite")
		r.Fields = append(r.Fields, people.Field{Key: f.Need("key"), Value: f.NeedText("value"), Overwrite: overwrite == nil || *overwrite})
	}
	return r
}

// group finds the group that the visitor wants by its id or name. One that is none changes nothing.
func group(v rest.Object, of *account.Account) *chat.GroupID {
	wanted := v.Text("department")
	if wanted == nil {
		return nil
	}
	for _, g := range of.Groups {
		if string(g.ID) == *wanted {
			return &g.ID
		}
	}
	for _, g := range of.Groups {
		if g.Name == *wanted {
			return &g.ID
		}
	}
	return nil
}
