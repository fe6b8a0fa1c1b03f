package api

import "net/http"

// routes is the whole API. What a path's :id names is looked up in the caller's own account, whoever calls.
func (a *api) routes() []route {
	return []route{
		{http.MethodGet, "/openapi.json", public, http.StatusOK, a.openapi},

		{http.MethodPost, "/session", public, http.StatusCreated, a.signIn},
		{http.MethodPost, "/session/refresh", public, http.StatusOK, a.refresh},
		{http.MethodDelete, "/session", public, http.StatusNoContent, a.signOut},

		{http.MethodGet, "/me", person, http.StatusOK, a.me},
		{http.MethodPut, "/me/status", person, http.StatusOK, a.setStatus},
		{http.MethodGet, "/account", anyone, http.StatusOK, a.account},
		{http.MethodPatch, "/account", staff, http.StatusOK, a.patchAccount},
		{http.MethodGet, "/account/keys", admin, http.StatusOK, a.keys},
		{http.MethodPost, "/account/keys/reveal", admin, http.StatusOK, a.revealKey},
		{http.MethodPost, "/account/keys/rotate", admin, http.StatusCreated, a.rotateKey},
		{http.MethodGet, "/agents", anyone, http.StatusOK, a.agents},
		{http.MethodGet, "/groups", anyone, http.StatusOK, a.groups},

		{http.MethodGet, "/visitors", anyone, http.StatusOK, a.visitors},
		{http.MethodGet, "/visitors/:id", anyone, http.StatusOK, a.visitor},

		{http.MethodGet, "/conversations", anyone, http.StatusOK, a.conversations},
		{http.MethodGet, "/conversations/:id", anyone, http.StatusOK, a.conversation},
		{http.MethodGet, "/conversations/:id/messages", anyone, http.StatusOK, a.messages},
		{http.MethodPost, "/conversations/:id/messages", anyone, http.StatusCreated, a.post},
		{http.MethodPatch, "/conversations/:id/messages/:message", anyone, http.StatusOK, a.edit},
		{http.MethodDelete, "/conversations/:id/messages/:message", anyone, http.StatusNoContent, a.takeBack},
		{http.MethodPost, "/conversations/:id/files", anyone, http.StatusCreated, a.upload},
		{http.MethodPost, "/conversations/:id/accept", person, http.StatusOK, a.accept},
		{http.MethodPost, "/conversations/:id/leave", person, http.StatusOK, a.leave},
		{http.MethodPost, "/conversations/:id/close", anyone, http.StatusOK, a.close},
		{http.MethodPost, "/conversations/:id/assign", anyone, http.StatusOK, a.assign},
		{http.MethodPost, "/conversations/:id/link", person, http.StatusOK, a.link},
		{http.MethodPost, "/conversations/:id/seen", anyone, http.StatusOK, a.seen},

		{http.MethodGet, "/calls", anyone, http.StatusOK, a.listCalls},
		{http.MethodPost, "/calls/:id/status", anyone, http.StatusOK, a.setCallStatus},

		{http.MethodGet, "/webhooks", staff, http.StatusOK, a.listWebhooks},
		{http.MethodPost, "/webhooks", staff, http.StatusCreated, a.addWebhook},
		{http.MethodGet, "/webhooks/dialects", staff, http.StatusOK, a.listDialects},
		{http.MethodDelete, "/webhooks/:id", staff, http.StatusNoContent, a.removeWebhook},
		{http.MethodPatch, "/webhooks/:id", staff, http.StatusOK, a.patchWebhook},
		{http.MethodPut, "/webhooks/:id/secret", staff, http.StatusOK, a.renewSecret},
		{http.MethodGet, "/webhooks/deliveries", staff, http.StatusOK, a.deliveries},
		{http.MethodGet, "/webhooks/deliveries/:id", staff, http.StatusOK, a.delivery},
		{http.MethodPost, "/webhooks/deliveries/:id/replay", staff, http.StatusOK, a.replay},
		{http.MethodPost, "/webhooks/replay", staff, http.StatusOK, a.replayAll},

		{http.MethodGet, "/contacts", anyone, http.StatusOK, a.contacts},
		{http.MethodGet, "/contacts.csv", staff, http.StatusOK, a.contactTable},
		{http.MethodGet, "/reports/contacts", anyone, http.StatusOK, a.contactReport},
		{http.MethodPost, "/contacts/import", staff, http.StatusOK, a.importContacts},
		{http.MethodPost, "/contact-merges", anyone, http.StatusOK, a.mergeContacts},
		{http.MethodGet, "/attributes", anyone, http.StatusOK, a.attributes},
		{http.MethodPost, "/attributes", staff, http.StatusCreated, a.defineAttribute},
		{http.MethodPatch, "/attributes/:id", staff, http.StatusOK, a.entitleAttribute},
		{http.MethodGet, "/segments", anyone, http.StatusOK, a.segments},
		{http.MethodPost, "/segments", anyone, http.StatusCreated, a.addSegment},
		{http.MethodPatch, "/segments/:id", anyone, http.StatusOK, a.changeSegment},
		{http.MethodDelete, "/segments/:id", anyone, http.StatusNoContent, a.deleteSegment},
		{http.MethodGet, "/contacts/:id", anyone, http.StatusOK, a.contact},
		{http.MethodPatch, "/contacts/:id", anyone, http.StatusOK, a.patchContact},
		{http.MethodDelete, "/contacts/:id", staff, http.StatusNoContent, a.eraseContact},
		{http.MethodGet, "/contacts/:id/export", staff, http.StatusOK, a.exportContact},
		{http.MethodGet, "/contacts/:id/history", anyone, http.StatusOK, a.contactHistory},
	}
}
