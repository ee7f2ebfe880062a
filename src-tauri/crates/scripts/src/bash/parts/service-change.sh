# Has the service do VERB (start, stop, restart), for at most two minutes.
wh_service_do() {
  local plist="/Library/LaunchDaemons/$service.plist"
  began=$(date +%s)
  case $init in
    systemd) wh_run 120 systemctl --no-ask-password --no-pager "$1" -- "$service" ;;
    openrc) wh_run 120 rc-service "$service" "$1" ;;
    sysv)
      wh_init_script "$1"
      wh_run 120 "${control[@]}"
      ;;
    launchd)
      if [ "$1" = stop ]; then
        # Merely killed, a service that launchd keeps alive would come back.
        wh_run 120 launchctl bootout "system/$service"
      else
        if ! launchctl print "system/$service" >/dev/null 2>&1; then
          wh_run 60 launchctl bootstrap system "$plist" || return $?
        fi
        if [ "$1" = restart ]; then
          wh_run 60 launchctl kickstart -k "system/$service"
        else
          wh_run 60 launchctl kickstart "system/$service"
        fi
      fi
      ;;
  esac
}
# Waits until the service is as wanted (running or stopped) and stays so for a second. $lapse says what did not come.
wh_await() {
  local began_waiting=$SECONDS first waited
  lapse='did not stop'
  if [ "$1" = running ]; then
    lapse='did not become active'
  fi
  while :; do
    wh_service_state
    waited=$((SECONDS - began_waiting))
    case $1:$state in
      running:running | stopped:stopped | stopped:failed) break ;;
      running:stopped)
        if [ -n "$once" ]; then
          return 0
        elif [ "$init" = systemd ] || [ "$waited" -ge 10 ]; then
          return 1
        fi
        ;;
      running:failed)
        if [ "$init" = systemd ] || [ "$waited" -ge 10 ]; then
          return 1
        fi
        ;;
      running:starting)
        if [ "$waited" -ge 60 ] || { [ -n "$restarting" ] && [ "$waited" -ge 10 ]; }; then
          return 1
        fi
        ;;
      *:unknown) return 0 ;;
      *)
        if [ "$waited" -ge 60 ]; then
          return 1
        fi
        ;;
    esac
    sleep 1
  done
  first=$pid
  lapse='did not stay stopped'
  if [ "$1" = running ]; then
    lapse='did not stay active'
  fi
  sleep 1
  wh_service_state
  case $1:$state in
    running:running) [ -z "$first" ] || [ "$pid" = "$first" ] ;;
    stopped:stopped | stopped:failed) return 0 ;;
    running:*) [ -n "$once" ] ;;
    *) return 1 ;;
  esac
}
# Why it did not work, in REPLY: what the service itself said last, else what the program that controls it said.
wh_service_why() {
  local lines line last='' before=''
  if [ "$init" = systemd ] && command -v journalctl >/dev/null 2>&1; then
    lines=$(journalctl --no-pager -q -o short --since "@$began" -n 30 -u "$service" 2>/dev/null || :)
    while [ -n "$lines" ]; do
      line=${lines%%$'\n'*}
      lines=${lines#"$line"}
      lines=${lines#$'\n'}
      case $line in
        '' | '-- '*) ;;
        *' systemd['*']: '*) ;;
        *)
          printf '%s\n' "$line"
          # "Nov 20 13:01:02 host program[12]: words"
          case $line in
            *']: '*) line=${line#*]: } ;;
          esac
          if [ "$line" != "$last" ]; then
            before=$last last=$line
          fi
          ;;
      esac
    done
  fi
  if [ -n "$last" ]; then
    # The reason often stands one line before the last.
    REPLY="${before:+${before:0:250} / }${last:0:250}"
  else
    wh_last_words
    if [ "$REPLY" = 'it said nothing' ]; then
      REPLY="it is $state_text"
    fi
  fi
}

wh_service_start() {
  wh_need_state
  wh_find_service
  wh_service_state
  wh_remember service "$service"
  wh_remember was "$state"
  if [ "$state" = running ]; then
    wh_unchanged
    wh_detail "$service was running already"
    return 0
  fi
  wh_service_bring start running
  wh_changed
  wh_detail "$service was started: $state_text"
}
wh_service_stop() {
  wh_need_state
  wh_find_service
  wh_service_state
  wh_remember service "$service"
  wh_remember was "$state"
  case $state in
    stopped | failed)
      wh_unchanged
      wh_detail "$service was not running"
      return 0
      ;;
  esac
  wh_service_bring stop stopped
  if [ "$state" = failed ]; then
    wh_warn "$service did not end cleanly"
  fi
  wh_changed
  wh_detail "$service was stopped: $state_text"
}
wh_service_restart() {
  wh_need_state
  wh_find_service
  wh_service_state
  wh_remember service "$service"
  wh_service_bring restart running
  wh_changed
  wh_detail "$service was restarted: $state_text"
}
# Has the service do VERB until it is in the state WANTED, or fails with the reason.
wh_service_bring() {
  local status=0
  wh_service_do "$1" || status=$?
  if [ "$status" -eq 124 ]; then
    wh_service_state
    wh_fail "$service did not $1 within the time it was given; it is $state_text"
  fi
  if [ "$status" -ne 0 ]; then
    wh_service_state
    wh_service_why
    wh_fail "$service failed to $1 (exit code $status): $REPLY"
  fi
  if ! wh_await "$2"; then
    wh_service_why
    wh_fail "$service $lapse: $REPLY"
  fi
}
wh_service_undo() {
  local was
  wh_need_state
  if ! wh_recall was; then
    wh_unchanged
    wh_detail "nothing had been done to $asked, so there is nothing to undo"
    return 0
  fi
  was=$REPLY
  wh_find_service
  wh_service_state
  case $was:$state in
    running:running | stopped:stopped | stopped:failed | failed:stopped | failed:failed)
      wh_unchanged
      wh_detail "$service is $state_text, as it was"
      ;;
    running:* | starting:*)
      wh_service_bring start running
      wh_changed
      wh_detail "$service runs again, as before"
      ;;
    stopped:* | failed:*)
      wh_service_bring stop stopped
      wh_changed
      wh_detail "$service is stopped again, as before"
      ;;
    *) wh_fail "nobody could tell whether $service was running before, so it was left as it is ($state_text)" ;;
  esac
}
