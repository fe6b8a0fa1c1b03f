package main

import (
	"os"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// newLogger writes one line an event to out: for people on a terminal, JSON for machines.
func newLogger(s Settings, out *os.File) *zap.Logger {
	format := s.LogFormat
	if format == "" {
		format = "json"
		if isTerminal(out) {
			format = "console"
		}
	}
	config := zap.NewProductionEncoderConfig()
	config.EncodeTime = zapcore.RFC3339TimeEncoder
	config.EncodeDuration = zapcore.StringDurationEncoder
	encoder := zapcore.NewJSONEncoder(config)
	if format == "console" {
		config.EncodeTime = zapcore.TimeEncoderOfLayout("15:04:05")
		config.EncodeLevel = zapcore.CapitalLevelEncoder
		encoder = zapcore.NewConsoleEncoder(config)
	}
	return zap.New(zapcore.NewCore(encoder, zapcore.Lock(out), s.LogLevel))
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
