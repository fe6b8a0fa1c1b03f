package people

// builtIn is an attribute that every account has.
type builtIn struct {
	typ  string
	live bool // of the moment: never kept, and nobody is found by it
	// shown says that it is one of the texts of the layer basic.
	shown bool
	// apart says that it has a place of its own and is not among the attributes of a contact.
	apart bool
}

// builtIns by name. Their names are as good as taken: nobody defines another of the name.
var builtIns = map[string]builtIn{
	"id": {typ: TypeText, apart: true}, "email": {typ: TypeText, shown: true}, "name": {typ: TypeText, shown: true}, "phone": {typ: TypeText, shown: true},
	"firstName": {typ: TypeText}, "lastName": {typ: TypeText}, "city": {typ: TypeText}, "country": {typ: TypeText},
	"totalVisits": {typ: TypeNumber}, "totalTimeSpent": {typ: TypeNumber}, // seconds
	"lastVisitedAt": {typ: TypeDate}, "lastActivityAt": {typ: TypeDate}, "createdAt": {typ: TypeDate, apart: true}, "signedUpOn": {typ: TypeDate, apart: true},
	"emailSubscription": {typ: typeFlag},
	"timeOnCurrentPage": {typ: TypeNumber, live: true}, "currentPageUrl": {typ: TypeText, live: true}, // seconds
	"currentSessionDuration": {typ: TypeNumber, live: true}, "interactedInCurrentSession": {typ: typeFlag, live: true},
}

func (b builtIn) definition(name string) Definition {
	return Definition{Name: name, Title: Title(name), Type: b.typ, Origin: OriginBuiltIn, Live: b.live}
}

// Universes part all people.
const (
	UniverseAnonymous = "anonymous" // nobody in particular
	UniverseLead      = "lead"      // it was said who he is
	UniverseSignup    = "signup"    // he has proven it, or the site says that he signed up
)

func (d *document) universe() string {
	switch {
	case d.SignedUpAt != 0:
		return UniverseSignup
	case len(d.Keys) > 0, d.shown("email") != "", d.said.shown("email") != "", d.Heard != nil && d.Heard.Email != "":
		return UniverseLead
	}
	return UniverseAnonymous
}

// guarded tells whether only who proves that he is this person may see anything of it.
func (d *document) guarded() bool { return d.SignedUpAt != 0 || !unproven(d.Level) }

// subscribed tells whether mail may be sent to him.
func (f *facts) subscribed() bool { return f.Attributes["emailSubscription"] != false }
