package relay

import "confab/wire"

func (s *session) onUpload(f *wire.Upload) { s.request(f.Request, unsupported) }
