//go:build planted

package plant

import "sync/atomic"

var planted atomic.Value // Bug; the build with this tag runs one test after the other

// Is tells whether the bug is planted.
func Is(b Bug) bool { return planted.Load() == b }

// Plant makes b the one bug of this process from now on; "" removes it.
func Plant(b Bug) { planted.Store(b) }
