package files

import (
	"encoding/json"
	"errors"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/julienschmidt/httprouter"
	"go.uber.org/zap"

	"confab/chat"
)

const sendTime = 10 * time.Minute // for a file to be fetched

// Register serves uploads and files on the router.
func Register(router *httprouter.Router, f *Files) {
	router.Handle(http.MethodPut, uploadPath+":ticket", f.safely(f.put))
	router.Handle(http.MethodOptions, uploadPath+":ticket", f.safely(allow))
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		router.Handle(method, filesPath+":id/:name", f.safely(f.get))
	}
}

func (f *Files) safely(handle httprouter.Handle) httprouter.Handle {
	return func(w http.ResponseWriter, r *http.Request, params httprouter.Params) {
		defer func() {
			switch cause := recover(); cause {
			case nil:
			case http.ErrAbortHandler:
				panic(cause)
			default:
				f.log.Error("handler panicked", zap.Any("cause", cause), zap.ByteString("stack", debug.Stack()))
				w.WriteHeader(http.StatusInternalServerError)
			}
		}()
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
		h.Set("Referrer-Policy", "no-referrer")
		handle(w, r, params)
	}
}

// open lets pages of all sites send: who has a ticket may, and no cookies come along.
func open(h http.Header) {
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cache-Control", "no-store")
}

func allow(w http.ResponseWriter, _ *http.Request, _ httprouter.Params) {
	h := w.Header()
	open(h)
	h.Set("Access-Control-Allow-Methods", http.MethodPut)
	h.Set("Access-Control-Allow-Headers", "Content-Type")
	h.Set("Access-Control-Max-Age", "86400")
	w.WriteHeader(http.StatusNoContent)
}

func (f *Files) put(w http.ResponseWriter, r *http.Request, params httprouter.Params) {
	open(w.Header())
	file, err := f.receive(w, r, params.ByName("ticket"))
	f.count(file, err)
	if err != nil {
		f.refuse(w, err)
		return
	}
	answer(w, http.StatusCreated, file)
}

var statuses = map[chat.Code]int{
	chat.BadFrame: http.StatusBadRequest, chat.BadField: http.StatusBadRequest, chat.NotFound: http.StatusNotFound,
	chat.TooLarge: http.StatusRequestEntityTooLarge, chat.Unavailable: http.StatusServiceUnavailable,
}

func (f *Files) refuse(w http.ResponseWriter, err error) {
	var r *chat.Refusal
	if !errors.As(err, &r) {
		f.log.Error("file not kept", zap.Error(err))
		r = chat.Refuse(chat.Internal, "Something went wrong.")
	}
	status, ok := statuses[r.Code]
	if !ok {
		status = http.StatusInternalServerError
	}
	f.log.Info("upload refused", zap.String("reason", string(r.Code)))
	w.Header().Set("Connection", "close") // what is still coming is not read
	answer(w, status, map[string]string{"code": string(r.Code), "message": r.Message})
}

func answer(w http.ResponseWriter, status int, body any) {
	raw, err := json.Marshal(body)
	if err != nil {
		panic("files: " + err.Error()) // plain structs
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(raw)))
	w.WriteHeader(status)
	_, _ = w.Write(raw) // the asker is gone if this fails
}

// get hands a file out. Whoever knows the address may have it; nobody guesses one.
func (f *Files) get(w http.ResponseWriter, r *http.Request, params httprouter.Params) {
	file, err := f.find(r.Context(), chat.FileID(params.ByName("id")))
	if err != nil {
		f.missing(w, err)
		return
	}
	content, err := f.place.Open(r.Context(), string(file.ID))
	if err != nil {
		f.missing(w, err)
		return
	}
	defer content.Close()
	h := w.Header()
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Cache-Control", "private, max-age=31536000, immutable")
	h.Set("Etag", `"`+string(file.ID)+`"`)
	if file.Shown && previewed(r, &file.File) {
		f.preview(w, r, file, content)
		return
	}
	if file.Shown {
		h.Set("Content-Type", file.Type)
		h.Set("Content-Disposition", disposition("inline", file.Name))
	} else {
		h.Set("Content-Type", unknownType)
		h.Set("Content-Disposition", disposition("attachment", file.Name))
	}
	control := http.NewResponseController(w) // knows no deadlines in memory, where nobody is slow
	_ = control.SetWriteDeadline(time.Now().Add(sendTime))
	defer func() { _ = control.SetWriteDeadline(time.Time{}) }()
	http.ServeContent(w, r, "", file.At.Time(), content)
}

func (f *Files) missing(w http.ResponseWriter, err error) {
	w.Header().Set("Cache-Control", "no-store")
	if errors.Is(err, &chat.Refusal{Code: chat.NotFound}) || errors.Is(err, ErrGone) {
		http.Error(w, "There is no such file.", http.StatusNotFound)
		return
	}
	f.log.Error("file not served", zap.Error(err))
	http.Error(w, "Something went wrong.", http.StatusInternalServerError)
}
