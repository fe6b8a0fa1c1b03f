package mail

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"confab/chat"
)

var update = flag.Bool("update", false, "write testdata anew")

// letters are one of each kind, with all that may stand in it.
func letters() map[string]letter {
	at := chat.At(time.Date(2026, 5, 4, 9, 7, 0, 0, time.UTC))
	ann, kim := chat.Actor{Kind: chat.Agent, ID: "a1", Name: "Ann"}, chat.Actor{Kind: chat.Visitor, ID: "v1", Name: "guest-7"}
	messages := []chat.Entry{
		{Author: kim, At: at, Text: "Where is my <b>tent</b>?\nI ordered it in March & paid."},
		{Author: ann, At: at + 60_000, Text: "Hello Kim,\n\nit left Oslo today."},
		{Author: ann, At: at + 90_000, Text: "Here is the note.", File: &chat.File{Name: "note <1>.pdf", Size: 123456, URL: "/confab/files/f1/note.pdf"}},
	}
	answer := letter{
		Words: languages["en"], Signed: []string{"Yours,", "Ann <of> the shop"},
		Subject: "Your tent & more", Account: "Tern Outdoor", Preview: "Here is the note.", Cut: true,
		Button: &button{"Answer in the chat", "https://shop.example/cart?a=1&b=2"}, Unsubscribe: "https://chat.example.com/mail/unsubscribe?t=a.b",
		Foot: []string{"Please answer in the chat on our site. What is replied to this mail does not come there.", "You get this mail because you are in touch with Tern Outdoor."},
	}
	answer.say(messages, chat.Visitor, names{team: "Tern Outdoor"}, "https://chat.example.com")
	confirm := letter{
		Words: languages["de"], Subject: "Is this your address?", Account: "Tern Outdoor", Preview: "Answers come by mail once you confirm it.",
		Lead: []string{"Somebody, most likely you, wrote to Tern Outdoor.", "Confirm that the address is yours."}, Button: &button{"Confirm this address", "https://chat.example.com/mail/confirm?t=a.b"},
		Foot: []string{"If it was not you, there is nothing to do."},
	}
	log := letter{
		Words: languages["en"], Subject: "Chat with Kim", Account: "Tern Outdoor", Foot: []string{"This mail goes to the address that the account names for logs of chats."},
		Facts: []fact{{"Name", "Kim"}, {"E-mail", "kim@example.org"}, {"Page", "https://shop.example/cart"}},
	}
	log.say(messages, "", names{visitor: "Kim", team: "Tern Outdoor"}, "https://chat.example.com")
	return map[string]letter{"answer": answer, "confirm": confirm, "log": log}
}

// go test ./mail -run LettersLook -update writes what letters look like now.
func TestLettersLookLikeTheirSnapshots(t *testing.T) {
	for name, l := range letters() {
		for ending, got := range map[string]string{".txt": l.text(), ".html": l.html()} {
			file := filepath.Join("testdata", name+ending)
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s is\n%s", file, got)
			}
		}
	}
}
