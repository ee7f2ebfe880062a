#!/bin/sh
. "$FAKE/packages.sh"
case "$*" in
  'info -v') for name in $(ls "$FAKE/installed"); do echo "$name-$(version_of "$name")"; done; exit 0 ;;
  info) ls "$FAKE/installed"; exit 0 ;;
  'version -l <') echo 'Installed:                                Available:'; for name in $(pending); do echo "$name-$(version_of "$name")        < $(newest "$name")"; done; exit 0 ;;
  'policy '*) [ $# -eq 2 ] || complain; [ -z "$(newest "$2")" ] || { echo "$2 policy:"; offered "$2" | sed '1!G;h;$!d' | while read -r v; do printf '  %s:\n    http://dl-cdn.example/alpine/v3.19/main\n' "$v"; done; }; exit 0 ;;
esac
if locked; then echo "ERROR: Unable to lock database: Resource temporarily unavailable"; echo "ERROR: Failed to open apk database: Resource temporarily unavailable"; exit 99; fi
case "$1" in
  update) [ $# -eq 1 ] || complain; refresh || { echo "WARNING: Ignoring http://dl-cdn.example: temporary error"; echo "2 errors; 0 distinct packages available"; exit 2; } ;;
  upgrade) [ $# -eq 1 ] || complain; upgrade ;;
  add)
    if [ "$2" = --upgrade ]; then shift; installed "$2" || complain; fi
    [ $# -eq 2 ] || complain
    name=${2%%=*} version=
    case $2 in *=*) version=${2#*=} ;; esac
    [ -n "$(newest "$name")" ] || { echo "ERROR: unable to select packages:"; echo "  $name (no such package):"; exit 1; }
    put "$name" "${version:-$(newest "$name")}"
    ;;
  del)
    shift
    all=" $* "
    for name; do plain "$name"; for other in $(needed_by "$name"); do case $all in *" $other "*) ;; *) echo "World updated, but the following packages are not removed due to:"; echo "  $name: $other"; exit 0 ;; esac; done; done
    for name; do installed "$name" && take "$name"; done
    ;;
  *) complain ;;
esac
