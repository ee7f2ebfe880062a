#!/bin/sh
# launchctl(1) of macOS 10.11 and newer: loaded services are directories under $FAKE/loaded, all others under $FAKE/plists.
given="$*"
complain() { echo "launchctl: $given" >>"$FAKE/complaints"; exit 64; }
label=${2#system/}
job="$FAKE/loaded/$label"
case $1 in
  list) [ $# -eq 1 ] || complain; printf 'PID\tStatus\tLabel\n'; for job in "$FAKE"/loaded/*; do printf '-\t0\t%s\n' "${job##*/}"; done ;;
  print-disabled)
    [ "$given" = 'print-disabled system' ] || complain
    printf '\tdisabled services = {\n'
    for job in "$FAKE"/off/*; do printf '\t\t"%s" => %s\n' "${job##*/}" "$(cat "$job" 2>/dev/null)"; done
    printf '\t}\n'
    ;;
  enable) [ $# -eq 2 ] || complain; mkdir -p "$FAKE/off"; echo enabled >"$FAKE/off/$label" ;;
  disable) [ $# -eq 2 ] || complain; mkdir -p "$FAKE/off"; echo disabled >"$FAKE/off/$label" ;;
  print)
    if [ "$given" = 'print system' ]; then cat "$FAKE/print-system"; exit 0; fi
    [ $# -eq 2 ] || complain
    [ -d "$job" ] || { echo "Could not find service \"$label\" in domain for system" >&2; exit 113; }
    if [ -e "$job/pid" ]; then state="running
	pid = $(cat "$job/pid")"; else state='not running'; fi
    printf '%s = {\n\tactive count = 0\n\tpath = %s\n\ttype = LaunchDaemon\n\tstate = %s\n}\n' "$2" "$job/plist" "$state"
    ;;
  kickstart)
    if [ "$2" = -k ]; then shift; label=${2#system/}; job="$FAKE/loaded/$label"; rm -f "$job/pid"; fi
    [ $# -eq 2 ] && [ -d "$job" ] || complain
    [ -e "$job/pid" ] || echo $$ >"$job/pid"
    ;;
  bootout) [ $# -eq 2 ] && [ -d "$job" ] || complain; rm -r "$job" ;;
  *) complain ;;
esac
