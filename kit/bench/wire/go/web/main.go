// Command web is the server of the bench for HTTP: it answers each request with the headers of a gateway
// and a short body, on all addresses of this machine, until its standard input ends. It prints its port
// once it listens. It speaks HTTP/2 too, if the client does. With -cert and -key it speaks TLS, and HTTP/1.1 alone.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
)

// speakHTTP2 lets a server speak HTTP/2 without TLS. Go 1.24 and later can.
var speakHTTP2 = func(*http.Server) {}

func main() {
	certificate := flag.String("cert", "", "a file with the certificate (PEM)")
	key := flag.String("key", "", "a file with its key (PEM)")
	flag.Parse()
	listener, err := net.Listen("tcp4", "0.0.0.0:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	server := &http.Server{
		Handler: http.HandlerFunc(answer),
		// Clients that have their reply may reset the connection.
		ErrorLog: log.New(io.Discard, "", 0),
	}
	speakHTTP2(server)
	if *certificate == "" {
		go server.Serve(listener)
	} else {
		go server.ServeTLS(listener, *certificate, *key)
	}
	io.Copy(io.Discard, os.Stdin)
}

func answer(reply http.ResponseWriter, request *http.Request) {
	headers := reply.Header()
	headers.Set("content-type", "text/plain")
	headers.Set("server", "istio-envoy")
	headers.Set("x-envoy-upstream-service-time", "1")
	fmt.Fprintln(reply, "web-v1-7c9d hello")
}
