// Command kubelet answers the port-forwards of an API server as a kubelet does, and passes requests for logs on.
//
//	kubelet ADDRESS CERTIFICATE KEY PODS LOGS
//
// LOGS is the address of the server that has the logs of containers: what runs the Pods of Jobs.
//
// Each line of the file PODS is a Pod: "NAMESPACE/NAME ADDRESS", and for ports that are elsewhere "PORT=ADDRESS:PORT" after it.
// All Pods are in one network here, where a port of 127.0.0.1 can be that of one Pod only.
package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"time"

	"k8s.io/cri-streaming/pkg/streaming/portforward"
)

// A pod is a line of the file, without the name.
type pod []string

func (p pod) target(port int32) string {
	for _, field := range p[1:] {
		if target, found := strings.CutPrefix(field, fmt.Sprintf("%d=", port)); found {
			return target
		}
	}
	return net.JoinHostPort(p[0], fmt.Sprint(port))
}

func (p pod) PortForward(_ context.Context, _ string, _ string, port int32, stream io.ReadWriteCloser) error {
	connection, err := net.Dial("tcp", p.target(port))
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

func podIn(file, name string) pod {
	f, err := os.Open(file)
	if err != nil {
		return nil
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if fields := strings.Fields(lines.Text()); len(fields) > 1 && fields[0] == name {
			return fields[1:]
		}
	}
	return nil
}

func main() {
	address, certificate, key, pods, logs := os.Args[1], os.Args[2], os.Args[3], os.Args[4], os.Args[5]
	http.HandleFunc("/portForward/", func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, "/portForward/")
		found := podIn(pods, name)
		if found == nil {
			http.Error(w, "no such Pod: "+name, http.StatusNotFound)
			return
		}
		options, err := portforward.NewV4Options(r)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		portforward.ServePortForward(w, r, found, name, "", options, time.Hour, 30*time.Second, portforward.SupportedProtocols)
	})
	passOn := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: logs})
	passOn.FlushInterval = -1
	http.Handle("/containerLogs/", passOn)
	log.Fatal(http.ListenAndServeTLS(address, certificate, key, nil))
}
