package store

import (
	"strconv"
	"strings"
)

// shape is what a reply must look like, so that nothing that Redis may say is taken for another thing.
type shape int

const (
	anything shape = iota
	number         // int64
	word           // string, or nil for "no such thing"
	words          // list of strings, integers and nils
	rows           // list of log entries: id and list of words
	lists          // list of words
)

// shapes of the commands that are used.
var shapes = map[string]shape{
	"DEL": number, "HDEL": number, "HINCRBY": number, "HSET": number, "HSETNX": number, "PUBLISH": number, "SPUBLISH": number,
	"SADD": number, "SREM": number, "ZADD": number, "ZCARD": number, "ZREM": number,
	"GET": word, "HGET": word, "INFO": word, "SET": word,
	"HGETALL": words, "HKEYS": words, "HMGET": words, "HVALS": words, "LRANGE": words, "MGET": words, "SMEMBERS": words,
	"ZRANGE": words, "ZRANGEBYLEX": words, "ZREVRANGEBYLEX": words, "ZRANGEBYSCORE": words, "ZREVRANGE": words, "ZREVRANGEBYSCORE": words,
	"XRANGE": rows, "XREVRANGE": rows,
}

// fits tells whether val can be the reply to the call.
func (c call) fits(val any) bool {
	if c.script != nil {
		return c.script.answers.fits(val)
	}
	name, _ := c.args[0].(string)
	name = strings.ToUpper(name)
	if !shapes[name].fits(val) {
		return false
	}
	switch list, _ := val.([]any); name {
	case "HMGET":
		return len(list) == len(c.args)-2
	case "MGET":
		return len(list) == len(c.args)-1
	case "HGETALL":
		return len(list)%2 == 0
	}
	return true
}

func (s shape) fits(val any) bool {
	list, isList := val.([]any)
	switch s {
	case number:
		_, ok := val.(int64)
		return ok
	case word:
		return val == nil || isText(val)
	case words:
		return isList && all(list, func(v any) bool { return v == nil || isText(v) || number.fits(v) })
	case lists:
		return isList && all(list, words.fits)
	case rows:
		return isList && all(list, isRow)
	}
	return true
}

func isText(v any) bool {
	_, ok := v.(string)
	return ok
}

func isRow(v any) bool {
	pair, ok := v.([]any)
	return ok && len(pair) == 2 && isText(pair[0]) && words.fits(pair[1])
}

func all(list []any, holds func(any) bool) bool {
	for _, v := range list {
		if !holds(v) {
			return false
		}
	}
	return true
}

// text reads one value of a reply; absent is "".
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	}
	return ""
}

// texts reads a reply that is a list of values.
func texts(v any) []string {
	list, _ := v.([]any)
	out := make([]string, len(list))
	for i, item := range list {
		out[i] = text(item)
	}
	return out
}

// integer reads what our own scripts wrote; anything else is 0.
func integer(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 64)
	return n
}
