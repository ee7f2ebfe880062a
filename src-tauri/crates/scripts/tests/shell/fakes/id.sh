#!/bin/sh
# id(1): root, or the number in $FAKE/uid.
uid=$(cat "$FAKE/uid" 2>/dev/null || echo 0)
case "$#:$*" in
  1:-u) echo "$uid" ;;
  1:-un) [ "$uid" = 0 ] && echo root || echo operator ;;
  *) echo "id $*" >>"$FAKE/complaints"; exit 64 ;;
esac
