package account

import (
	"os"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"confab/chat"
)

type badFile struct {
	Why, File, Hides string
	Says             []string
}

func badFiles(t testing.TB) []badFile {
	t.Helper()
	var cases []badFile
	if err := yaml.Unmarshal(readFile(t, "testdata/bad.yaml"), &cases); err != nil {
		t.Fatal(err)
	}
	return cases
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestABadFileIsAnsweredWithLineKeyValueAndWhatIsAllowed(t *testing.T) {
	for _, c := range badFiles(t) {
		t.Run(c.Why, func(t *testing.T) {
			_, err := ParseBootstrap([]byte(c.File))
			if err == nil {
				t.Fatal("it was accepted")
			}
			for _, say := range c.Says {
				if !strings.Contains(err.Error(), say) {
					t.Errorf("%q does not say %q", err, say)
				}
			}
			if c.Hides != "" && strings.Contains(err.Error(), c.Hides) {
				t.Errorf("%q shows a secret", err)
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("%q is more than one line", err)
			}
		})
	}
}

func TestTheExampleFileIsUnderstoodInFull(t *testing.T) {
	b, err := ParseBootstrap(readFile(t, "testdata/good.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	a := b.Accounts[0]
	if a.ID != "acme" || *a.VanityID != "acme" || *a.Name != "Acme" || (*a.Hosts)[0] != "localhost:8080" ||
		(*a.AllowedOrigins)[0] != "*" || a.ServerKey.Reveal() != "ladygaga" || *a.IdleCloseMinutes != 1440 ||
		*a.Privacy.Addresses != chat.AddressesWhole || *a.Privacy.Queries != chat.QueriesRemoved || *a.Privacy.ForgetAnonymousDays != 90 {
		t.Errorf("account: %+v", a)
	}
	if c := a.Credentials; len(c) != 1 || c[0].Kind != DialectChatra || c[0].Public != "PUB" || c[0].Secret.Reveal() != "SEC" {
		t.Errorf("credentials: %+v", c)
	}
	if c := a.Channels[0]; c.WidgetID != "3677" || *c.Name != "Main site" || len(*c.SafeURLs) != 0 || *c.Calls != CallsOff {
		t.Errorf("channel: %+v", c)
	}
	if g := a.Groups[0]; g.ID != "z2o3F8GDkNpKD4BYt" || *g.No != 161 || *g.Name != "Sales" {
		t.Errorf("group: %+v", g)
	}
	if g := a.Agents[0]; g.ID != "d9nKoegKSjmCtyK78" || *g.No != 2224 || *g.Email != "ann@acme.test" || *g.Name != "Ann" || *g.Phone != "+47 55 12 34" ||
		g.Password.Reveal() != "correct horse" || *g.Role != RoleAdmin || (*g.Groups)[0] != "z2o3F8GDkNpKD4BYt" {
		t.Errorf("agent: %+v", g)
	}
	if p := *a.Agents[0].SenderProfiles; len(p) != 2 || p[0] != (SenderProfile{"shop", "Ann of the shop", "shop@acme.test", "Yours,\nAnn", true}) || p[1].Name != "Ann Olsen" {
		t.Errorf("sender profiles: %+v", p)
	}
	if w := a.Webhooks; len(w) != 3 || w[0].NumericIDs != nil || w[1].NumericIDs == nil || !*w[1].NumericIDs || w[2].Dialect != "confab" || w[2].Secret.Reveal() != "whsec_Y2FuYXJ5LW9mLTMyLWJ5dGVzLWZvci1hLXRlc3QhIQ==" {
		t.Errorf("webhooks: %+v", w)
	}
}

func TestAnEmptyFileAndJSONAreFiles(t *testing.T) {
	for _, text := range []string{"", "# nothing\n", "---\n", "{}", `{"accounts":[]}`, `{"accounts":[{"id":"acme","hosts":[]}]}`} {
		if _, err := ParseBootstrap([]byte(text)); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestTheDemoIsAsTheFileWouldAllow(t *testing.T) {
	for _, a := range DemoBootstrap().Accounts {
		if err := a.check(); err != nil {
			t.Error(err)
		}
	}
}

// FuzzBootstrap: nothing panics, errors are typed and name a line, and what is accepted passes the checks of Apply.
func FuzzBootstrap(f *testing.F) {
	f.Add(readFile(f, "testdata/good.yaml"))
	for _, c := range badFiles(f) {
		f.Add([]byte(c.File))
	}
	f.Add([]byte("a: &a [x,x]\nb: &b [*a,*a]\naccounts: [*b,*b]"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		b, err := ParseBootstrap(raw)
		if err != nil {
			if fault, ok := err.(*FileError); !ok || fault.Line < 1 {
				t.Errorf("%#v", err)
			}
			return
		}
		for _, a := range b.Accounts {
			if err := a.check(); err != nil {
				t.Errorf("accepted, but: %v", err)
			}
		}
	})
}

func TestTheDocumentedExampleIsAFile(t *testing.T) {
	b, err := ParseBootstrap(readFile(t, "../docs/examples/bootstrap.yaml"))
	if err != nil || len(b.Accounts) != 1 || b.Accounts[0].Widget == nil || b.Accounts[0].Channels[0].Widget == nil {
		t.Errorf("%+v, %v", b, err)
	}
}

func TestASecretThatAnExampleLeavesOutIsMade(t *testing.T) {
	b, err := ParseBootstrap([]byte("accounts:\n  - id: acme\n    webhooks:\n      - {dialect: confab, url: \"https://x.test/\", secret: whsec_...}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if secret := b.Accounts[0].Webhooks[0].Secret; secret != nil {
		t.Error("the three dots became a secret")
	}
}
