package relay

import (
	"context"
	"testing"
)

func TestATaskThatComesWhileTheNodeEndsIsDoneOrLeftOut(t *testing.T) {
	for range 200 {
		n := &Node{}
		n.hub = newHub(n)
		begun := make(chan struct{})
		go func() {
			close(begun)
			for range 50 {
				n.task(func() {})
			}
		}()
		<-begun
		ctx, stop := context.WithCancel(t.Context())
		stop()
		if err := n.Run(ctx); err != nil {
			t.Fatal(err)
		}
	}
}
