package relay

import (
	"time"

	"confab/account"
	"confab/chat"
	"confab/people"
	"confab/wire"
)

// helloRoom is more than what stands in a visitor's hello beside limits and availability, names of usual length
// and little of what is known of him included.
const helloRoom = 1024

func (s *session) hello(a *account.Account, heartbeat int) wire.Hello {
	return wire.Hello{
		T: wire.TypeHello, Connection: s.id, Node: s.node.o.Node, Time: chat.At(time.Now()),
		Account:         wire.HelloAccount{ID: a.ID, Name: a.Name},
		HeartbeatMillis: heartbeat, Durability: s.node.o.Store.Durability(), Limits: s.node.limits,
	}
}

// visitorHello builds the frame that wire.Hello would become, by hand: ten thousand visitors may come back at once,
// and most of it is the same for all. shown is the JSON of wire.Availability.
func (s *session) visitorHello(a *account.Account, o *people.Opened, shown []byte) []byte {
	n, v := s.node, &o.Visitor
	dst, from := openFrame(make([]byte, 0, helloRoom+len(n.limitsJSON)+len(shown)))
	dst = append(dst, `{"t":"hello"`...)
	dst = appendField(dst, "connection", s.id)
	dst = appendField(dst, "node", n.o.Node)
	dst = appendWhole(dst, "time", chat.At(time.Now()))
	dst = appendWhole(dst, "heartbeatMillis", int64(n.limits.VisitorHeartbeatMillis))
	dst = appendField(dst, "durability", n.o.Store.Durability())
	dst = append(append(dst, `,"limits":`...), n.limitsJSON...)
	dst = appendText(append(dst, `,"account":{"id":`...), a.ID)
	dst = appendField(dst, "name", a.Name)
	dst = appendText(append(dst, `},"visitor":{"id":`...), v.ID)
	dst = appendOptional(dst, "token", o.Token)
	dst = appendField(dst, "thread", o.Thread)
	dst = appendField(dst, "level", o.Level)
	dst = appendOptional(dst, "name", v.Name)
	dst = appendOptional(dst, "email", v.Email)
	dst = appendWhole(dst, "no", v.No)
	dst = append(append(dst, `},"availability":`...), shown...)
	dst = append(append(dst, `,"user":`...), wire.Encode(o.User)...)
	return sealFrame(append(dst, '}'), from)
}

func appendOptional(dst []byte, name, value string) []byte {
	if value == "" {
		return dst
	}
	return appendField(dst, name, value)
}
