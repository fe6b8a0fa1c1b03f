//go:build race

package people

const raced = true // which takes several times as long
