package jivo

import (
	"testing"

	"confab/dialect/dialecttest"
	"confab/outbox"
)

func encoderOf(w *dialecttest.World) *Encoder {
	return NewEncoder(EncoderOptions{Store: w.Store, Desk: w.Desk, Accounts: w.Accounts, People: w.People, PublicURL: "https://chat.example"})
}

func TestCases(t *testing.T) {
	dialecttest.Play(t, func(t *testing.T) dialecttest.Stage {
		w := dialecttest.New(t)
		e := encoderOf(w)
		return dialecttest.Stage{
			World:  w,
			Encode: func(b outbox.Batch) (outbox.Encoded, error) { return e.Encode(w.T.Context(), b) },
			Answered: func(d outbox.Delivery, body []byte) error {
				return e.Answered(w.T.Context(), w.Account(), d, body)
			},
		}
	})
}
