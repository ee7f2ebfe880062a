# Has the service read its configuration again. What cannot do that is not restarted in its place: that was not asked for.
wh_service_reload() {
  local status=0 text
  wh_need_state
  wh_find_service
  wh_service_state
  wh_remember service "$service"
  case $state in
    running | unknown) ;;
    *) wh_fail "$service is not running, so it has nothing to reload (it is $state_text); start it instead" ;;
  esac
  case $init in
    systemd)
      text=$(systemctl show --no-pager -p CanReload -- "$service" 2>/dev/null) || text=
      wh_value CanReload "$text"
      if [ "$REPLY" = no ]; then
        wh_fail "$service cannot be reloaded, only restarted"
      fi
      ;;
    launchd) wh_fail "launchd cannot have $service read its configuration again; restart it instead" ;;
  esac
  wh_service_do reload || status=$?
  if [ "$status" -eq 124 ]; then
    wh_fail "$service did not reload within the time it was given"
  elif [ "$status" -ne 0 ]; then
    # LSB 5.0, section 20.2: 3 is what a script answers that does not know the verb.
    if [ "$init:$status" = sysv:3 ] || { [ "$init" != systemd ] && grep -Eiq 'usage:|unknown function|unknown command' "$wh_output"; }; then
      wh_fail "$service cannot be reloaded, only restarted"
    fi
    wh_service_why
    wh_fail "$service failed to reload (exit code $status): $REPLY"
  fi
  if ! wh_await running; then
    wh_service_why
    wh_fail "$service was reloaded and then $lapse: $REPLY"
  fi
  wh_changed
  wh_detail "$service was reloaded: $state_text"
}
