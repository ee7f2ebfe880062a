#!/bin/sh
[ "$1 $2 $3" = '-n -H -u' ] || { echo "sudo $*" >>"$FAKE/complaints"; exit 64; }
shift 4
BREW_AS=owner exec "$@"
