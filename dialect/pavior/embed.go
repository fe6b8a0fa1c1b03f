// Package pavior serves the page script of the Pavior and MomentCRM dialect. README.md tells what of it is honoured.
package pavior

import "embed"

//go:embed dist
var dist embed.FS
