package store

import (
	"strings"

	"confab/plant"
)

// plantedLua returns a script as the planted bug would have it: src itself in every build but one.
func plantedLua(src string) string {
	switch {
	case plant.Is(plant.SkipDedupe):
		return strings.Replace(src, "if was[6] then", "if false then", 1)
	case plant.Is(plant.MarkerFalls):
		return strings.NewReplacer(
			"if wantDelivered <= delivered and wantSeen <= seen then return 0 end", "",
			"math.max(delivered, wantDelivered), math.max(seen, wantSeen)", "wantDelivered, wantSeen").Replace(src)
	case plant.Is(plant.MarkerAboveTop):
		return strings.NewReplacer(
			"math.min(tonumber(ARGV[7]), top)", "tonumber(ARGV[7])",
			"math.min(tonumber(ARGV[6]), top)", "tonumber(ARGV[6])").Replace(src)
	}
	return src
}
