#!/bin/sh
# systemctl(1): units are directories under $FAKE/units, their properties files in them.
# on-start and on-stop say how a unit behaves: ok, fail, die (active at first), loop (restarts for ever), hang, stay.
complain() { echo "systemctl: $1" >>"$FAKE/complaints"; exit 64; }
given="$*"
get() { cat "$unit/$1" 2>/dev/null || echo "$2"; }
put() { printf '%s\n' "$2" >"$unit/$1"; }
find_unit() {
  case $1 in -* | */* | '') complain "unit name: $given" ;; esac
  for unit in "$FAKE/units/$1" "$FAKE/units/$1.service"; do
    [ -d "$unit" ] && return 0
  done
  return 1
}
active() { put ActiveState active; put SubState running; put Result success; put MainPID "$(($(get MainPID 100) + 1))"; }
ended() { put ActiveState "$1"; put SubState "$2"; put Result "${3:-success}"; }
begin() {
  case $(get on-start ok) in
    ok) active; [ "$(get Type simple)" != oneshot ] || ended inactive dead ;;
    fail)
      ended failed failed exit-code
      echo "Job for ${unit##*/} failed because the control process exited with error code." >&2
      exit 1
      ;;
    die) active; (sleep 0.4; ended failed failed exit-code) >/dev/null 2>&1 & ;;
    quit) active; (sleep 0.4; ended inactive dead) >/dev/null 2>&1 & ;;
    loop) put ActiveState activating; put SubState auto-restart; put Result exit-code ;;
    flap) active; (sleep 0.4; active) >/dev/null 2>&1 & ;;
    slow) put ActiveState activating; put SubState start; (sleep 1.5; active) >/dev/null 2>&1 & ;;
    # A daemon that keeps the output it was started with open.
    holds) active; sleep 30 & ;;
  esac
}
end() {
  case $(get on-stop ok) in
    ok) ended inactive dead ;;
    killed) ended failed failed signal ;;
    back) ended inactive dead; (sleep 0.4; active) >/dev/null 2>&1 & ;;
    fail) echo "Failed to stop ${unit##*/}: Access denied" >&2; exit 4 ;;
  esac
}
case $1 in
  is-active)
    # Timers only: those that systemd-run made are files under $FAKE/timers.
    [ "$2" = -- ] && [ $# -eq 3 ] || complain "$given"
    if [ -e "$FAKE/timers/$3" ]; then echo active; else echo inactive; exit 3; fi
    ;;
  is-enabled)
    [ "$2" = -- ] && [ $# -eq 3 ] || complain "$given"
    find_unit "$3" || { echo "Failed to get unit file state for $3: No such file or directory" >&2; exit 1; }
    state=$(get UnitFileState enabled)
    echo "$state"
    case $state in enabled | enabled-runtime | static | alias | indirect | generated) exit 0 ;; esac
    exit 1
    ;;
  is-system-running) [ $# -eq 1 ] || complain "$given"; cat "$FAKE/system" 2>/dev/null || echo running; exit 1 ;;
  show)
    shift
    [ "$1" = --no-pager ] || complain "$given"
    shift
    wanted=
    while [ "$1" = -p ]; do wanted="$wanted $2"; shift 2; done
    [ "$1" = -- ] && [ $# -eq 2 ] || complain "$given"
    if [ "$2" = '*.service' ]; then
      for unit in "$FAKE"/units/*; do
        [ "$(get LoadState loaded)" != unloaded ] || continue
        for property in $wanted; do
          case $property in
            Id) echo "Id=${unit##*/}" ;;
            LoadState) echo "LoadState=$(get LoadState loaded)" ;;
            ActiveState) echo "ActiveState=$(get ActiveState inactive)" ;;
            SubState) echo "SubState=$(get SubState dead)" ;;
            Type) echo "Type=$(get Type simple)" ;;
            UnitFileState) echo "UnitFileState=$(get UnitFileState enabled)" ;;
            ConditionResult) echo "ConditionResult=$(get ConditionResult yes)" ;;
            TriggeredBy | ConditionTimestampMonotonic | Description) echo "$property=$(get $property '')" ;;
            *) complain "property $property" ;;
          esac
        done
        echo
      done
      exit 0
    fi
    case $2 in *'*'*) complain "$given" ;; esac
    if find_unit "$2"; then
      for property in $wanted; do
        case $property in
          Id) echo "Id=${unit##*/}" ;;
          LoadState) echo "LoadState=$(get LoadState loaded)" ;;
          ActiveState) echo "ActiveState=$(get ActiveState inactive)" ;;
          SubState) echo "SubState=$(get SubState dead)" ;;
          MainPID) if [ "$(get ActiveState inactive)" = active ]; then echo "MainPID=$(get MainPID 100)"; else echo "MainPID=0"; fi ;;
          Type) echo "Type=$(get Type simple)" ;;
          CanReload) echo "CanReload=$(get CanReload yes)" ;;
          Result) echo "Result=$(get Result success)" ;;
          UnitFileState) echo "UnitFileState=$(get UnitFileState enabled)" ;;
          # One line for each command, none without any.
          ExecStart) if [ -e "$unit/ExecStart" ]; then sed 's/^/ExecStart=/' "$unit/ExecStart"; fi ;;
          RootDirectory | RootImage) echo "$property=$(get $property '')" ;;
          *) complain "property $property" ;;
        esac
      done
    else
      for property in $wanted; do
        case $property in
          Id) echo "Id=$2.service" ;;
          LoadState) echo LoadState=not-found ;;
          ActiveState) echo ActiveState=inactive ;;
          *) echo "$property=" ;;
        esac
      done
    fi
    ;;
  list-unit-files)
    [ "$given" = 'list-unit-files --no-pager --no-legend --type=service' ] || complain "$given"
    for unit in "$FAKE"/units/*; do [ -d "$unit" ] && printf '%-30s enabled enabled\n' "${unit##*/}"; done
    ;;
  --no-ask-password)
    [ "$2" = --no-pager ] && [ "$4" = -- ] && [ $# -eq 5 ] || complain "$given"
    find_unit "$5" || { echo "Failed to $3 $5: Unit $5 not found." >&2; exit 5; }
    if [ "$(get LoadState loaded)" = masked ]; then echo "Failed to $3 ${unit##*/}: Unit ${unit##*/} is masked." >&2; exit 1; fi
    put verbs "$(get verbs '') $3"
    case $3 in
      start) [ "$(get ActiveState inactive)" = active ] || begin ;;
      stop) end ;;
      restart) end; begin ;;
      reload)
        case $(get on-reload ok) in
          ok) ;;
          fail) echo "Job for ${unit##*/} failed." >&2; exit 1 ;;
          die) ended failed failed exit-code ;;
        esac
        ;;
      enable) [ "$(get on-enable ok)" = nothing ] || put UnitFileState enabled ;;
      disable) put UnitFileState disabled ;;
      *) complain "$given" ;;
    esac
    ;;
  *) complain "$given" ;;
esac
exit 0
