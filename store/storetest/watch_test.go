package storetest_test

import (
	"os"
	"os/exec"
	"testing"
	"time"

	"confab/store/storetest"
)

// TestAWatchTakesOffWhatTheMachineKept stops a process for a second, and then lets it sleep.
func TestAWatchTakesOffWhatTheMachineKept(t *testing.T) {
	const stopped = "CONFAB_TEST_IS_STOPPED"
	if os.Getenv(stopped) == "" {
		again := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
		again.Env = append(os.Environ(), stopped+"=1")
		if out, err := again.CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
		return
	}
	begun, took := time.Now(), storetest.Watch()
	must(t, exec.Command("sh", "-c", "kill -STOP $PPID; sleep 1; kill -CONT $PPID").Run())
	if whole, own := time.Since(begun), took(); whole < time.Second || own > whole-800*time.Millisecond {
		t.Errorf("%v of %v are its own", own, whole)
	}
	took = storetest.Watch()
	time.Sleep(time.Second)
	if own := took(); own < 300*time.Millisecond {
		t.Errorf("%v of a second's sleep are its own", own)
	}
}
