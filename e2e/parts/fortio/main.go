// Command fortio sends HTTP requests with the load generator of fortio.org/fortio, whose own main package needs modules that are
// not available.
//
//	fortio URL HOST QPS CONNECTIONS DURATION [close]
//
// A QPS of 0 is as many as possible. With "close" each request has a connection of its own.
package main

import (
	"fmt"
	"log"
	"os"
	"strconv"
	"time"

	"fortio.org/fortio/fhttp"
	"fortio.org/fortio/periodic"
)

func number(text string) float64 {
	value, err := strconv.ParseFloat(text, 64)
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func main() {
	given := os.Args[1:]
	duration, err := time.ParseDuration(given[4])
	if err != nil {
		log.Fatal(err)
	}
	options := fhttp.HTTPRunnerOptions{
		HTTPOptions: *fhttp.NewHTTPOptions(given[0]),
		RunnerOptions: periodic.RunnerOptions{
			QPS:        number(given[2]),
			NumThreads: int(number(given[3])),
			Duration:   duration,
		},
		AllowInitialErrors: true,
	}
	if options.QPS == 0 {
		options.QPS = -1
	}
	if err := options.AddAndValidateExtraHeader("Host: " + given[1]); err != nil {
		log.Fatal(err)
	}
	options.DisableKeepAlive = len(given) > 5 && given[5] == "close"
	results, err := fhttp.RunHTTPTest(&options)
	if err != nil {
		log.Fatal(err)
	}
	for code, count := range results.RetCodes {
		fmt.Println(code, count)
	}
}
