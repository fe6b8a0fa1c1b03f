package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"go.uber.org/zap"

	"confab/files"
	"confab/store"
)

func isBucket(where string) bool { return strings.HasPrefix(where, "s3://") }

// filesPlace is where files lie by the settings; "" is nowhere, passing a folder that goes at exit.
func filesPlace(s Settings) (where string, passing bool) {
	switch {
	case s.Files != "":
		return s.Files, false
	case s.Redis != "":
		return "", false
	case s.Data != "":
		return filepath.Join(s.Data, "files"), false
	}
	return "", true
}

// openPlace opens where files lie, and tells where they lie while they arrive. A nil place: nothing is taken.
func openPlace(s Settings) (place files.Place, temp string, err error) {
	where, passing := filesPlace(s)
	switch {
	case passing:
		return fromDisk(files.OpenPassing())
	case where == "":
		return nil, "", nil
	case !isBucket(where):
		return fromDisk(files.OpenDisk(where))
	}
	keys := files.BucketKeys{ID: os.Getenv("AWS_ACCESS_KEY_ID"), Secret: os.Getenv("AWS_SECRET_ACCESS_KEY"), Session: os.Getenv("AWS_SESSION_TOKEN")}
	if keys.ID == "" || keys.Secret == "" {
		return nil, "", errors.New("the bucket needs its keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	}
	bucket, err := files.OpenBucket(where, keys)
	if err != nil {
		return nil, "", err
	}
	return bucket, "", nil
}

func fromDisk(d *files.Disk, err error) (files.Place, string, error) {
	if err != nil {
		return nil, "", err
	}
	return d, d.Temp(), nil
}

// openFiles returns nil if there is no place for files.
func openFiles(s Settings, st *store.Store, log *zap.Logger) (kept *files.Files, closing func(), err error) {
	place, temp, err := openPlace(s)
	if err != nil {
		return nil, nil, fmt.Errorf("open the place for files: %w", err)
	}
	if place == nil {
		log.Warn("files of visitors and agents are refused: name a place for them with --files, which all nodes share")
		return nil, func() {}, nil
	}
	closing = func() {
		if err := place.Close(); err != nil {
			log.Warn("place for files not closed cleanly", zap.Error(err))
		}
	}
	return files.New(files.Options{Store: st, Place: place, Log: log, Temp: temp}), closing, nil
}

// examineFiles writes, reads and deletes a file where they lie.
func examineFiles(ctx context.Context, s Settings) store.Finding {
	f := store.Finding{Name: "files", OK: true}
	where, passing := filesPlace(s)
	switch {
	case passing:
		f.Sentence = "Files are kept in a passing folder and gone at the next start. Name a place with --files."
		return f
	case where == "":
		f.Sentence = "No place for files is named: they are refused. Name a folder that all nodes share, or a bucket, with --files."
		return f
	}
	place, _, err := openPlace(s)
	if err == nil {
		err = errors.Join(files.Check(ctx, place), place.Close())
	}
	if err != nil {
		return store.Finding{Name: "files", Sentence: fmt.Sprintf("%s cannot be used (%v). Check the address, the keys, and that the user who runs confab may write there.", where, err)}
	}
	f.Sentence = where + " can be written and read. Nodes on one Redis must share it."
	return f
}
