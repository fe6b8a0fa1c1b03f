package files

import (
	"bytes"
	"mime"
	"net/http"
)

const (
	typePNG  = "image/png"
	typeJPEG = "image/jpeg"
	typeGIF  = "image/gif"
	typeWebP = "image/webp"

	unknownType = "application/octet-stream"
	headBytes   = 512 // as much as http.DetectContentType looks at
)

// told are the types, besides those of images, that people are told of. Nothing depends on them: whatever is no image that
// was drawn anew is handed out as unknownType, to be saved.
var told = map[string]bool{
	"application/pdf": true, "application/zip": true, "application/x-gzip": true, "text/plain": true,
	"video/mp4": true, "video/webm": true, "audio/mpeg": true, "audio/wave": true, "application/ogg": true,
}

// typeOf tells what begins with head.
func typeOf(head []byte) string {
	if kind := imageType(head); kind != "" {
		return kind
	}
	kind, _, err := mime.ParseMediaType(http.DetectContentType(head))
	if err != nil || !told[kind] {
		return unknownType
	}
	return kind
}

// imageType tells which of the images that are drawn anew begins with head; "" for none.
func imageType(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")):
		return typePNG
	case bytes.HasPrefix(head, []byte("\xff\xd8\xff")):
		return typeJPEG
	case bytes.HasPrefix(head, []byte("GIF87a")), bytes.HasPrefix(head, []byte("GIF89a")):
		return typeGIF
	case len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP":
		return typeWebP
	}
	return ""
}
