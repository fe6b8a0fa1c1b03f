package mail

import (
	"bytes"
	_ "embed"
	htmltemplate "html/template"
	"net/mail"
	"strings"
	texttemplate "text/template"

	"confab/chat"
)

//go:embed letter.txt
var letterText string

//go:embed letter.html
var letterHTML string

var (
	plainLetter = texttemplate.Must(texttemplate.New("letter").Parse(letterText))
	richLetter  = htmltemplate.Must(htmltemplate.New("letter").Parse(letterHTML))
)

// letter is what a mail says. Everything in it is text; the templates make it safe.
type letter struct {
	to      recipient
	bounds  []bound
	replyTo *mail.Address
	From    string // name of the sender
	address string // of the sender; "": the deployment's

	Words   *words
	Subject string
	Account string   // name
	Preview string   // what lists show beside the subject
	Lead    []string // paragraphs above the messages
	Cut     bool     // messages before these are left out
	Said    []said
	Signed  []string // lines under which the sender signs
	Facts   []fact   // of the visitor
	Button  *button
	Foot    []string // paragraphs below
	// Unsubscribe is the address of the page that ends all mail, "" if nobody subscribed to this.
	Unsubscribe string
}

type said struct {
	Who   string
	Own   bool   // by the visitor
	At    string // for people
	Lines []string
	File  *attached
	Next  bool // by the same as before
}

type attached struct{ Name, Size, URL string }

type fact struct{ Name, Value string }

type button struct{ Text, URL string }

// Lang is the language of the letter.
func (l *letter) Lang() string { return l.Words.lang }

func (l *letter) text() string {
	var b bytes.Buffer
	if err := plainLetter.Execute(&b, l); err != nil {
		panic("mail: " + err.Error()) // texts only; a test has run it
	}
	return b.String()
}

func (l *letter) html() string {
	var b bytes.Buffer
	if err := richLetter.Execute(&b, l); err != nil {
		panic("mail: " + err.Error()) // likewise
	}
	return b.String()
}

// say lays messages out. you is the kind of actor that is written to.
func (l *letter) say(messages []chat.Entry, you chat.ActorKind, names names, public string) {
	for i, e := range messages {
		s := said{Who: names.of(e.Author, l.Words), Own: e.Author.Kind == chat.Visitor, At: l.Words.at(e.At.Time()), Lines: lines(e.Text)}
		if e.Author.Kind == you {
			s.Who = l.Words.You
		}
		if e.File != nil {
			s.File = &attached{oneLine(e.File.Name, maxNameRunes), l.Words.size(e.File.Size), public + e.File.URL}
		}
		s.Next = i > 0 && messages[i-1].Author.Key() == e.Author.Key()
		l.Said = append(l.Said, s)
	}
}

// names tells what people are called.
type names struct{ visitor, team string }

func (n names) of(who chat.Actor, w *words) string {
	switch name := oneLine(who.Name, maxNameRunes); {
	case who.Kind == chat.Visitor && n.visitor != "":
		return n.visitor
	case name != "":
		return name
	case who.Kind == chat.Visitor:
		return w.Visitor
	}
	return n.team
}

// lines splits a text where it was broken, whatever with.
func lines(text string) []string {
	if text == "" {
		return nil
	}
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	return strings.Split(strings.ToValidUTF8(text, "�"), "\n")
}
