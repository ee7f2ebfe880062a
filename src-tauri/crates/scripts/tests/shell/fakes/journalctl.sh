#!/bin/sh
# journalctl(1): says what is in $FAKE/journal.
case "$*" in
  '--no-pager -q -o short --since @'[0-9]*' -n 30 -u '*) cat "$FAKE/journal" 2>/dev/null || : ;;
  '--no-pager -q -o short-iso -n '[0-9]*) tail -n "$6" "$FAKE/journal" ;;
  '--no-pager -q -o short-iso -r' | '--no-pager -q -o short-iso -r -u '*) sed '1!G;h;$!d' "$FAKE/journal" ;;
  *) echo "journalctl $*" >>"$FAKE/complaints"; exit 64 ;;
esac
