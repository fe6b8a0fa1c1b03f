// Package demo serves the page at "/": on a node with the demo account a small shop with the widget in it and a panel
// that tells how to try it, elsewhere a page that says what this node is.
package demo

import "github.com/julienschmidt/httprouter"

// Options of the page. Account, Email and Password are those of the demo account, and all empty where there is none.
type Options struct {
	Account  string // public id
	Email    string // of the demo agent
	Password string
	Node     string // name of this node
}

// Register serves "/", "/demo/…", "/favicon.svg", "/favicon.ico" and "/robots.txt".
func Register(router *httprouter.Router, o Options) {}
