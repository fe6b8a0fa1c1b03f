package store

import (
	"errors"
	"strings"
	"testing"
)

func TestAnAnnouncementThatIsTooLargeIsSeenHoweverItComes(t *testing.T) {
	for reply, tooLarge := range map[string]bool{
		"*2\r\n$3\r\n$9:\r\n:99999999999\r\n+OK\r\n":                  false, // what stands in a string is no announcement
		"$-1\r\n*-1\r\n-ERR *99999999999\r\n$0\r\n\r\n":               false,
		"$" + "5\r\n12345\r\n*1\r\n$1099511627776\r\n":                true,
		"*1099511627776\r\n":                                          true,
		"$99999999999999999999999999\r\n":                             true,
		"+" + strings.Repeat("x", maxReplyLine+1):                     true,
		"$" + "4\r\n*999\r\n*4194305\r\n":                             true,
		"garbage\r\n\x00\xff$\r\n*\r\n$x\r\n*3.5\r\n\r\n\n\r\n*1\r\n": false,
	} {
		for _, step := range []int{1, 2, 3, 7, len(reply)} {
			var f frames
			var err error
			for rest := reply; rest != "" && err == nil; {
				n := min(step, len(rest))
				err, rest = f.scan([]byte(rest[:n])), rest[n:]
			}
			if errors.Is(err, errOversized) != tooLarge {
				t.Errorf("%.60q in steps of %d: %v", reply, step, err)
			}
		}
	}
}
