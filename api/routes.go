package api

import "net/http"

// routes is the whole API. What a path's :id names is looked up in the caller's own account, whoever calls.
func (a *api) routes() []route {
	return []route{
		{http.MethodGet, "/openapi.json", public, noPerson, http.StatusOK, a.openapi},

		{http.MethodPost, "/session", public, noPerson, http.StatusCreated, a.signIn},
		{http.MethodPost, "/session/refresh", public, noPerson, http.StatusOK, a.refresh},
		{http.MethodDelete, "/session", public, noPerson, http.StatusNoContent, a.signOut},

		{http.MethodGet, "/me", person, noPerson, http.StatusOK, a.me},
		{http.MethodPut, "/me/status", person, noPerson, http.StatusOK, a.setStatus},
		{http.MethodGet, "/account", anyone, noPerson, http.StatusOK, a.account},
		{http.MethodPatch, "/account", staff, noPerson, http.StatusOK, a.patchAccount},
		{http.MethodGet, "/account/keys", admin, noPerson, http.StatusOK, a.keys},
		{http.MethodPost, "/account/keys/reveal", admin, noPerson, http.StatusOK, a.revealKey},
		{http.MethodPost, "/account/keys/rotate", admin, noPerson, http.StatusCreated, a.rotateKey},
		{http.MethodGet, "/agents", anyone, noPerson, http.StatusOK, a.agents},
		{http.MethodPatch, "/agents/:id", staff, noPerson, http.StatusOK, a.patchAgent},
		{http.MethodGet, "/groups", anyone, noPerson, http.StatusOK, a.groups},

		{http.MethodGet, "/visitors", anyone, theSeen, http.StatusOK, a.visitors},
		{http.MethodGet, "/visitors/:id", anyone, oneVisitor, http.StatusOK, a.visitor},

		{http.MethodGet, "/conversations", anyone, theSeen, http.StatusOK, a.conversations},
		{http.MethodGet, "/conversations/:id", anyone, oneTalk, http.StatusOK, a.conversation},
		{http.MethodGet, "/conversations/:id/messages", anyone, oneTalk, http.StatusOK, a.messages},
		{http.MethodPost, "/conversations/:id/messages", anyone, oneTalk, http.StatusCreated, a.post},
		{http.MethodPatch, "/conversations/:id/messages/:message", anyone, oneTalk, http.StatusOK, a.edit},
		{http.MethodDelete, "/conversations/:id/messages/:message", anyone, oneTalk, http.StatusNoContent, a.takeBack},
		{http.MethodPost, "/conversations/:id/files", anyone, oneTalk, http.StatusCreated, a.upload},
		{http.MethodPost, "/conversations/:id/accept", person, oneTalk, http.StatusOK, a.accept},
		{http.MethodPost, "/conversations/:id/leave", person, oneTalk, http.StatusOK, a.leave},
		{http.MethodPost, "/conversations/:id/close", anyone, oneTalk, http.StatusOK, a.close},
		{http.MethodPost, "/conversations/:id/assign", anyone, oneTalk, http.StatusOK, a.assign},
		{http.MethodPost, "/conversations/:id/link", person, oneTalk, http.StatusOK, a.link},
		{http.MethodPost, "/conversations/:id/seen", anyone, oneTalk, http.StatusOK, a.seen},

		{http.MethodGet, "/calls", anyone, theSeen, http.StatusOK, a.listCalls},
		{http.MethodPost, "/calls/:id/status", anyone, oneCall, http.StatusOK, a.setCallStatus},

		{http.MethodGet, "/webhooks", staff, noPerson, http.StatusOK, a.listWebhooks},
		{http.MethodPost, "/webhooks", staff, noPerson, http.StatusCreated, a.addWebhook},
		{http.MethodGet, "/webhooks/dialects", staff, noPerson, http.StatusOK, a.listDialects},
		{http.MethodDelete, "/webhooks/:id", staff, noPerson, http.StatusNoContent, a.removeWebhook},
		{http.MethodPatch, "/webhooks/:id", staff, noPerson, http.StatusOK, a.patchWebhook},
		{http.MethodPut, "/webhooks/:id/secret", staff, noPerson, http.StatusOK, a.renewSecret},
		{http.MethodGet, "/webhooks/deliveries", staff, everybody, http.StatusOK, a.deliveries},
		{http.MethodGet, "/webhooks/deliveries/:id", staff, everybody, http.StatusOK, a.delivery},
		{http.MethodPost, "/webhooks/deliveries/:id/replay", staff, everybody, http.StatusOK, a.replay},
		{http.MethodPost, "/webhooks/replay", staff, everybody, http.StatusOK, a.replayAll},

		{http.MethodGet, "/contacts", anyone, everybody, http.StatusOK, a.contacts},
		{http.MethodGet, "/contacts.csv", staff, everybody, http.StatusOK, a.contactTable},
		{http.MethodGet, "/reports/contacts", anyone, everybody, http.StatusOK, a.contactReport},
		{http.MethodPost, "/contacts/import", staff, everybody, http.StatusOK, a.importContacts},
		{http.MethodPost, "/contact-merges", anyone, everybody, http.StatusOK, a.mergeContacts},
		{http.MethodGet, "/attributes", anyone, noPerson, http.StatusOK, a.attributes},
		{http.MethodPost, "/attributes", staff, noPerson, http.StatusCreated, a.defineAttribute},
		{http.MethodPatch, "/attributes/:id", staff, noPerson, http.StatusOK, a.entitleAttribute},
		{http.MethodGet, "/segments", anyone, everybody, http.StatusOK, a.segments},
		{http.MethodPost, "/segments", anyone, everybody, http.StatusCreated, a.addSegment},
		{http.MethodPatch, "/segments/:id", anyone, everybody, http.StatusOK, a.changeSegment},
		{http.MethodDelete, "/segments/:id", anyone, everybody, http.StatusNoContent, a.deleteSegment},
		{http.MethodGet, "/contacts/:id", anyone, oneContact, http.StatusOK, a.contact},
		{http.MethodPatch, "/contacts/:id", anyone, oneContact, http.StatusOK, a.patchContact},
		{http.MethodDelete, "/contacts/:id", staff, oneContact, http.StatusNoContent, a.eraseContact},
		{http.MethodGet, "/contacts/:id/export", staff, oneContact, http.StatusOK, a.exportContact},
		{http.MethodGet, "/contacts/:id/history", anyone, oneContact, http.StatusOK, a.contactHistory},
	}
}
