package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFilesLieWhereTheSettingsSay(t *testing.T) {
	for _, c := range []struct {
		s       Settings
		where   string
		passing bool
	}{
		{Settings{}, "", true},
		{Settings{Data: "/data"}, filepath.Join("/data", "files"), false},
		{Settings{Redis: "redis://r"}, "", false},
		{Settings{Redis: "redis://r", Files: "/shared"}, "/shared", false},
		{Settings{Data: "/data", Files: "s3://b"}, "s3://b", false},
	} {
		if where, passing := filesPlace(c.s); where != c.where || passing != c.passing {
			t.Errorf("%+v: %q, %v", c.s, where, passing)
		}
	}
}

func TestTheDoctorTriesThePlaceForFiles(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "files")
	if f := examineFiles(context.Background(), Settings{Files: folder}); !f.OK || !strings.Contains(f.Sentence, folder) {
		t.Errorf("a good folder: %+v", f)
	}
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if f := examineFiles(context.Background(), Settings{Files: blocked}); f.OK {
		t.Errorf("a file in the place of a folder: %+v", f)
	}
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	if f := examineFiles(context.Background(), Settings{Files: "s3://bucket"}); f.OK || !strings.Contains(f.Sentence, "AWS_ACCESS_KEY_ID") {
		t.Errorf("a bucket without keys: %+v", f)
	}
	if f := examineFiles(context.Background(), Settings{Redis: "redis://r"}); !f.OK || !strings.Contains(f.Sentence, "--files") {
		t.Errorf("no place: %+v", f)
	}
}
