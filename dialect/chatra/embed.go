// Package chatra serves what sites of the Chatra dialect load, the page script and the words that they may put their own in the
// place of, and what their servers ask for; and it tells their servers of chats. README.md tells what of the dialect is honoured.
package chatra

import "embed"

//go:embed dist locale.json
var served embed.FS
