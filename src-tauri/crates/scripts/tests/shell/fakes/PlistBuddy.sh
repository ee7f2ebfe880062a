#!/bin/sh
# PlistBuddy(8): a property list is a file of lines KEY=VALUE here, where KEY is as in "Print :KEY".
complain() { echo "PlistBuddy: $*" >>"$FAKE/complaints"; exit 64; }
[ $# -eq 3 ] && [ "$1" = -c ] || complain "$@"
case $2 in 'Print :'*) ;; *) complain "$@" ;; esac
key=${2#Print :}
[ -f "$3" ] || { echo "File Doesn't Exist, Will Create: $3"; exit 1; }
value=$(sed -n "s/^$key=//p" "$3")
[ -n "$value" ] || { echo "Print: Entry, \":$key\", Does Not Exist" >&2; exit 1; }
printf '%s\n' "$value"
