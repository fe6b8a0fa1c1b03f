package chatra

import (
	"net/http"

	"github.com/julienschmidt/httprouter"

	"confab/widget"
)

// Register serves GET and HEAD of /chatra.js, the script that sites of this dialect name, of /chatra-locale.js, which it asks
// for on pages with words of their own, and of /locale.json, every word that they may change. Pages of all sites may read them.
func Register(router *httprouter.Router) {
	serve(router, "/chatra.js", "dist/chatra.js", "text/javascript; charset=utf-8")
	serve(router, "/chatra-locale.js", "dist/chatra-locale.js", "text/javascript; charset=utf-8")
	serve(router, "/locale.json", "locale.json", "application/json")
}

func serve(router *httprouter.Router, address, name, contentType string) {
	file, err := widget.ReadScript(served, name)
	if err != nil {
		panic("chatra: " + err.Error()) // compiled in; a test would have failed
	}
	answer := func(w http.ResponseWriter, r *http.Request, _ httprouter.Params) {
		w.Header().Set("Content-Type", contentType)
		file.Serve(w, r, widget.SoonStale)
	}
	router.GET(address, answer)
	router.HEAD(address, answer)
}
