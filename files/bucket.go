package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

const amazon = "https://s3.amazonaws.com"

// BucketKeys open a bucket. Session may be empty.
type BucketKeys struct{ ID, Secret, Session string }

// Bucket keeps files in a bucket of any store that speaks S3.
type Bucket struct {
	client *minio.Client
	name   string
	prefix string
}

// ParseBucket checks an address s3://bucket/prefix?endpoint=https://host&region=…; prefix, endpoint and region may be missing.
func ParseBucket(address string) (bucket, prefix string, endpoint *url.URL, region string, err error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "s3" || u.Host == "" || u.User != nil || u.Fragment != "" {
		return "", "", nil, "", errors.New("a bucket is s3://bucket?endpoint=https://host&region=region")
	}
	query := u.Query()
	for name := range query {
		if name != "endpoint" && name != "region" {
			return "", "", nil, "", fmt.Errorf("a bucket's address has no %q", name)
		}
	}
	at := query.Get("endpoint")
	if at == "" {
		at = amazon
	}
	endpoint, err = url.Parse(at)
	if err != nil || endpoint.Host == "" || endpoint.Scheme != "https" && endpoint.Scheme != "http" || strings.Trim(endpoint.Path, "/") != "" {
		return "", "", nil, "", errors.New("a bucket's endpoint is https://host or http://host")
	}
	if prefix = strings.Trim(u.Path, "/"); prefix != "" {
		prefix += "/"
	}
	return u.Host, prefix, endpoint, query.Get("region"), nil
}

// OpenBucket asks nothing of the bucket yet; Check does.
func OpenBucket(address string, keys BucketKeys) (*Bucket, error) {
	name, prefix, endpoint, region, err := ParseBucket(address)
	if err != nil {
		return nil, err
	}
	client, err := minio.New(endpoint.Host, &minio.Options{
		Creds: credentials.NewStaticV4(keys.ID, keys.Secret, keys.Session), Secure: endpoint.Scheme == "https", Region: region,
	})
	if err != nil {
		return nil, err
	}
	return &Bucket{client, name, prefix}, nil
}

// Put implements Place.
func (b *Bucket) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	_, err := b.client.PutObject(ctx, b.name, b.prefix+key, r, size, minio.PutObjectOptions{
		ContentType: unknownType, ContentDisposition: "attachment", DisableMultipart: true,
	})
	if err != nil {
		return fmt.Errorf("write to bucket %s: %w", b.name, err)
	}
	return nil
}

// Open implements Place.
func (b *Bucket) Open(ctx context.Context, key string) (io.ReadSeekCloser, error) {
	object, err := b.client.GetObject(ctx, b.name, b.prefix+key, minio.GetObjectOptions{})
	if err == nil {
		_, err = object.Stat()
	}
	switch {
	case err == nil:
		return object, nil
	case minio.ToErrorResponse(err).Code == "NoSuchKey":
		return nil, fmt.Errorf("%w: %w", ErrGone, err)
	}
	return nil, fmt.Errorf("read from bucket %s: %w", b.name, err)
}

// Delete implements Place.
func (b *Bucket) Delete(ctx context.Context, key string) error {
	if err := b.client.RemoveObject(ctx, b.name, b.prefix+key, minio.RemoveObjectOptions{}); err != nil {
		return fmt.Errorf("delete from bucket %s: %w", b.name, err)
	}
	return nil
}

// Close implements Place.
func (b *Bucket) Close() error { return nil }
