package relay

import "confab/wire"

func (s *session) onRate(f *wire.Rate) { s.request(f.Request, unsupported) }
