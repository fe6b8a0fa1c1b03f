package jivo

import (
	"strconv"

	"confab/people"
)

// event is the body of every webhook. Which parts an event has, README.md tells; a nil one is left out.
type event struct {
	EventName  string      `json:"event_name"`
	ChatID     *int64      `json:"chat_id,omitempty"`
	WidgetID   string      `json:"widget_id"`
	UserToken  *string     `json:"user_token"` // null: never set
	Visitor    visitor     `json:"visitor"`
	Agent      *agent      `json:"agent,omitempty"`
	Agents     []agent     `json:"agents,omitempty"`
	Department *department `json:"department,omitempty"`
	Session    session     `json:"session"`
	Page       *page       `json:"page"`
	Analytics  struct{}    `json:"analytics"`

	Call             *call   `json:"call,omitempty"`
	AssignTo         *string `json:"assign_to,omitempty"`
	Chat             *whole  `json:"chat,omitempty"`
	OfflineMessageID *string `json:"offline_message_id,omitempty"`
	Message          *string `json:"message,omitempty"`
}

type visitor struct {
	Name        string   `json:"name,omitempty"`
	Email       string   `json:"email,omitempty"`
	Phone       string   `json:"phone,omitempty"`
	Number      id       `json:"number"`
	Description string   `json:"description"`
	Social      struct{} `json:"social"`
	ChatsCount  int64    `json:"chats_count"`
}

// id is a number, told as a text of digits unless the webhook wants it as it is.
type id struct {
	no      int64
	numeric bool
}

func (i id) MarshalJSON() ([]byte, error) {
	digits := strconv.FormatInt(i.no, 10)
	if !i.numeric {
		digits = strconv.Quote(digits)
	}
	return []byte(digits), nil
}

type agent struct {
	ID    id     `json:"id"` // the same digits as of a message's agent_id
	Name  string `json:"name"`
	Email string `json:"email"`
	Phone string `json:"phone,omitempty"`
}

type department struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

type session struct {
	GeoIP     geoIP   `json:"geoip"`
	UTM       string  `json:"utm"`
	UTMJSON   utmJSON `json:"utm_json"`
	IPAddr    string  `json:"ip_addr"`
	UserAgent string  `json:"user_agent"`
}

type geoIP struct {
	RegionCode   string `json:"region_code"`
	Country      string `json:"country"`
	CountryCode  string `json:"country_code"`
	Region       string `json:"region"`
	City         string `json:"city"`
	Latitude     string `json:"latitude"`
	Longitude    string `json:"longitude"`
	Organization string `json:"organization"`
}

type utmJSON struct {
	Source   string `json:"source,omitempty"`
	Campaign string `json:"campaign,omitempty"`
	Content  string `json:"content,omitempty"`
	Medium   string `json:"medium,omitempty"`
	Term     string `json:"term,omitempty"`
}

type page struct {
	URL   string `json:"url"`
	Title string `json:"title,omitempty"`
}

type call struct {
	Type      string `json:"type"`
	Phone     string `json:"phone"`
	Status    string `json:"status"`
	Reason    string `json:"reason,omitempty"`
	RecordURL string `json:"record_url,omitempty"`
}

// whole is a chat that is over.
type whole struct {
	Messages    []message `json:"messages"`
	Rate        *string   `json:"rate"` // null: not rated
	Blacklisted bool      `json:"blacklisted"`
}

type message struct {
	Timestamp   int64  `json:"timestamp"` // seconds
	Type        string `json:"type"`
	AgentID     *int64 `json:"agent_id,omitempty"`
	Message     string `json:"message"`
	Blacklisted bool   `json:"blacklisted"`
}

// dress puts in what all events tell of the visitor.
func (w *walk) dress(ev *event) error {
	p, err := w.person()
	if err != nil {
		return err
	}
	ev.WidgetID = w.widget(p)
	if p.Site != "" {
		ev.UserToken = &p.Site
	}
	ev.Visitor = w.visitor(p)
	ev.Session = sessionOf(p)
	if ev.Page == nil {
		ev.Page = &page{}
		if p.Page != nil {
			*ev.Page = page{p.Page.URL, p.Page.Title}
		}
	}
	return nil
}

// widget is the channel that the visitor came through or, if no page named one, the account's first.
func (w *walk) widget(p *people.Profile) string {
	if p.Visitor.Channel != "" || len(w.b.Account.Channels) == 0 {
		return p.Visitor.Channel
	}
	return w.b.Account.Channels[0].WidgetID
}
