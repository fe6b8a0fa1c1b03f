package chatra

import (
	"maps"

	"confab/auth"
	"confab/chat"
	"confab/people"
)

// restMessage is a message as the REST API shows it.
type restMessage struct {
	ID           string      `json:"id"`
	Type         string      `json:"type"`
	Text         string      `json:"text"`
	ClientID     string      `json:"clientId"`
	AgentID      string      `json:"agentId,omitempty"`
	CreatedAt    chat.Millis `json:"createdAt"`
	ReceivedFrom string      `json:"receivedFrom,omitempty"`
	IsPushed     bool        `json:"isPushed,omitempty"`
}

// message is one as webhooks tell it.
type message struct {
	ID               string      `json:"id"`
	Type             string      `json:"type"`
	Text             string      `json:"text"`
	CreatedAt        chat.Millis `json:"createdAt"`
	AgentID          string      `json:"agentId,omitempty"`
	AgentName        string      `json:"agentName,omitempty"`
	IsTrigger        bool        `json:"isTrigger,omitempty"`
	IsPushed         bool        `json:"isPushed,omitempty"`
	IsMissed         bool        `json:"isMissed,omitempty"`
	IsMissedByClient bool        `json:"isMissedByClient,omitempty"`
	ReceivedFrom     string      `json:"receivedFrom,omitempty"`
	File             *file       `json:"file,omitempty"`
}

type file struct {
	FileName  string     `json:"fileName"`
	Size      int64      `json:"size"` // bytes
	IsImage   bool       `json:"isImage"`
	URL       string     `json:"url"`
	ImageInfo *imageInfo `json:"imageInfo,omitempty"`
}

type imageInfo struct {
	Width      int    `json:"width"`
	Height     int    `json:"height"`
	PreviewURL string `json:"previewUrl"`
}

// Types of messages.
const (
	typeClient = "client"
	typeAgent  = "agent"
)

// kindOf is the type that a message has in the dialect, "" if it has none: the core itself speaks in notices only.
func kindOf(e *chat.Entry) string {
	switch e.Author.Kind {
	case chat.Visitor:
		return typeClient
	case chat.Agent, chat.Integration, chat.Bot:
		return typeAgent
	}
	return ""
}

// messageOf leaves out what only others know: files' addresses, and what was missed.
func messageOf(e *chat.Entry) message {
	m := message{
		ID: string(e.EID), Type: kindOf(e), Text: e.Text, CreatedAt: e.At, IsPushed: e.Pushed,
		IsTrigger: e.Auto && !e.Pushed || e.Author.Kind == chat.Bot, ReceivedFrom: e.ReceivedFrom,
	}
	if e.Text == "" && e.File != nil {
		m.Text = e.File.Name
	}
	if m.Type == typeAgent {
		m.AgentName = e.Author.Name
	}
	if e.Author.Kind == chat.Agent {
		m.AgentID = e.Author.ID
	}
	return m
}

// client is what is known of a visitor. The consents stand only in webhooks.
type client struct {
	ID              string         `json:"id"`
	ChatID          string         `json:"chatId"`
	ChatLink        string         `json:"chatLink"`
	GroupID         string         `json:"groupId,omitempty"`
	Color           string         `json:"color"`
	IP              string         `json:"ip,omitempty"`
	BrowserLanguage string         `json:"browserLanguage,omitempty"`
	ChatLanguage    string         `json:"chatLanguage,omitempty"`
	Browser         string         `json:"browser,omitempty"`
	OS              string         `json:"os,omitempty"`
	UserAgent       string         `json:"userAgent,omitempty"`
	Country         string         `json:"country,omitempty"`
	City            string         `json:"city,omitempty"`
	LatestVisit     visit          `json:"latestVisit"`
	DisplayedName   string         `json:"displayedName"`
	BasicInfo       map[string]any `json:"basicInfo"`
	CustomFormData  map[string]any `json:"customFormData"`
	IntegrationData map[string]any `json:"integrationData"`
	Info            map[string]any `json:"info"`

	MarketingConsent      *bool `json:"marketingConsent,omitempty"`
	TermsOfServiceConsent *bool `json:"termsOfServiceConsent,omitempty"`
}

type visit struct {
	StartedAt   chat.Millis `json:"startedAt"`
	FinishedAt  chat.Millis `json:"finishedAt,omitempty"`
	ViewedPages []page      `json:"viewedPages"`
}

type page struct {
	Link  string `json:"link"`
	Title string `json:"title"`
}

// clientID is how the dialect calls a visitor: as his site does, if it binds him, else as the server does.
func clientID(id chat.VisitorID, binds auth.Secret) string {
	if !binds.Empty() {
		return binds.Reveal()
	}
	return string(id)
}

// clientOf puts what is known in the words of the dialect. base is what addresses begin with.
func clientOf(p *people.Profile, base string) client {
	v := &p.Visitor
	c := client{
		ID: clientID(v.ID, p.ClientID), ChatID: string(v.Thread), ChatLink: base + "/console/chat/" + string(v.Thread),
		GroupID: string(p.Group), Color: p.Color.Hex, IP: v.Address, BrowserLanguage: v.Language, ChatLanguage: p.ChatLanguage,
		Browser: v.Browser, OS: v.OS, UserAgent: p.UserAgent, Country: p.Place.Country, City: p.Place.City,
		LatestVisit: visitOf(p), BasicInfo: map[string]any{}, CustomFormData: map[string]any{}, IntegrationData: map[string]any{}, Info: map[string]any{},
	}
	for theirs, ours := range editable {
		if text := p.Facts.Basic[ours]; text != "" {
			c.BasicInfo[theirs] = text
		}
	}
	for name, text := range p.Facts.Form {
		c.CustomFormData[name] = text
	}
	maps.Copy(c.IntegrationData, p.Facts.Integration)
	for _, layer := range []map[string]any{c.IntegrationData, c.CustomFormData, c.BasicInfo} { // who comes later wins
		maps.Copy(c.Info, layer)
	}
	c.DisplayedName = p.Color.Name
	for _, name := range []string{"email", "name"} {
		if text, _ := c.Info[name].(string); text != "" {
			c.DisplayedName = text
		}
	}
	return c
}

func visitOf(p *people.Profile) visit {
	v := visit{StartedAt: p.Visit.StartedAt, FinishedAt: p.Visit.FinishedAt, ViewedPages: []page{}}
	if v.StartedAt == 0 { // never seen on a page
		v.StartedAt = p.Visitor.CreatedAt
	}
	for _, seen := range p.Visit.Pages {
		v.ViewedPages = append(v.ViewedPages, page{seen.URL, seen.Title})
	}
	return v
}
