#!/bin/sh
# rc-service(8) of OpenRC.
given="$*"
complain() { echo "rc-service: $given" >>"$FAKE/complaints"; exit 64; }
case $1 in
  --list) [ $# -eq 1 ] || complain; ls "$FAKE/scripts"; exit 0 ;;
  --resolve) [ $# -eq 2 ] || complain; [ -d "$FAKE/scripts/$2" ] && echo "$FAKE/scripts/$2/script"; exit ;;
  --exists) [ $# -eq 2 ] || complain; [ -d "$FAKE/scripts/$2" ]; exit ;;
esac
[ $# -eq 2 ] || complain
case $1 in -* | */* | '') complain ;; esac
unit="$FAKE/scripts/$1"
[ -d "$unit" ] || { echo " * rc-service: service \`$1' does not exist" >&2; exit 1; }
state=$(cat "$unit/state" 2>/dev/null || echo stopped)
case $2 in
  status)
    echo " * status: $state"
    case $state in started) exit 0 ;; stopped) exit 3 ;; stopping) exit 4 ;; starting) exit 8 ;; inactive) exit 16 ;; crashed) exit 32 ;; esac
    ;;
  start | restart)
    echo " * Starting $1 ..."
    if [ -e "$unit/broken" ]; then echo " * cannot bind to port 80"; echo " * ERROR: $1 failed to start"; exit 1; fi
    echo started >"$unit/state"
    ;;
  stop) echo " * Stopping $1 ..."; echo stopped >"$unit/state" ;;
  reload) [ -e "$unit/reloads" ] || { echo " * $1: unknown function \`reload'" >&2; exit 1; } ;;
  *) complain ;;
esac
