#!/bin/sh
. "$FAKE/packages.sh"
case "$1:$2:$#" in
  madison:--:3) offered "$3" | while read -r v; do printf '%10s | %10s | http://deb.example stable/main amd64 Packages\n%10s | %10s | http://deb.example stable/main Sources\n' "$3" "$v" "$3" "$v"; done ;;
  pkgnames::1) ls "$FAKE/offered" ;;
  *) complain ;;
esac
