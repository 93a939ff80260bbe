// Command request is the Go yardstick of the bench for HTTP: for each line "HOST PORT REQUESTS IN_FLIGHT" on
// its standard input it sends that many GETs with net/http, so many at a time, reads every reply to its
// end, and prints what they took as JSON. Each request has a connection of its own, unless -keep is given.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"istio-traffic-shift/bench/wire/measure"
)

// speakHTTP2 lets a client speak HTTP/2 without TLS; nil before Go 1.24.
var speakHTTP2 func(*http.Transport)

func main() {
	name := flag.String("name", "", "the host that is asked for")
	keep := flag.Bool("keep", false, "keep connections")
	authority := flag.String("ca", "", "a file with the authority (PEM); given: TLS")
	path := flag.String("path", "/", "the path that is asked for")
	hostHeader := flag.String("host", "", "the Host header, where it is not the host that is asked for")
	token := flag.String("token", "", "a bearer token")
	http2 := flag.Bool("http2", false, "HTTP/2 without TLS")
	can := flag.Bool("can-http2", false, "only end, with status 1 where HTTP/2 is not possible")
	flag.Parse()
	if *can && speakHTTP2 == nil {
		os.Exit(1)
	}
	if *can {
		return
	}
	scheme := "http"
	var trusted *tls.Config
	if *authority != "" {
		scheme = "https"
		trusted = trusting(*authority)
	}

	measure.Lines(func(order measure.Order) (func() func() bool, func()) {
		address := net.JoinHostPort(order.Host, order.Port)
		transport := transportFor(address, int(order.InFlight), *keep, trusted)
		if *http2 {
			speakHTTP2(transport)
		}
		client := &http.Client{Timeout: 5 * time.Second, Transport: transport}
		url := fmt.Sprintf("%s://%s%s", scheme, *name, *path)
		ask := func() bool { return get(client, url, *hostHeader, *token) }
		return func() func() bool { return ask }, client.CloseIdleConnections
	})
}

func trusting(file string) *tls.Config {
	text, err := os.ReadFile(file)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(text)
	return &tls.Config{RootCAs: pool}
}

// transportFor connects to the address whatever the URL says.
func transportFor(address string, inFlight int, keep bool, trusted *tls.Config) *http.Transport {
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	return &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, network, address)
		},
		DisableKeepAlives:   !keep,
		DisableCompression:  true,
		MaxIdleConnsPerHost: inFlight,
		TLSClientConfig:     trusted,
	}
}

func get(client *http.Client, url, hostHeader, token string) bool {
	request, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	request.Host = hostHeader
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	reply, err := client.Do(request)
	if err != nil {
		return false
	}
	defer reply.Body.Close()
	if _, err := io.Copy(io.Discard, reply.Body); err != nil {
		return false
	}
	return reply.StatusCode == http.StatusOK
}
