// Lists a tar as Go's archive/tar reads it, one JSON object a line: what containerd and Docker build on.
package main

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
)

type line struct {
	Name   string `json:"name"`
	Link   string `json:"link"`
	Type   string `json:"type"`
	Size   int64  `json:"size"`
	Mode   int64  `json:"mode"`
	Uid    int    `json:"uid"`
	Gid    int    `json:"gid"`
	Mtime  int64  `json:"mtime"`
	Digest string `json:"digest"`
	Error  string `json:"error"`
}

func main() {
	out := json.NewEncoder(os.Stdout)
	for _, path := range os.Args[1:] {
		list(path, out)
		out.Encode(line{Type: "end of file"})
	}
}

func list(path string, out *json.Encoder) {
	file, err := os.Open(path)
	if err != nil {
		panic(err)
	}
	defer file.Close()
	// Not seekable: runtimes read layers from a pipe.
	reader := tar.NewReader(struct{ io.Reader }{file})
	for {
		header, err := reader.Next()
		if err == io.EOF {
			return
		}
		if err != nil {
			out.Encode(line{Error: err.Error()})
			return
		}
		if header.Typeflag == tar.TypeXGlobalHeader {
			continue
		}
		entry := line{
			Name:  base64.StdEncoding.EncodeToString([]byte(header.Name)),
			Link:  base64.StdEncoding.EncodeToString([]byte(header.Linkname)),
			Type:  string(rune(header.Typeflag)),
			Size:  header.Size,
			Mode:  header.Mode,
			Uid:   header.Uid,
			Gid:   header.Gid,
			Mtime: header.ModTime.Unix(),
		}
		digest := sha256.New()
		if _, err := io.Copy(digest, reader); err != nil {
			entry.Error = err.Error()
			out.Encode(entry)
			return
		}
		entry.Digest = hex.EncodeToString(digest.Sum(nil))
		out.Encode(entry)
	}
}
