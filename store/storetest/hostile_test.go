package storetest_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"confab/chat"
	"confab/store"
	"confab/store/storetest"
)

// wrongAnswers are what a Redis in trouble says, and what no Redis says.
var wrongAnswers = map[string]string{
	"READONLY":    "-READONLY You can't write against a read only replica.\r\n",
	"LOADING":     "-LOADING Redis is loading the dataset in memory\r\n",
	"MISCONF":     "-MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.\r\n",
	"NOREPLICAS":  "-NOREPLICAS Not enough good replicas to write.\r\n",
	"BUSY":        "-BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.\r\n",
	"MASTERDOWN":  "-MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.\r\n",
	"CLUSTERDOWN": "-CLUSTERDOWN The cluster is down\r\n",
	"MOVED":       "-MOVED 3999 127.0.0.1:1\r\n",
	"OOM":         "-OOM command not allowed when used memory > 'maxmemory'.\r\n",

	"garbage":              "\x00\xff\x01 garbage\r\n",
	"another protocol":     "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n",
	"a cut reply":          "*3\r\n$5\r\nab",
	"nothing":              silent,
	"a closed connection":  "",
	"a wrong length":       "$-7\r\n",
	"a length of letters":  "*abc\r\n",
	"an integer":           ":42\r\n",
	"a status":             "+OK\r\n",
	"nil":                  "*-1\r\n",
	"an empty list":        "*0\r\n",
	"a list of lists":      "*2\r\n*0\r\n*1\r\n:1\r\n",
	"a list with an error": "*2\r\n$2\r\nok\r\n-ERR inner\r\n",
	"an ack of nothing":    "*5\r\n$2\r\nok\r\n$0\r\n\r\n$0\r\n\r\n$1\r\n0\r\n$1\r\n1\r\n",
	"another's ack":        "*5\r\n$2\r\nok\r\n$1\r\n7\r\n$5\r\nother\r\n$1\r\n0\r\n$1\r\n1\r\n",
	"a huge string":        "$1099511627776\r\nabc",
	"a huge list":          "*1099511627776\r\n:1\r\n",
	"a huge line":          "+" + strings.Repeat("x", 1<<20),
}

const (
	busy   = 500 * time.Millisecond // what a busy machine adds
	within = 2*time.Second + busy   // a refusal
)

func TestAnyWrongAnswerIsARefusalAndNeverAnAcknowledgement(t *testing.T) {
	t.Parallel()
	f := startFake(t)
	s := storetest.Open(t, f.url(), nil)
	tried, acked := 0, []chat.Cursor{}
	try := func() error {
		tried++
		c, err := storetest.Append(s, storetest.Note(acct, thread, "v1", fmt.Sprint("message-", tried), "hello"))
		if err == nil {
			acked = append(acked, c.Main)
		}
		return err
	}
	for _, step := range []string{"HELLO", "SCRIPT", "EVALSHA"} {
		for name, answer := range wrongAnswers {
			f.set(step, answer)
			watch := storetest.Watch()
			err := try()
			if took := watch(); took > within {
				t.Errorf("%s to %s: answered after %v", name, step, took)
			}
			if err != nil && !errors.Is(err, &chat.Refusal{Code: chat.Unavailable}) {
				t.Errorf("%s to %s: not a refusal: %v", name, step, err)
			}
			if err == nil && step == "EVALSHA" {
				t.Errorf("%s to %s: acknowledged", name, step)
			}
			f.set("", "")
			storetest.Eventually(t, "it works again", func() bool { return try() == nil })
		}
	}
	kept := storetest.Log(t, s, acct, thread)
	for _, c := range acked {
		if int(c.Seq) > len(kept) || kept[c.Seq-1].EID != c.EID {
			t.Errorf("acknowledged as %v, and not kept there", c)
		}
	}
}

func TestAWrongAnswerToAReadIsARefusal(t *testing.T) {
	t.Parallel()
	f := startFake(t)
	s := storetest.Open(t, f.url(), nil)
	top := storetest.MustAppend(t, s, storetest.Note(acct, thread, "v1", "message-1", "hello"))
	for name, answer := range wrongAnswers {
		if name == "an empty list" {
			continue // is one
		}
		f.set("XRANGE", answer)
		watch, got := storetest.Watch(), make(chan error, 1)
		s.Since(acct, thread, &top, nil, func(_ store.Page, err error) { got <- err })
		if err := <-got; !errors.Is(err, &chat.Refusal{Code: chat.Unavailable}) {
			t.Errorf("%s: got %v", name, err)
		}
		if took := watch(); took > within {
			t.Errorf("%s: answered after %v", name, took)
		}
		f.set("", "")
		storetest.Eventually(t, "it reads again", func() bool {
			s.Since(acct, thread, &top, nil, func(_ store.Page, err error) { got <- err })
			return <-got == nil
		})
	}
}

func TestAWrongAnswerToASubscriptionIsTriedAgain(t *testing.T) {
	t.Parallel()
	f := startFake(t)
	ear := &storetest.Ear{}
	s := storetest.Open(t, f.url(), ear)
	storetest.Follow(t, s, acct)
	for name, answer := range wrongAnswers {
		if answer == silent {
			continue // silence is found by the probes of the bus
		}
		f.set("SUBSCRIBE", answer)
		storetest.Eventually(t, name, func() bool { return f.hit() > 0 })
		f.set("", "")
		bells := len(ear.Bells(store.BellTyping))
		storetest.Eventually(t, "bells come again after "+name, func() bool {
			s.Ring(acct, store.BellTyping, thread, "", []byte("{}"))
			return len(ear.Bells(store.BellTyping)) > bells
		})
	}
}

func TestOpeningOnAWrongAnswerIsRefusedInTime(t *testing.T) {
	t.Parallel()
	f := startFake(t)
	for name, answer := range wrongAnswers {
		f.set("HMGET", answer) // the first thing that is asked
		watch := storetest.Watch()
		s, err := store.Open(t.Context(), store.Options{URL: f.url(), Node: "n", IDs: chat.NewIDs(nil)})
		if err == nil {
			s.Close()
		}
		if took := watch(); !errors.Is(err, &chat.Refusal{Code: chat.Unavailable}) || took > within {
			t.Errorf("%s: %v after %v", name, err, took)
		}
	}
}
