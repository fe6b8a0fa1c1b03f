package presence

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

// trial is a try of a test that may fail without the test failing. It has cleaned up when it is over.
type trial struct {
	testing.TB
	ctx context.Context

	mu       sync.Mutex
	failed   bool
	words    []string
	cleanups []func()
}

// try runs it. The goroutine is its own, so that FailNow ends the try alone.
func try(t testing.TB, test func(testing.TB)) *trial {
	ctx, cancel := context.WithCancel(t.Context())
	tried := &trial{TB: t, ctx: ctx}
	over := make(chan struct{})
	go func() {
		defer close(over)
		defer tried.cleanUp()
		defer cancel()
		test(tried)
	}()
	<-over
	return tried
}

func (t *trial) cleanUp() {
	for _, clean := range slices.Backward(t.cleanups) {
		clean()
	}
}

func (t *trial) Cleanup(clean func()) { t.cleanups = append(t.cleanups, clean) }

func (t *trial) Context() context.Context { return t.ctx }

func (t *trial) fail(words string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failed = true
	t.words = append(t.words, strings.TrimSuffix(words, "\n"))
}

func (t *trial) Failed() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.failed
}

func (t *trial) said() string { return strings.Join(t.words, "\n") }

func (t *trial) Fail()                        { t.fail("failed") }
func (t *trial) FailNow()                     { t.Fail(); runtime.Goexit() }
func (t *trial) Error(args ...any)            { t.fail(fmt.Sprintln(args...)) }
func (t *trial) Errorf(form string, a ...any) { t.fail(fmt.Sprintf(form, a...)) }
func (t *trial) Fatal(args ...any)            { t.Error(args...); runtime.Goexit() }
func (t *trial) Fatalf(form string, a ...any) { t.Errorf(form, a...); runtime.Goexit() }
