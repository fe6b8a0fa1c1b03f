package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const tempFolder = "tmp" // in the folder, so that what is whole can be moved to its place in one step

// Disk keeps files in a folder, which nodes may share.
type Disk struct {
	root  *os.Root
	path  string
	erase bool // at Close
}

// OpenDisk makes the folder if it is not there, for this user alone.
func OpenDisk(path string) (*Disk, error) {
	if err := os.MkdirAll(filepath.Join(path, tempFolder), 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	return &Disk{root: root, path: path}, nil
}

// OpenPassing keeps files in a folder of the system for as long as the program runs.
func OpenPassing() (*Disk, error) {
	path, err := os.MkdirTemp("", "confab-files-")
	if err != nil {
		return nil, err
	}
	d, err := OpenDisk(path)
	if err != nil {
		return nil, err
	}
	d.erase = true
	return d, nil
}

// Temp is a folder for what is on its way.
func (d *Disk) Temp() string { return filepath.Join(d.path, tempFolder) }

func stringReader(s string) io.Reader { return strings.NewReader(s) }

// split spreads files over folders, for thousands in one are slow to look at.
func split(key string) (folder, path string, err error) {
	if len(key) < 3 || strings.ContainsFunc(key, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-')
	}) {
		return "", "", fmt.Errorf("%w: %q is no key", ErrGone, key)
	}
	return key[:2], key[:2] + "/" + key, nil
}

// Put implements Place. The file is there whole, and on the disk, or not at all.
func (d *Disk) Put(_ context.Context, key string, r io.Reader, size int64) (err error) {
	folder, path, err := split(key)
	if err != nil {
		return err
	}
	if err := d.root.Mkdir(folder, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	coming := tempFolder + "/" + key
	if err := d.write(coming, r, size); err != nil {
		return errors.Join(err, d.root.Remove(coming))
	}
	return d.root.Rename(coming, path)
}

func (d *Disk) write(path string, r io.Reader, size int64) error {
	file, err := d.root.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	n, err := io.Copy(file, r)
	if err == nil && n != size {
		err = fmt.Errorf("%d of %d bytes: %w", n, size, io.ErrUnexpectedEOF)
	}
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

// Open implements Place.
func (d *Disk) Open(_ context.Context, key string) (io.ReadSeekCloser, error) {
	_, path, err := split(key)
	if err != nil {
		return nil, err
	}
	file, err := d.root.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %w", ErrGone, err)
	}
	return file, err
}

// Delete implements Place.
func (d *Disk) Delete(_ context.Context, key string) error {
	_, path, err := split(key)
	if err != nil {
		return err
	}
	if err := d.root.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Close implements Place.
func (d *Disk) Close() error {
	err := d.root.Close()
	if d.erase {
		err = errors.Join(err, os.RemoveAll(d.path))
	}
	return err
}
