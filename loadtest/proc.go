package loadtest

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"
)

// usage is what processes have used so far: CPU time of user and system, and resident memory.
type usage struct {
	cpu time.Duration
	rss int64 // bytes
}

const clockTick = time.Second / 100 // USER_HZ of every Linux port that Go has

// usageOf adds up processes. None gives zero.
func usageOf(pids []int) (usage, error) {
	var sum usage
	for _, pid := range pids {
		u, err := processUsage(pid)
		if err != nil {
			return usage{}, fmt.Errorf("process %d: %w", pid, err)
		}
		sum.cpu += u.cpu
		sum.rss += u.rss
	}
	return sum, nil
}

func processUsage(pid int) (usage, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return usage{}, err
	}
	statm, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return usage{}, err
	}
	ticks, err := cpuTicks(stat)
	if err != nil {
		return usage{}, err
	}
	pages := bytes.Fields(statm)
	if len(pages) < 2 {
		return usage{}, fmt.Errorf("statm has %d fields", len(pages))
	}
	resident, err := strconv.ParseInt(string(pages[1]), 10, 64)
	if err != nil {
		return usage{}, fmt.Errorf("statm: %w", err)
	}
	return usage{cpu: time.Duration(ticks) * clockTick, rss: resident * int64(os.Getpagesize())}, nil
}

// cpuTicks adds utime and stime, fields 14 and 15. The name in field 2 may hold blanks and brackets.
func cpuTicks(stat []byte) (int64, error) {
	end := bytes.LastIndexByte(stat, ')')
	if end < 0 {
		return 0, fmt.Errorf("stat has no name")
	}
	fields := bytes.Fields(stat[end+1:])
	if len(fields) < 13 {
		return 0, fmt.Errorf("stat has %d fields after the name", len(fields))
	}
	user, err := strconv.ParseInt(string(fields[11]), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("stat: utime: %w", err)
	}
	system, err := strconv.ParseInt(string(fields[12]), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("stat: stime: %w", err)
	}
	return user + system, nil
}
