// Command echo is the server of the bench: it answers each line with "one " and the line, on all
// addresses of this machine, until its standard input ends. It prints its port once it listens.
package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
)

func main() {
	listener, err := net.Listen("tcp4", "0.0.0.0:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	go accept(listener)
	io.Copy(io.Discard, os.Stdin)
}

func accept(listener net.Listener) {
	for {
		connection, err := listener.Accept()
		if err != nil {
			continue
		}
		go serve(connection)
	}
}

// serve leaves the closing to the client, as tcp-echo does.
func serve(connection net.Conn) {
	defer connection.Close()
	lines := bufio.NewReaderSize(connection, 256)
	for {
		line, err := lines.ReadSlice('\n')
		if err != nil {
			return
		}
		if _, err := connection.Write(append([]byte("one "), line...)); err != nil {
			return
		}
	}
}
