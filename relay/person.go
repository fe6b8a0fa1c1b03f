package relay

import "confab/wire"

func (s *session) onPerson(f *wire.Person) { s.request(f.Request, unsupported) }

func (s *session) onEvent(f *wire.Event) { s.request(f.Request, unsupported) }

func (s *session) onConsent(f *wire.Consent) { s.request(f.Request, unsupported) }

func (s *session) onFeedback(f *wire.Feedback) { s.request(f.Request, unsupported) }
