# What tells one start of the machine from another, in REPLY; empty where nothing does.
wh_boot_id() {
  REPLY=
  if [ -r /proc/sys/kernel/random/boot_id ]; then
    REPLY=$(cat /proc/sys/kernel/random/boot_id)
  elif command -v sysctl >/dev/null 2>&1; then
    REPLY=$(sysctl -n kern.bootsessionuuid 2>/dev/null || sysctl -n kern.boottime 2>/dev/null) || REPLY=
  fi
}
# The command that does it, in the array $control, its program by its whole path: what runs it later has no say in which.
wh_power_command() {
  local program
  if program=$(command -v shutdown 2>/dev/null); then
    case $power:$(uname -s) in
      reboot:*) control=("$program" -r now) ;;
      shutdown:Linux) control=("$program" -P now) ;;
      shutdown:Darwin) control=("$program" -h now) ;;
      *) control=("$program" -p now) ;;
    esac
  elif [ "$power" = reboot ] && program=$(command -v reboot 2>/dev/null); then
    control=("$program")
  elif [ "$power" = shutdown ] && program=$(command -v poweroff 2>/dev/null); then
    control=("$program")
  else
    return 1
  fi
}
# Is it about to happen, or happening? In REPLY, how.
wh_power_pending() {
  local text
  if command -v systemctl >/dev/null 2>&1; then
    if [ "$(systemctl is-active -- "wheelhouse-$power.timer" 2>/dev/null || :)" = active ]; then
      REPLY='it is scheduled'
      return 0
    elif [ "$(systemctl is-system-running 2>/dev/null || :)" = stopping ]; then
      REPLY='it is under way'
      return 0
    fi
  fi
  if wh_recall waiting && kill -0 "$REPLY" 2>/dev/null; then
    REPLY='it is scheduled'
    return 0
  fi
  if wh_power_command; then
    text=$(ps -eo args= 2>/dev/null) || text=
    case $text in
      *"wheelhouse-$power ${control[*]}"*)
        REPLY='it is scheduled'
        return 0
        ;;
    esac
  fi
  return 1
}
# The machine goes down ten seconds later, so that there is time to say so, and to look.
wh_power() {
  local shell setsid
  wh_need_state
  if [ "$(id -u)" -ne 0 ]; then
    wh_fail "only root can do that, and this is the account $(id -un)"
  fi
  wh_boot_id
  wh_remember boot "$REPLY"
  if wh_power_pending; then
    wh_unchanged
    wh_detail "nothing had to be done: $REPLY already"
    return 0
  fi
  wh_power_command || wh_fail 'nothing here restarts or turns off the machine (looked for shutdown, reboot and poweroff); is it a container?'
  # A timer of systemd's does not end with the connection.
  if ! command -v systemd-run >/dev/null 2>&1 || ! wh_systemd_runs ||
    ! systemd-run --quiet --unit="wheelhouse-$power" --on-active=10 --timer-property=AccuracySec=100ms -- "${control[@]}" >/dev/null 2>&1; then
    shell=$(command -v bash) || shell=/bin/sh
    setsid=$(command -v setsid) || setsid=
    (
      trap '' HUP
      trap - EXIT
      cd /
      # shellcheck disable=SC2016 # the words are the other shell's
      exec ${setsid:+"$setsid"} "$shell" -c 'sleep 10; exec "$@"' "wheelhouse-$power" "${control[@]}"
    ) >/dev/null 2>&1 </dev/null 9>&- &
    wh_remember waiting "$!"
    # It takes a moment until ps can see it.
    sleep 1
  fi
  wh_changed
  if [ "$power" = reboot ]; then
    wh_detail 'the machine restarts in ten seconds; that it came back was not waited for'
  else
    wh_detail 'the machine turns itself off in ten seconds'
  fi
}
wh_power_is_under_way() {
  local boot='' up=''
  if wh_recall boot; then
    boot=$REPLY
  fi
  wh_boot_id
  if [ "$power" = reboot ] && [ -n "$boot" ] && [ -n "$REPLY" ] && [ "$boot" != "$REPLY" ]; then
    wh_uptime
    wh_detail "the machine has restarted: $REPLY"
    return 0
  elif wh_power_pending; then
    wh_detail "$REPLY"
    return 0
  fi
  wh_uptime
  up=$REPLY
  wh_fail "nothing is scheduled, and the machine is $up"
}
