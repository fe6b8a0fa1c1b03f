package loadtest

import "errors"

var errNotWatched = errors.New("a watch is for TCP sockets on Linux")

// watcher returns the run's watch, which the first call starts; nil where there is none.
func (r *run) watcher() *watch {
	r.watching.Do(func() {
		if r.o.Dial == nil { // or nothing says that the sockets are TCP's
			r.watch, _ = newWatch()
		}
	})
	return r.watch
}

// watches has the run's watch read a socket from now on, see adopt. False tells that it cannot.
func (r *run) watches(s *socket, take func(in []byte, err error) bool) bool {
	w := r.watcher()
	if w == nil {
		return false
	}
	s.writing.Lock() // take may want to answer before conn is replaced
	defer s.writing.Unlock()
	conn, err := w.adopt(s.conn, take)
	if err != nil {
		return false
	}
	s.conn, s.watched = conn, true
	return true
}

// unwatch ends the watch, if there is one. After it returns no socket is read by it.
func (r *run) unwatch() {
	r.watching.Do(func() {})
	if r.watch != nil {
		r.watch.stop()
	}
}
