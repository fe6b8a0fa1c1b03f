// Package widget serves what sites load: the loader with the launcher, and the chunks it asks for. They are built from
// src into dist and compiled in.
package widget

import "embed"

//go:embed dist
var dist embed.FS
