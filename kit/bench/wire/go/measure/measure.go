// Package measure is what the Go yardsticks of the bench share: it reads what to do, makes so many exchanges
// at a time, and prints what they took as JSON.
package measure

import (
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Order is one line of the standard input: "HOST PORT COUNT IN_FLIGHT".
type Order struct {
	Host, Port      string
	Count, InFlight int64
}

// Lines carries out every line of the standard input. Prepare returns what makes the exchanges of one of the
// goroutines, and what follows when all is printed.
func Lines(prepare func(Order) (exchanges func() func() bool, end func())) {
	var order Order
	for {
		if _, err := fmt.Scanln(&order.Host, &order.Port, &order.Count, &order.InFlight); err != nil {
			return
		}
		exchanges, end := prepare(order)
		before := usage()
		started := time.Now()
		errors := run(exchanges, order)
		took := time.Since(started)
		after := usage()
		fmt.Printf(
			`{"connections":%d,"errors":%d,"wallMs":%f,"userMs":%f,"systemMs":%f,"peakKib":%d}`+"\n",
			order.Count, errors, took.Seconds()*1000,
			milliseconds(after.Utime)-milliseconds(before.Utime),
			milliseconds(after.Stime)-milliseconds(before.Stime),
			after.Maxrss,
		)
		end()
	}
}

func run(exchanges func() func() bool, order Order) int64 {
	var left, errors atomic.Int64
	var all sync.WaitGroup
	left.Store(order.Count)
	for range make([]struct{}, order.InFlight) {
		all.Add(1)
		go func() {
			defer all.Done()
			exchange := exchanges()
			for left.Add(-1) >= 0 {
				if !exchange() {
					errors.Add(1)
				}
			}
		}()
	}
	all.Wait()
	return errors.Load()
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
