wh_service_runs() {
  wh_find_service
  wh_service_state
  if [ "$state" = running ]; then
    wh_detail "$service is $state_text"
  elif [ -n "$once" ]; then
    wh_detail "$service has run to its end without an error, as it is meant to"
  else
    wh_fail "$service is not running: it is $state_text"
  fi
}
wh_service_is_stopped() {
  wh_find_service
  wh_service_state
  case $state in
    stopped | failed) wh_detail "$service is $state_text" ;;
    *) wh_fail "$service is not stopped: it is $state_text" ;;
  esac
}
# Does it start by itself when the machine does? In REPLY, empty where that cannot be told.
wh_service_at_boot() {
  local text file
  REPLY=
  case $init in
    systemd)
      text=$(systemctl show --no-pager -p UnitFileState -- "$service" 2>/dev/null) || :
      wh_value UnitFileState "$text"
      case $REPLY in
        enabled | enabled-runtime | alias | static | generated | indirect | linked) REPLY="$REPLY at boot" ;;
        disabled | masked | bad) REPLY="$REPLY at boot" ;;
        *) REPLY= ;;
      esac
      ;;
    openrc)
      text=$(rc-update show 2>/dev/null) || return 0
      REPLY='disabled at boot'
      case $'\n'$text in
        *$'\n'[[:space:]]*"$service |"*) REPLY='enabled at boot' ;;
      esac
      ;;
    sysv)
      for file in /etc/rc[2345].d/S[0-9][0-9]"$service"; do
        if [ -e "$file" ]; then
          REPLY='enabled at boot'
        fi
      done
      ;;
  esac
}
wh_service_status() {
  local text
  wh_find_service
  wh_service_state
  wh_service_at_boot
  text="$service is $state_text${pid:+, main process $pid}${REPLY:+, $REPLY}"
  case $state in
    running) wh_info "$text" ;;
    failed | unknown) wh_error "$text" ;;
    *)
      if [ -n "$once" ]; then
        wh_info "$text"
      else
        wh_warn "$text"
      fi
      ;;
  esac
  wh_detail "$text"
}
