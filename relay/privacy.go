package relay

import (
	"context"
	"time"

	"go.uber.org/zap"
)

// readPrivacy has pages told as the account wants it now, by sockets too that were open before it changed its mind.
func (f *feed) readPrivacy() {
	n := f.hub.node
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	a, err := n.o.Accounts.Account(ctx, f.account)
	if err != nil {
		n.o.Log.Warn("settings of an account not read: its privacy stays as it was until a visitor comes", zap.Error(err))
		return
	}
	f.privacy.Store(&a.Privacy)
}
