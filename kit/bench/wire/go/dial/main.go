// Command dial is the Go yardstick of the bench: for each line "HOST PORT CONNECTIONS IN_FLIGHT" on its
// standard input it makes that many exchanges (net.Dial, send a line, read a line, close), so many at a
// time, and prints what they took as JSON.
package main

import (
	"net"

	"istio-traffic-shift/bench/wire/measure"
)

func main() {
	measure.Lines(func(order measure.Order) (func() func() bool, func()) {
		address := net.JoinHostPort(order.Host, order.Port)
		exchanges := func() func() bool {
			buffer := make([]byte, 1024)
			return func() bool { return exchange(address, buffer) }
		}
		return exchanges, func() {}
	})
}

func exchange(address string, buffer []byte) bool {
	connection, err := net.Dial("tcp", address)
	if err != nil {
		return false
	}
	defer connection.Close()
	if _, err := connection.Write([]byte("hello\n")); err != nil {
		return false
	}
	read := 0
	for read == 0 || buffer[read-1] != '\n' {
		n, err := connection.Read(buffer[read:])
		if err != nil {
			return false
		}
		read += n
	}
	return true
}
