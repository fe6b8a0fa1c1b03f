package relay

import "confab/chat"

// Block makes a visitor one who may not write, or may again, on the sockets of this node.
func (n *Node) Block(visitor chat.ThreadID, blocked bool) {
	for _, s := range n.all() {
		if s.authed.Load() && s.thread == visitor {
			s.blocked.Store(blocked)
		}
	}
}

// Recall tells a visitor's sockets on this node of his last call, as if they had just come.
func (n *Node) Recall(visitor chat.ThreadID) {
	for _, s := range n.all() {
		if s.authed.Load() && s.thread == visitor {
			s.recall()
		}
	}
}
