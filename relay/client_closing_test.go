package relay_test

import (
	"net/http"

	"github.com/coder/websocket"

	"confab/wire"
)

// closing is a server that closes every socket with a code.
func closing(code int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		ws, err := websocket.Accept(w, req, &websocket.AcceptOptions{Subprotocols: []string{wire.Subprotocol}})
		if err == nil {
			_ = ws.Close(websocket.StatusCode(code), "")
		}
	})
}
