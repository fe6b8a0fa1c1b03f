//go:build !planted

package plant

// Is tells whether the bug is planted.
func Is(Bug) bool { return false }
