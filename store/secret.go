package store

import (
	"context"
	"fmt"
)

// Secret returns the secret with which the nodes of this store sign tokens. The first node to ask makes it.
func (s *Store) Secret(ctx context.Context, generate func() []byte) ([]byte, error) {
	key := s.GlobalKey("secret")
	vals, err := s.ask(ctx, command("SET", key, generate(), "NX"), command("GET", key))
	if err != nil {
		return nil, fmt.Errorf("signing secret: %w", err)
	}
	return []byte(text(vals[1])), nil
}
