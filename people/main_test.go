package people

import (
	"flag"
	"os"
	"testing"
)

// TestMain has the properties of people tried less often where races are watched for, which takes several times as long: they are
// tried as often as is usual without.
func TestMain(m *testing.M) {
	flag.Parse()
	if set := flag.Lookup("rapid.checks"); raced && set.Value.String() == set.DefValue {
		if err := set.Value.Set("25"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}
