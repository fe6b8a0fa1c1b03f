// Package jivo serves pages that were made for JivoChat's widget: the script under the addresses by which such pages load
// it. README.md tells what of that interface is honoured.
package jivo

import "embed"

//go:embed dist
var dist embed.FS
