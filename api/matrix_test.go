package api

import (
	"net/http"
	"strings"
	"testing"

	"go.uber.org/zap"

	"confab/account"
	"confab/chat"
)

// who calls, in the order of a row's codes. The id of a path is always one of acme's.
// acme-clerk and acme-seller are agents who are limited to their groups; what the path names is of the seller's.
var callers = []string{"none", "acme-agent", "acme-admin", "acme-key", "rival-admin", "rival-key", "acme-clerk", "acme-seller"}

// row is what a route answers to each of the callers.
type row struct {
	body  string
	codes [8]int
}

// matrix has a row for every route. REFRESH stands for a good refresh token, NEW for an id that nothing has,
// KEY and WEBHOOK for those of a server key and a webhook of the caller's account.
var matrix = map[string]row{
	"GET /openapi.json":                           {``, [8]int{200, 200, 200, 200, 200, 200, 200, 200}},
	"POST /session":                               {`{"email":"acme-agent@example.com","password":"` + password + `"}`, [8]int{201, 201, 201, 201, 201, 201, 201, 201}},
	"POST /session/refresh":                       {`{"refreshToken":"REFRESH"}`, [8]int{200, 200, 200, 200, 200, 200, 200, 200}},
	"DELETE /session":                             {`{"refreshToken":"REFRESH"}`, [8]int{204, 204, 204, 204, 204, 204, 204, 204}},
	"GET /me":                                     {``, [8]int{401, 200, 200, 403, 200, 403, 200, 200}},
	"PUT /me/status":                              {`{"status":"busy"}`, [8]int{401, 200, 200, 403, 200, 403, 200, 200}},
	"GET /account":                                {``, [8]int{401, 200, 200, 200, 200, 200, 200, 200}},
	"PATCH /account":                              {`{"idleCloseMinutes":1440}`, [8]int{401, 403, 200, 200, 200, 200, 403, 403}},
	"GET /account/keys":                           {``, [8]int{401, 403, 200, 403, 200, 403, 403, 403}},
	"POST /account/keys/reveal":                   {`{"id":"KEY"}`, [8]int{401, 403, 200, 403, 200, 403, 403, 403}},
	"POST /account/keys/rotate":                   {`{"overlapHours":24}`, [8]int{401, 403, 201, 403, 201, 403, 403, 403}},
	"GET /agents":                                 {``, [8]int{401, 200, 200, 200, 200, 200, 200, 200}},
	"PATCH /agents/:id":                           {`{"groups":[],"limited":false}`, [8]int{401, 403, 200, 200, 404, 404, 403, 403}},
	"GET /groups":                                 {``, [8]int{401, 200, 200, 200, 200, 200, 200, 200}},
	"GET /visitors":                               {``, [8]int{401, 200, 200, 200, 200, 200, 200, 200}},
	"GET /visitors/:id":                           {``, [8]int{401, 200, 200, 200, 404, 404, 404, 200}},
	"GET /conversations":                          {``, [8]int{401, 200, 200, 200, 200, 200, 200, 200}},
	"GET /conversations/:id":                      {``, [8]int{401, 200, 200, 200, 404, 404, 404, 200}},
	"GET /conversations/:id/messages":             {``, [8]int{401, 200, 200, 200, 404, 404, 404, 200}},
	"POST /conversations/:id/messages":            {`{"text":"Hello Maya"}`, [8]int{401, 201, 201, 201, 404, 404, 404, 201}},
	"PATCH /conversations/:id/messages/:message":  {`{"text":"Hello"}`, [8]int{401, 403, 200, 200, 404, 404, 404, 403}},
	"DELETE /conversations/:id/messages/:message": {``, [8]int{401, 403, 204, 204, 404, 404, 404, 403}},
	"POST /conversations/:id/accept":              {``, [8]int{401, 200, 200, 403, 404, 403, 404, 200}},
	"POST /conversations/:id/leave":               {``, [8]int{401, 200, 200, 403, 404, 403, 404, 200}},
	"POST /conversations/:id/close":               {``, [8]int{401, 200, 200, 200, 404, 404, 404, 200}},
	"POST /conversations/:id/assign":              {`{"groupId":"TENANT-sales"}`, [8]int{401, 200, 200, 200, 404, 404, 404, 200}},
	"POST /conversations/:id/seen":                {`{"seq":1}`, [8]int{401, 200, 200, 200, 404, 404, 404, 200}},
	"GET /contacts":                               {``, [8]int{401, 200, 200, 200, 200, 200, 403, 403}},
	"GET /contacts.csv":                           {``, [8]int{401, 403, 200, 200, 200, 200, 403, 403}},
	"GET /reports/contacts":                       {``, [8]int{401, 400, 400, 400, 400, 400, 403, 403}},   // it wants an attribute
	"POST /contacts/import":                       {`{}`, [8]int{401, 403, 415, 415, 415, 415, 403, 403}}, // it takes no JSON
	"POST /contact-merges":                        {`{"from":"ONE","into":"OTHER"}`, [8]int{401, 200, 200, 200, 404, 404, 403, 403}},
	"GET /attributes":                             {``, [8]int{401, 200, 200, 200, 200, 200, 200, 200}},
	"POST /attributes":                            {`{"name":"plan"}`, [8]int{401, 403, 201, 201, 201, 201, 403, 403}},
	"PATCH /attributes/:id":                       {`{"title":"Plan"}`, [8]int{401, 403, 200, 200, 404, 404, 403, 403}},
	"GET /segments":                               {``, [8]int{401, 200, 200, 200, 200, 200, 403, 403}},
	"POST /segments":                              {`{"name":"All","filter":{}}`, [8]int{401, 201, 201, 201, 201, 201, 403, 403}},
	"PATCH /segments/:id":                         {`{"name":"Everybody"}`, [8]int{401, 200, 200, 200, 404, 404, 403, 403}},
	"DELETE /segments/:id":                        {``, [8]int{401, 204, 204, 204, 404, 404, 403, 403}},
	"POST /conversations/:id/link":                {``, [8]int{401, 200, 200, 403, 404, 403, 404, 200}},
	"GET /contacts/:id":                           {``, [8]int{401, 200, 200, 200, 404, 404, 404, 200}},
	"PATCH /contacts/:id":                         {`{"name":"Ingrid"}`, [8]int{401, 200, 200, 200, 404, 404, 404, 200}},
	"DELETE /contacts/:id":                        {``, [8]int{401, 403, 204, 204, 404, 404, 403, 403}},
	"GET /contacts/:id/export":                    {``, [8]int{401, 403, 200, 200, 404, 404, 403, 403}},
	"GET /contacts/:id/history":                   {``, [8]int{401, 200, 200, 200, 404, 404, 404, 200}},
	"POST /conversations/:id/files":               {`{"name":"bill.pdf","size":10}`, [8]int{401, 201, 201, 201, 404, 404, 404, 201}},
	"GET /webhooks":                               {``, [8]int{401, 403, 200, 200, 200, 200, 403, 403}},
	"PATCH /webhooks/:id":                         {`{"disabled":false}`, [8]int{401, 403, 200, 200, 404, 404, 403, 403}},
	"PUT /webhooks/:id/secret":                    {``, [8]int{401, 403, 200, 200, 404, 404, 403, 403}},
	"GET /webhooks/deliveries":                    {``, [8]int{401, 403, 200, 200, 200, 200, 403, 403}},
	"GET /webhooks/deliveries/:id":                {``, [8]int{401, 403, 200, 200, 404, 404, 403, 403}},
	"POST /webhooks/deliveries/:id/replay":        {``, [8]int{401, 403, 200, 200, 404, 404, 403, 403}},
	"POST /webhooks":                              {`{"dialect":"confab","url":"https://hooks.example/NEW"}`, [8]int{401, 403, 201, 201, 201, 201, 403, 403}},
	"GET /webhooks/dialects":                      {``, [8]int{401, 403, 200, 200, 200, 200, 403, 403}},
	"DELETE /webhooks/:id":                        {``, [8]int{401, 403, 204, 204, 404, 404, 403, 403}},
	"POST /webhooks/replay":                       {`{"webhook":"WEBHOOK"}`, [8]int{401, 403, 200, 200, 200, 200, 403, 403}},
	"GET /calls":                                  {``, [8]int{401, 200, 200, 200, 200, 200, 200, 200}},
	"POST /calls/:id/status":                      {`{"status":"end"}`, [8]int{401, 200, 200, 200, 404, 404, 404, 200}},
}

func TestEveryRouteAnswersEveryCallerAsItShould(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	tokens := map[string]string{}
	for _, who := range callers {
		tokens[who] = w.as(who)
	}
	seen := map[string]bool{}
	for _, rt := range (&api{}).routes() {
		name := rt.method + " " + rt.path
		line, ok := matrix[name]
		if !ok {
			t.Errorf("%s has no row in the matrix", name)
			continue
		}
		seen[name] = true
		for i, who := range callers {
			path, body := w.fill(rt.path, line.body, who)
			if got := w.call(tokens[who], rt.method, path, body); got.StatusCode != line.codes[i] {
				t.Errorf("%s by %s: %d, want %d: %s", name, who, got.StatusCode, line.codes[i], got.body)
			}
		}
	}
	for name := range matrix {
		if !seen[name] {
			t.Errorf("the matrix has a row for %s, which is no route", name)
		}
	}
}

// fill puts things of acme's into a path, fresh ones for every call, and into a body what the caller would name.
func (w *world) fill(path, body, who string) (string, string) {
	w.t.Helper()
	tenant, _, _ := strings.Cut(who, "-")
	refresh, owner := "", chat.AccountID(tenant)
	if tenant == "none" {
		owner = acme
	}
	if strings.Contains(body, "REFRESH") {
		refresh = w.signIn("acme-agent").RefreshToken
	}
	if strings.Contains(body, "OTHER") { // acme's, whoever asks
		body = strings.NewReplacer("ONE", w.lead(), "OTHER", w.lead()).Replace(body)
	}
	// In one go: a token may have any of these words in it.
	body = strings.NewReplacer("REFRESH", refresh, "TENANT", tenant, "KEY", w.keyOf(owner), "NEW", w.ids.New(), "WEBHOOK", w.webhook(owner).ID).Replace(body)
	if !strings.Contains(path, ":id") {
		return path, body
	}
	g := w.guest(acme)
	w.give(g.conversation, "acme-sales")
	id := string(g.conversation)
	switch {
	case strings.HasPrefix(path, "/agents"):
		id = w.temp()
	case strings.HasSuffix(path, "/link"):
		w.card(g)
	case strings.HasPrefix(path, "/visitors"):
		id = string(g.Visitor.ID)
	case strings.HasPrefix(path, "/calls"):
		id = w.rings(g).ID
	case strings.HasPrefix(path, "/webhooks/deliveries"):
		id = w.delivery(g)
	case strings.HasPrefix(path, "/webhooks"):
		id = w.webhook(acme).ID
	case strings.HasPrefix(path, "/attributes"):
		d, err := w.people.Define(w.t.Context(), acme, "onlyOurs", "")
		if err != nil {
			w.t.Fatal(err)
		}
		id = d.Name
	case strings.HasPrefix(path, "/segments"):
		s, err := w.people.SaveSegment(w.t.Context(), acme, "", "Ours", []byte(`{}`))
		if err != nil {
			w.t.Fatal(err)
		}
		id = s.ID
	case strings.HasPrefix(path, "/contacts"):
		id = string(g.contact)
	}
	return strings.NewReplacer(":id", id, ":message", string(g.message)).Replace(path), body
}

// give hands a conversation of acme's to a group.
func (w *world) give(id chat.ConversationID, group chat.GroupID) {
	w.t.Helper()
	admin := chat.Actor{Kind: chat.Agent, ID: "acme-admin", Name: "acme-admin"}
	if _, err := w.desk.Assign(w.t.Context(), acme, id, admin, nil, chat.Assignment{Group: group}); err != nil {
		w.t.Fatal(err)
	}
}

// temp is an agent of acme's who is nobody's caller.
func (w *world) temp() string {
	w.t.Helper()
	temp, err := w.accounts.CreateAgent(w.t.Context(), acme, account.AgentSpec{Email: new(w.ids.New() + "@example.com")})
	if err != nil {
		w.t.Fatal(err)
	}
	return string(temp.ID)
}

// keyOf is the id of the account's newest server key.
func (w *world) keyOf(id chat.AccountID) string {
	w.t.Helper()
	owner, err := w.accounts.Account(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return owner.Keys[0].ID
}

// TestAForeignIDIsRefusedLikeOneThatIsNone: nobody learns from an answer whether another account has a thing.
func TestAForeignIDIsRefusedLikeOneThatIsNone(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	token := w.as("rival-admin")
	for _, rt := range (&api{}).routes() {
		if !strings.Contains(rt.path, ":id") {
			continue
		}
		path, body := w.fill(rt.path, matrix[rt.method+" "+rt.path].body, "rival-admin")
		foreign := w.call(token, rt.method, path, body)
		none := w.call(token, rt.method, strings.Replace(rt.path, ":id", w.ids.New(), 1), body)
		if foreign.StatusCode != http.StatusNotFound || foreign.StatusCode != none.StatusCode || string(foreign.body) != string(none.body) {
			t.Errorf("%s %s: foreign %d %s, none %d %s", rt.method, rt.path, foreign.StatusCode, foreign.body, none.StatusCode, none.body)
		}
	}
}

// TestWhatAnotherGroupTalksOfIsRefusedLikeWhatIsNone: an agent who is limited learns as little.
func TestWhatAnotherGroupTalksOfIsRefusedLikeWhatIsNone(t *testing.T) {
	w := newWorld(t, zap.NewNop())
	token := w.as("acme-clerk")
	for _, rt := range (&api{}).routes() {
		if !strings.Contains(rt.path, ":id") || rt.may&agent == 0 || strings.HasPrefix(rt.path, "/segments") {
			continue
		}
		path, body := w.fill(rt.path, matrix[rt.method+" "+rt.path].body, "acme-clerk")
		for _, body := range []string{body, `{"nonsense":1}`} {
			others := w.call(token, rt.method, path, body)
			none := w.call(token, rt.method, strings.Replace(strings.Replace(rt.path, ":message", w.ids.New(), 1), ":id", w.ids.New(), 1), body)
			if others.StatusCode != http.StatusNotFound || others.StatusCode != none.StatusCode || string(others.body) != string(none.body) {
				t.Errorf("%s %s: others' %d %s, none %d %s", rt.method, rt.path, others.StatusCode, others.body, none.StatusCode, none.body)
			}
		}
	}
}
