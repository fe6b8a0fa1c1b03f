package jivo

import (
	"net/http"

	"github.com/julienschmidt/httprouter"

	"confab/widget"
)

// Addresses of the script. It reads the channel's widget id from its own address or, in the last, from its tag: one
// script serves all channels, and whether there is such a channel is found at the socket.
var paths = []string{"/widget/:id", "/script/widget/:id", "/widget.js"}

// Register serves GET and HEAD of the script.
func Register(router *httprouter.Router) {
	script, err := widget.ReadScript(dist, "dist/jivo.js")
	if err != nil {
		panic("jivo: " + err.Error()) // compiled in; a test would have failed
	}
	serve := func(w http.ResponseWriter, r *http.Request, _ httprouter.Params) {
		script.Serve(w, r, widget.SoonStale)
	}
	for _, path := range paths {
		router.GET(path, serve)
		router.HEAD(path, serve)
	}
}
