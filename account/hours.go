package account

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"
	_ "time/tzdata" // nodes without a list of time zones take the same settings

	"confab/chat"
)

// daysAhead is for how many days CallTimes looks forward: a page does not stay open for longer.
const daysAhead = 7

// Span is from when to when, without the end.
type Span [2]chat.Millis

// CallTimes returns when calls are taken in a channel, from now on for a week; nil: always. The zero Channel stands for
// all of the account's.
func (a *Account) CallTimes(c Channel, now time.Time) []Span {
	if c.WidgetID != "" {
		return c.callTimes(now)
	}
	all := []Span{}
	for _, one := range a.Channels {
		if one.Calls == CallsOff {
			continue
		}
		if len(one.CallHours) == 0 {
			return nil
		}
		all = append(all, one.callTimes(now)...)
	}
	return all
}

// CallsNow tells whether the channel takes calls at that moment.
func (c Channel) CallsNow(now time.Time) bool {
	at := chat.At(now)
	open := func(s Span) bool { return s[0] <= at && at < s[1] }
	return c.Calls != CallsOff && (len(c.CallHours) == 0 || slices.ContainsFunc(c.callTimes(now), open))
}

func (c Channel) callTimes(now time.Time) []Span {
	if len(c.CallHours) == 0 {
		return nil
	}
	times := []Span{}
	for _, line := range c.CallHours {
		h, err := parseHours(line)
		if err != nil {
			continue // checked before it was kept
		}
		for day := range daysAhead + 1 {
			if s, ok := h.on(now, day); ok && s[1] > chat.At(now) {
				times = append(times, s)
			}
		}
	}
	return times
}

// hours are the same time of some days of the week: "mon-fri 09:00-17:00 Europe/Oslo". Without a place it is UTC.
type hours struct {
	days     [7]bool // from Sunday
	from, to int     // minutes since midnight; to is 1440 at most
	zone     *time.Location
}

var (
	hoursForm = regexp.MustCompile(`^([a-z]{3})(?:-([a-z]{3}))? (\d\d):(\d\d)-(\d\d):(\d\d)(?: (\S+))?$`)
	weekdays  = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
)

func parseHours(line string) (hours, error) {
	m := hoursForm.FindStringSubmatch(line)
	if m == nil {
		return hours{}, fmt.Errorf("%q are no hours", line)
	}
	h := hours{from: minutes(m[3], m[4]), to: minutes(m[5], m[6])}
	if h.from < 0 || h.to > 24*60 || h.to <= h.from { // 25:00, 09:60 and nights, which are two lines
		return hours{}, fmt.Errorf("%q does not begin before it ends", line)
	}
	first := slices.Index(weekdays, m[1])
	last := first
	if m[2] != "" {
		last = slices.Index(weekdays, m[2])
	}
	if m[7] == "Local" {
		return hours{}, fmt.Errorf("%q is another place on every node", line)
	}
	if first < 0 || last < 0 {
		return hours{}, fmt.Errorf("%q names no days", line)
	}
	for day := first; ; day = (day + 1) % 7 {
		h.days[day] = true
		if day == last {
			break
		}
	}
	var err error
	h.zone, err = time.LoadLocation(m[7])
	return h, err
}

func minutes(hour, minute string) int {
	h, _ := strconv.Atoi(hour) // two digits
	m, _ := strconv.Atoi(minute)
	if m > 59 {
		return -1
	}
	return 60*h + m
}

// on returns the hours of the day that is so many days after now's.
func (h hours) on(now time.Time, day int) (Span, bool) {
	y, m, d := now.In(h.zone).Date()
	at := func(minutes int) time.Time { return time.Date(y, m, d+day, 0, minutes, 0, 0, h.zone) }
	return Span{chat.At(at(h.from)), chat.At(at(h.to))}, h.days[at(0).Weekday()]
}

func hoursRule() rule {
	return rule{allowed: `days, a time and a place, as "mon-fri 09:00-17:00 Europe/Oslo"`, ok: func(s string) bool {
		_, err := parseHours(s)
		return len(s) <= 100 && err == nil
	}}
}
