package storetest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
)

// Everything is all that a store holds, keys and values of every kind, as text to look for something in.
func Everything(t testing.TB, c redis.UniversalClient) string {
	t.Helper()
	keys, err := c.Keys(t.Context(), "*").Result()
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, key := range keys {
		value, err := valueOf(t, c, key)
		if err != nil {
			t.Fatalf("%s: %v", key, err)
		}
		fmt.Fprintf(&all, "%s: %v\n", key, value)
	}
	return all.String()
}

func valueOf(t testing.TB, c redis.UniversalClient, key string) (any, error) {
	ctx := t.Context()
	switch kind := c.Type(ctx, key).Val(); kind {
	case "string":
		value, err := c.Get(ctx, key).Result()
		if err == redis.Nil { // it ran out meanwhile
			return "", nil
		}
		return value, err
	case "hash":
		return c.HGetAll(ctx, key).Result()
	case "list":
		return c.LRange(ctx, key, 0, -1).Result()
	case "set":
		return c.SMembers(ctx, key).Result()
	case "zset":
		return c.ZRange(ctx, key, 0, -1).Result()
	case "stream":
		return c.XRange(ctx, key, "-", "+").Result()
	case "none":
		return "", nil
	default:
		return nil, fmt.Errorf("a value of the unknown kind %q", kind)
	}
}
