// Command kubelet-streams answers port-forward requests of an API server as a kubelet does, for every Pod: connections go to
// the Pod's own address, which a file of lines "namespace/name address" gives.
package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"k8s.io/cri-streaming/pkg/streaming/portforward"
)

type toAddress string

func (address toAddress) PortForward(_ context.Context, _ string, _ string, port int32, stream io.ReadWriteCloser) error {
	connection, err := net.Dial("tcp", net.JoinHostPort(string(address), fmt.Sprint(port)))
	if err != nil {
		return err
	}
	defer connection.Close()
	done := make(chan struct{}, 2)
	go func() { io.Copy(connection, stream); connection.(*net.TCPConn).CloseWrite(); done <- struct{}{} }()
	go func() { io.Copy(stream, connection); stream.Close(); done <- struct{}{} }()
	<-done
	<-done
	return nil
}

func addressOf(file, pod string) string {
	f, err := os.Open(file)
	if err != nil {
		return ""
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if name, address, ok := strings.Cut(lines.Text(), " "); ok && name == pod {
			return address
		}
	}
	return ""
}

func main() {
	address, cert, key, pods := os.Args[1], os.Args[2], os.Args[3], os.Args[4]
	http.HandleFunc("/portForward/", func(w http.ResponseWriter, r *http.Request) {
		pod := strings.TrimPrefix(r.URL.Path, "/portForward/")
		target := addressOf(pods, pod)
		if target == "" {
			http.Error(w, "no such Pod: "+pod, http.StatusNotFound)
			return
		}
		options, err := portforward.NewV4Options(r)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		portforward.ServePortForward(w, r, toAddress(target), pod, "", options, time.Hour, 30*time.Second, portforward.SupportedProtocols)
	})
	log.Fatal(http.ListenAndServeTLS(address, cert, key, nil))
}
