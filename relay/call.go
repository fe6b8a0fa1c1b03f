package relay

import "confab/wire"

func (s *session) onCall(f *wire.Call) { s.request(f.Request, unsupported) }
