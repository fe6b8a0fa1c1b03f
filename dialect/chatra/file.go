package chatra

import (
	"confab/chat"
	"confab/files"
)

// fileOf is an attachment. An image is one that may be shown: of it the size is known.
func fileOf(f *chat.File, base string) *file {
	out := &file{FileName: f.Name, Size: f.Size, URL: base + f.URL}
	if f.Width > 0 && f.Height > 0 {
		out.IsImage = true
		out.ImageInfo = &imageInfo{Width: f.Width, Height: f.Height, PreviewURL: base + files.PreviewURL(f)}
	}
	return out
}
