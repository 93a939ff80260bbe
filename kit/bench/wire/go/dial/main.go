// Command dial is the Go yardstick of the bench: for each line "HOST PORT CONNECTIONS IN_FLIGHT" on its
// standard input it makes that many exchanges (net.Dial, send a line, read a line, close), so many at a
// time, and prints what they took as JSON.
package main

import (
	"fmt"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

func main() {
	var host, port string
	var connections, inFlight int64
	for {
		if _, err := fmt.Scanln(&host, &port, &connections, &inFlight); err != nil {
			return
		}
		before := usage()
		started := time.Now()
		errors := run(net.JoinHostPort(host, port), connections, inFlight)
		took := time.Since(started)
		after := usage()
		fmt.Printf(
			`{"connections":%d,"errors":%d,"wallMs":%f,"userMs":%f,"systemMs":%f,"peakKib":%d}`+"\n",
			connections, errors, took.Seconds()*1000,
			milliseconds(after.Utime)-milliseconds(before.Utime),
			milliseconds(after.Stime)-milliseconds(before.Stime),
			after.Maxrss,
		)
	}
}

func run(address string, connections, inFlight int64) int64 {
	var left, errors atomic.Int64
	var all sync.WaitGroup
	left.Store(connections)
	for range make([]struct{}, inFlight) {
		all.Add(1)
		go func() {
			defer all.Done()
			buffer := make([]byte, 1024)
			for left.Add(-1) >= 0 {
				if !exchange(address, buffer) {
					errors.Add(1)
				}
			}
		}()
	}
	all.Wait()
	return errors.Load()
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

func usage() (all syscall.Rusage) {
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &all); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return all
}

func milliseconds(of syscall.Timeval) float64 {
	return float64(of.Sec)*1000 + float64(of.Usec)/1000
}
