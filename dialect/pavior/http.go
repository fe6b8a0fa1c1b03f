package pavior

import (
	"net/http"

	"github.com/julienschmidt/httprouter"

	"confab/widget"
)

const script = "/embed"

// Register serves GET and HEAD of /embed, the script that sites of this dialect name, and the API below /v1.
func Register(router *httprouter.Router, o Options) {
	built, err := widget.ReadScript(dist, "dist/pavior.js")
	if err != nil {
		panic("pavior: " + err.Error()) // compiled in; a test would have failed
	}
	serve := func(w http.ResponseWriter, r *http.Request, _ httprouter.Params) { built.Serve(w, r, widget.SoonStale) }
	router.GET(script, serve)
	router.HEAD(script, serve)
	newServer(o).rest().Register(router)
}
