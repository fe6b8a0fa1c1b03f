package wire

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"confab/chat"
)

// serverFrames are the shapes of what the server says, by type.
var serverFrames = map[Type]any{
	TypeHello: Hello{}, TypeEntries: Entries{}, TypeEntry: Entry{}, TypeCaughtUp: CaughtUp{}, TypeReset: Reset{},
	TypeTruncated: Truncated{}, TypeAck: Ack{}, TypeNack: Nack{}, TypeMarker: MarkerFrame{}, TypeTyping: Typing{},
	TypeAvailability: Availability{}, TypeConversation: ConversationFrame{}, TypeVisitor: VisitorFrame{},
	TypeAgent: AgentFrame{}, TypeStale: Stale{}, TypeError: Error{}, TypeReconnect: ReconnectFrame{}, TypePong: Ping{},
	TypeDone: DoneFrame{}, TypeUser: UserFrame{}, TypeQueue: Queue{}, TypeUpload: Ticket{}, TypeCall: CallFrame{},
}

var clientTypes = []Type{TypeAuth, TypeSubscribe, TypeUnsubscribe, TypeSend, TypeHistory, TypeTyping, TypeSeen, TypeDelivered, TypePage, TypePing,
	TypePerson, TypeEvent, TypeConsent, TypeRate, TypeFeedback, TypeUpload, TypeCall}

// golden calls check with each file of testdata/frames whose name starts with side. The client's tests read them too.
func golden(t *testing.T, side string, check func(t *testing.T, kind Type, raw []byte)) map[Type]bool {
	t.Helper()
	files, err := filepath.Glob("testdata/frames/" + side + ".*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no frames of the %s: %v", side, err)
	}
	types := map[Type]bool{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var head struct{ T Type }
		if err := json.Unmarshal(raw, &head); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		types[head.T] = true
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) { check(t, head.T, raw) })
	}
	return types
}

func TestGoldenFramesOfClientsAreReadWholly(t *testing.T) {
	types := golden(t, "client", func(t *testing.T, kind Type, raw []byte) {
		got, frame, err := Decode(raw)
		if err != nil || got != kind {
			t.Fatalf("read as %q, %v", got, err)
		}
		sameJSON(t, raw, frame)
	})
	for _, kind := range clientTypes {
		if !types[kind] {
			t.Errorf("there is no golden frame of type %q", kind)
		}
	}
}

func TestGoldenFramesOfTheServerAreWhatItWrites(t *testing.T) {
	types := golden(t, "server", func(t *testing.T, kind Type, raw []byte) {
		shape, ok := serverFrames[kind]
		if !ok {
			t.Fatalf("the server has no frame of type %q", kind)
		}
		frame := reflect.New(reflect.TypeOf(shape)).Interface()
		strict := json.NewDecoder(bytes.NewReader(raw))
		strict.DisallowUnknownFields()
		if err := strict.Decode(frame); err != nil {
			t.Fatal(err)
		}
		sameJSON(t, raw, frame)
	})
	for kind := range serverFrames {
		if !types[kind] {
			t.Errorf("there is no golden frame of type %q", kind)
		}
	}
}

// TestGoldenEntriesAreWhatIsKept reads entries of kinds that only their text tells apart; the client's tests draw the same.
func TestGoldenEntriesAreWhatIsKept(t *testing.T) {
	files, err := filepath.Glob("testdata/entries/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no entries: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var e chat.Entry
			strict := json.NewDecoder(bytes.NewReader(raw))
			strict.DisallowUnknownFields()
			if err := strict.Decode(&e); err != nil {
				t.Fatal(err)
			}
			sameJSON(t, raw, e)
		})
	}
}

// sameJSON encodes frame and compares it with raw, whatever the order of fields.
func sameJSON(t *testing.T, raw []byte, frame any) {
	t.Helper()
	encoded, err := json.Marshal(frame)
	if err != nil {
		t.Fatal(err)
	}
	var want, got any
	if err := json.Unmarshal(raw, &want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(encoded, &got); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("written as %s", encoded)
	}
}
