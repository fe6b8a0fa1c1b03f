// Package console serves the agents' app: a page, its script and its styles, built from src into dist and compiled in.
package console

import "embed"

//go:embed dist
var dist embed.FS
