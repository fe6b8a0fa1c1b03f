package account

import (
	"testing"
	"time"

	"confab/chat"
)

func TestCallsAreTakenInTheirHours(t *testing.T) {
	c := Channel{Calls: CallsManual, CallHours: []string{"mon-fri 09:00-17:00 Europe/Oslo", "sat 10:30-24:00", "sun 00:00-00:30"}}
	for moment, want := range map[string]bool{
		"2026-06-01T06:59:59Z": false, // a Monday; Oslo is two hours ahead in summer
		"2026-06-01T07:00:00Z": true,
		"2026-06-05T14:59:59Z": true,
		"2026-06-05T15:00:00Z": false,
		"2026-01-05T07:30:00Z": false, // and one in winter
		"2026-01-05T08:00:00Z": true,
		"2026-06-06T10:29:59Z": false,
		"2026-06-06T10:30:00Z": true, // the Saturday is of UTC
		"2026-06-06T23:59:59Z": true,
		"2026-06-07T00:15:00Z": true,
		"2026-06-07T00:30:00Z": false,
	} {
		at, err := time.Parse(time.RFC3339, moment)
		if err != nil {
			t.Fatal(err)
		}
		if c.CallsNow(at) != want {
			t.Errorf("%s: %v", moment, !want)
		}
	}
	if off := (Channel{Calls: CallsOff}); off.CallsNow(time.Now()) {
		t.Error("calls are taken where they are off")
	}
	if always := (Channel{Calls: CallsManual}); !always.CallsNow(time.Now()) {
		t.Error("without hours calls are not taken")
	}
}

func TestTheDaysMayGoOverTheEndOfTheWeek(t *testing.T) {
	h, err := parseHours("fri-mon 09:00-10:00")
	if want := [7]bool{true, true, false, false, false, true, true}; err != nil || h.days != want {
		t.Errorf("%v, %v", h.days, err)
	}
}

func TestHoursThatAreNoneAreRefused(t *testing.T) {
	for _, line := range []string{
		"", "mon", "mon 9-17", "mon 09:00-09:00", "mon 22:00-06:00", "mon 09:60-17:00", "mon 09:00-24:01", "mon 09:00-17:60",
		"may 09:00-17:00", "mon-may 09:00-17:00", "mon 09:00-17:00 Atlantis/Oslo", "mon 09:00-17:00 ../../etc/passwd", "mon  09:00-17:00", "mon 09:00-17:00 Local",
	} {
		if hoursRule().ok(line) {
			t.Errorf("%q is taken", line)
		}
	}
}

func TestCallTimesAreForTheWeekToCome(t *testing.T) {
	monday := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	shop := Channel{WidgetID: "shop", Calls: CallsManual, CallHours: []string{"mon-tue 09:00-17:00"}}
	at := func(day, hour int) chat.Millis { return chat.At(time.Date(2026, 6, day, hour, 0, 0, 0, time.UTC)) }
	want := []Span{{at(1, 9), at(1, 17)}, {at(2, 9), at(2, 17)}, {at(8, 9), at(8, 17)}}
	same := func(got []Span) bool {
		return len(got) == 3 && got[0] == want[0] && got[1] == want[1] && got[2] == want[2]
	}
	a := &Account{Channels: []Channel{shop, {WidgetID: "quiet", Calls: CallsOff}}}
	for _, c := range []Channel{shop, {}} {
		if got := a.CallTimes(c, monday); !same(got) {
			t.Errorf("of %q: %v, want %v", c.WidgetID, got, want)
		}
	}
	a.Channels = append(a.Channels, Channel{WidgetID: "always", Calls: CallsTest})
	if got := a.CallTimes(Channel{}, monday); got != nil {
		t.Errorf("with a channel that always takes calls: %v", got)
	}
	if got := (&Account{Channels: []Channel{{WidgetID: "s", Calls: CallsManual, CallHours: []string{"wed 09:00-10:00"}}}}).CallTimes(Channel{}, monday); len(got) != 1 {
		t.Errorf("of one day: %v", got)
	}
}
