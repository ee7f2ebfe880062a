# Which program controls services here? systemctl only where systemd runs: containers often have it without its being
# able to do anything.
wh_find_init() {
  if command -v systemctl >/dev/null 2>&1 && wh_systemd_runs; then
    init=systemd
  elif command -v launchctl >/dev/null 2>&1 && [ "$(uname -s)" = Darwin ]; then
    init=launchd
  elif command -v rc-service >/dev/null 2>&1; then
    init=openrc
  elif command -v service >/dev/null 2>&1 || [ -d /etc/init.d ]; then
    init=sysv
  else
    wh_fail "nothing that controls services was found (looked for systemd, launchd, OpenRC and init scripts)"
  fi
}
wh_systemd_runs() {
  # sd_booted(3)
  if [ -d /run/systemd/system ]; then
    return 0
  fi
  case $(systemctl is-system-running 2>/dev/null || :) in
    running | degraded | starting | initializing | maintenance | stopping) return 0 ;;
  esac
  return 1
}

# KEY TEXT: the value after KEY= at the beginning of a line of TEXT, in REPLY.
wh_value() {
  local text=$'\n'$2
  REPLY=
  case $text in
    *$'\n'"$1="*)
      REPLY=${text#*$'\n'"$1="}
      REPLY=${REPLY%%$'\n'*}
      ;;
  esac
}

# Is there a service of this name? Then $service is what to call it.
wh_service_exists() {
  local name text
  case $init in
    systemd)
      text=$(systemctl show --no-pager -p LoadState -p Id -- "$1" 2>/dev/null) || return 1
      wh_value LoadState "$text"
      case $REPLY in
        '' | not-found) return 1 ;;
      esac
      wh_value Id "$text"
      service=${REPLY:-$1}
      return 0
      ;;
    launchd)
      for name in "$1" "homebrew.mxcl.$1"; do
        if launchctl print "system/$name" >/dev/null 2>&1 || [ -f "/Library/LaunchDaemons/$name.plist" ]; then
          service=$name
          return 0
        fi
      done
      ;;
    openrc)
      for name in "$1" "${1%.service}"; do
        if rc-service --exists "$name" >/dev/null 2>&1; then
          service=$name
          return 0
        fi
      done
      ;;
    sysv)
      for name in "$1" "${1%.service}"; do
        if [ -x "/etc/init.d/$name" ]; then
          service=$name
          return 0
        fi
        if command -v service >/dev/null 2>&1; then
          text=$(service "$name" status 2>&1) || :
          case $text in
            *'unrecognized service'* | *'does not exist'* | *'not found'* | *'No such file'*) ;;
            *)
              service=$name
              return 0
              ;;
          esac
        fi
      done
      ;;
  esac
  return 1
}

# Finds the service: the one an earlier script of this step worked on, or the first candidate that exists here.
wh_find_service() {
  local candidate names=''
  wh_find_init
  if [ -f "${WH_STATE:-}/service" ]; then
    candidate=$(cat "$WH_STATE/service")
    if wh_service_exists "$candidate"; then
      return 0
    fi
  fi
  for candidate in "${candidates[@]}"; do
    if wh_service_exists "$candidate"; then
      return 0
    fi
  done
  case $init in
    systemd) names=$(systemctl list-unit-files --no-pager --no-legend --type=service 2>/dev/null || :) ;;
    launchd) names=$(launchctl list 2>/dev/null | awk '{ print $3 }' || :) ;;
    openrc) names=$(rc-service --list 2>/dev/null || :) ;;
    sysv) names=$(for candidate in /etc/init.d/*; do printf '%s\n' "${candidate##*/}"; done) ;;
  esac
  wh_similar "$names"
  wh_fail "the service $asked is not installed here${REPLY:+; installed with a similar name: $REPLY}"
}

# How the service is: $state is running, stopped, failed, starting, stopping or unknown; $state_text says it in the words
# of the machine; $pid is its main process where that is known; $once is set for one that runs to its end and has done so.
wh_service_state() {
  local text status=0 sub
  pid='' once='' restarting=''
  case $init in
    systemd)
      text=$(systemctl show --no-pager -p ActiveState -p SubState -p MainPID -p Type -p Result -- "$service" 2>/dev/null) || :
      wh_value SubState "$text"
      sub=$REPLY
      wh_value MainPID "$text"
      pid=${REPLY#0}
      wh_value ActiveState "$text"
      state_text="$REPLY${sub:+ ($sub)}"
      case $REPLY in
        active | reloading | refreshing) state=running ;;
        activating) state=starting ;;
        deactivating) state=stopping ;;
        failed) state=failed ;;
        inactive) state=stopped ;;
        *) state=unknown ;;
      esac
      case $sub in
        auto-restart*) restarting=1 ;;
      esac
      wh_value Type "$text"
      if [ "$state:$REPLY" = stopped:oneshot ]; then
        wh_value Result "$text"
        if [ "$REPLY" = success ]; then
          once=1
        fi
      fi
      ;;
    launchd)
      if text=$(launchctl print "system/$service" 2>/dev/null); then
        case $text in
          *'state = running'*) state=running state_text=running ;;
          *) state=stopped state_text='loaded, not running' ;;
        esac
        case $text in
          *$'\tpid = '[0-9]*)
            pid=${text#*$'\tpid = '}
            pid=${pid%%[!0-9]*}
            ;;
        esac
      else
        state=stopped state_text='not loaded'
      fi
      ;;
    openrc)
      text=$(rc-service "$service" status 2>&1) || status=$?
      case $status in
        0) state=running state_text=started ;;
        3) state=stopped state_text=stopped ;;
        4) state=stopping state_text=stopping ;;
        8) state=starting state_text=starting ;;
        16) state=stopped state_text=inactive ;;
        32) state=failed state_text=crashed ;;
        *) state=unknown state_text="status ended with exit code $status" ;;
      esac
      ;;
    sysv)
      wh_init_script status
      text=$("${control[@]}" 2>&1) || status=$?
      wh_pid_file
      # LSB 5.0, section 20.2. Scripts that know no "status" explain how they are used.
      case $status:$text in
        *[Uu]sage:*) status=4 ;;
      esac
      case $status in
        0) state=running state_text=running ;;
        1 | 2) state=failed state_text='dead, but its pid or lock file exists' ;;
        3) state=stopped state_text='not running' ;;
        *)
          if [ -n "$pid" ]; then
            state=running state_text="running as process $pid"
          elif [ -n "$pid_file" ]; then
            state=stopped state_text="no process for $pid_file"
          else
            state=unknown state_text='its init script cannot say'
          fi
          ;;
      esac
      ;;
  esac
}
# The living process that the pid file of a SysV service names, in $pid; $pid_file is the file when there is one.
wh_pid_file() {
  pid='' pid_file=''
  for pid_file in "/run/$service.pid" "/var/run/$service.pid" "/run/$service/$service.pid"; do
    if [ -r "$pid_file" ]; then
      read -r pid <"$pid_file" || :
      case $pid in
        '' | *[!0-9]*) pid= ;;
        *)
          if ! ps -p "$pid" >/dev/null 2>&1 && [ ! -d "/proc/$pid" ]; then
            pid=
          fi
          ;;
      esac
      return 0
    fi
  done
  pid_file=
}
# The command line that has a SysV service do VERB, in the array $control.
wh_init_script() {
  if command -v service >/dev/null 2>&1; then
    control=(service "$service" "$1")
  else
    control=("/etc/init.d/$service" "$1")
  fi
}
