package presence

import "sync"

// unsettled remembers the arrivals and departures that the store was not told, until it was. A departure
// outranks the arrival of its connection. Safe for concurrent use.
type unsettled struct {
	mu    sync.Mutex
	tasks map[string]*task // by connection
}

type task struct {
	do        func(*task)
	running   bool
	overtaken bool // the connection has left while its arrival was on its way
}

func newUnsettled() *unsettled { return &unsettled{tasks: map[string]*task{}} }

// begin notes an arrival or a departure that is on its way. A departure may reach the store before its arrival does.
func (u *unsettled) begin(connection string, do func(*task)) *task {
	t := &task{do: do, running: true}
	u.mu.Lock()
	defer u.mu.Unlock()
	if old := u.tasks[connection]; old != nil {
		old.overtaken = true
	}
	u.tasks[connection] = t
	return t
}

// settle ends a try. Tells whether it was an arrival that came after the departure: that must then be repeated.
func (u *unsettled) settle(connection string, t *task, err error) (overtaken bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	t.running = false
	if err == nil && u.tasks[connection] == t {
		delete(u.tasks, connection)
	}
	return err == nil && t.overtaken
}

// again tries everything once more.
func (u *unsettled) again() {
	for _, t := range u.idle() {
		t.do(t)
	}
}

func (u *unsettled) idle() []*task {
	u.mu.Lock()
	defer u.mu.Unlock()
	var idle []*task
	for _, t := range u.tasks {
		if !t.running {
			t.running = true
			idle = append(idle, t)
		}
	}
	return idle
}

func (u *unsettled) count() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return len(u.tasks)
}
