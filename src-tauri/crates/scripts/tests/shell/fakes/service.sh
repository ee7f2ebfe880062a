#!/bin/sh
# service(8) as on Debian and Red Hat: one directory under $FAKE/scripts for each init script.
given="$*"
complain() { echo "service: $given" >>"$FAKE/complaints"; exit 64; }
if [ "$given" = --status-all ]; then cat "$FAKE/status-all"; exit 0; fi
[ $# -eq 2 ] || complain
case $1 in -* | */* | '') complain ;; esac
unit="$FAKE/scripts/$1"
[ -d "$unit" ] || { echo "$1: unrecognized service" >&2; exit 1; }
get() { cat "$unit/$1" 2>/dev/null || echo "$2"; }
case $2 in
  status)
    case $(get kind lsb) in
      lsb)
        case $(get state stopped) in
          running) echo "$1 is running."; exit 0 ;;
          crashed) echo "$1 is not running but its pid file exists."; exit 1 ;;
          *) echo "$1 is not running."; exit 3 ;;
        esac
        ;;
      mute) echo "Usage: /etc/init.d/$1 {start|stop|restart}"; exit 3 ;;
    esac
    ;;
  start | restart)
    echo "Starting $1"
    case $(get on-start ok) in
      ok) echo running >"$unit/state" ;;
      fail) echo "$1: cannot bind to port 80"; exit 1 ;;
      late) (sleep 1.5; echo running >"$unit/state") >/dev/null 2>&1 & ;;
      holds) echo running >"$unit/state"; sleep 30 & ;;
    esac
    ;;
  reload) if [ -e "$unit/reloads" ]; then echo "Reloading $1"; else echo "Usage: /etc/init.d/$1 {start|stop|restart}"; exit 3; fi ;;
  stop) echo "Stopping $1"; echo stopped >"$unit/state" ;;
  *) complain ;;
esac
