package demo

import "fmt"

// Shelves of the shop, as they stand in its addresses.
const (
	tents   = "tents"
	packs   = "packs"
	repairs = "repairs"
)

// product is something the shop sells. Drawing names the template that draws it, Hue a colour of the style sheet.
type product struct {
	Shelf, Slug, Name string
	Euros             int
	Drawing, Hue      string
	Line, Text        string
}

// Path is the address of the product.
func (p product) Path() string { return "/demo/" + p.Shelf + "/" + p.Slug }

// Price is what people read.
func (p product) Price() string { return fmt.Sprintf("€ %d", p.Euros) }

var catalogue = []product{
	{tents, "skerry-2", "Skerry 2", 389, "tent", "sand", "For two, 1.9 kg", "Two poles, two doors and room for two wet jackets. The fly goes up first, so the inside stays dry when the weather does not."},
	{packs, "holm-38", "Holm 38", 164, "pack", "slate", "38 litres, 1.1 kg", "A long weekend in one compartment. The lid comes off and turns into a hip bag."},
	{tents, "skerry-3", "Skerry 3", 478, "tent", "clay", "For three, 2.6 kg", "The Skerry 2 with a hand more of everything, and a porch that a stove fits under."},
	{packs, "holm-24", "Holm 24", 128, "pack", "moss", "24 litres, 0.8 kg", "For the day. It sits close, opens like a book and holds a rope under the lid."},
	{tents, "skerry-1", "Skerry 1", 319, "tent", "fern", "For one, 1.3 kg", "Pitches with one pole on a spot as big as a towel. Long enough for 1.95 m."},
	{packs, "holm-55", "Holm 55", 218, "pack", "plum", "55 litres, 1.6 kg", "For the long way. The frame takes 20 kg and the back grows with you."},
	{repairs, "pole-section", "Pole section", 14, "pole", "sand", "Fits every Skerry", "A broken section, sent the same day. The cord comes with it."},
	{repairs, "zip-slider", "Zip slider", 6, "zip", "slate", "Size 5 and 8", "When a zip does not close any more, it is nearly always the slider."},
	{repairs, "seam-seal", "New seams", 45, "seam", "moss", "By our workshop, ten days", "We wash the fly, take the old tape off and seal every seam anew."},
}

// of returns what stands on a shelf.
func of(shelf string) []product {
	var found []product
	for _, p := range catalogue {
		if p.Shelf == shelf {
			found = append(found, p)
		}
	}
	return found
}
