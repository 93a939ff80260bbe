//go:build tools

// Package tools imports the program to build, so that `go mod tidy` keeps what it needs.
package tools

import _ "github.com/nektos/act"
