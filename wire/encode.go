package wire

import "encoding/json"

// Encode returns a frame's JSON. It panics on a value that is no frame of this package, for those always encode.
func Encode(frame any) []byte {
	raw, err := json.Marshal(frame)
	if err != nil {
		panic("wire: " + err.Error())
	}
	return raw
}
