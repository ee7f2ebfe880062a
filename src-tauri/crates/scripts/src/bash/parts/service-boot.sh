# Does the service start when the machine does? $boot is on, off, masked, fixed (nothing can switch it) or unknown;
# $boot_text says it in words; $levels are its runlevels under OpenRC.
wh_boot_state() {
  local text line file
  boot=unknown boot_text='nobody can tell whether it starts with the machine' levels=''
  case $init in
    systemd)
      # Not the property UnitFileState: is-enabled also asks for init scripts.
      text=$(systemctl is-enabled -- "$service" 2>/dev/null) || :
      text=${text##*$'\n'}
      boot_text="${text:-unknown} at boot"
      case $text in
        enabled | enabled-runtime | alias) boot=on ;;
        disabled | linked | linked-runtime) boot=off ;;
        masked | masked-runtime) boot=masked ;;
        static | indirect | generated | transient) boot=fixed ;;
      esac
      return 0
      ;;
    openrc)
      text=$(rc-update show 2>/dev/null) || return 0
      levels=$(printf '%s\n' "$text" | wh_name=$service awk -F'|' '
        { name = $1; gsub(/^[ \t]+|[ \t]+$/, "", name) }
        name == ENVIRON["wh_name"] { gsub(/^[ \t]+|[ \t]+$/, "", $2); gsub(/[ \t]+/, " ", $2); print $2; exit }')
      boot=off
      if [ -n "$levels" ]; then
        boot=on
      fi
      ;;
    sysv)
      boot=off
      for file in /etc/rc[2345].d/S[0-9][0-9]"$service"; do
        if [ -L "$file" ] || [ -e "$file" ]; then
          boot=on
        fi
      done
      ;;
    launchd)
      text=$(launchctl print-disabled system 2>/dev/null) || return 0
      boot=on
      while [ -n "$text" ]; do
        line=${text%%$'\n'*}
        text=${text#"$line"}
        text=${text#$'\n'}
        case $line in
          # The second is what macOS 13 and newer write.
          *"\"$service\" => true"* | *"\"$service\" => disabled"*) boot=off ;;
        esac
      done
      ;;
  esac
  case $boot in
    on) boot_text='enabled at boot' ;;
    off) boot_text='disabled at boot' ;;
  esac
}
# Switches it on or off. LEVELS are for OpenRC.
wh_boot_do() {
  local level
  case $init in
    systemd)
      case $1 in
        on) wh_run 120 systemctl --no-ask-password --no-pager enable -- "$service" ;;
        off) wh_run 120 systemctl --no-ask-password --no-pager disable -- "$service" ;;
      esac
      ;;
    openrc)
      # shellcheck disable=SC2086 # one word for each runlevel
      for level in $2; do
        case $1 in
          on) wh_run 60 rc-update add "$service" "$level" || return $? ;;
          off) wh_run 60 rc-update del "$service" "$level" || return $? ;;
        esac
      done
      ;;
    sysv)
      if command -v update-rc.d >/dev/null 2>&1; then
        case $1 in
          on)
            # Without any link there is nothing that "enable" could switch.
            wh_run 60 update-rc.d "$service" defaults || return $?
            wh_run 60 update-rc.d "$service" enable
            ;;
          off) wh_run 60 update-rc.d "$service" disable ;;
        esac
      elif command -v chkconfig >/dev/null 2>&1; then
        if [ "$1" = on ]; then
          wh_run 60 chkconfig --add "$service" || return $?
        fi
        wh_run 60 chkconfig "$service" "$1"
      else
        wh_fail "nothing here switches what starts with the machine (looked for update-rc.d and chkconfig)"
      fi
      ;;
    launchd)
      case $1 in
        on) wh_run 60 launchctl enable "system/$service" ;;
        off) wh_run 60 launchctl disable "system/$service" ;;
      esac
      ;;
  esac
}
# Switches it, and sees that it is switched.
wh_boot_bring() {
  local status=0
  wh_boot_do "$1" "$2" || status=$?
  if [ "$status" -ne 0 ]; then
    wh_last_words
    wh_fail "$service could not be switched $1 for the start of the machine (exit code $status): $REPLY"
  fi
  wh_boot_state
  wh_boot_is_as "$1" || wh_fail "$service is still $boot_text"
}
wh_boot_is_as() {
  case $1:$boot in
    on:on | off:off | off:masked) return 0 ;;
  esac
  return 1
}
wh_boot_switch() {
  wh_need_state
  wh_find_service
  wh_boot_state
  wh_remember service "$service"
  wh_remember boot "$boot"
  wh_remember levels "$levels"
  if wh_boot_is_as "$1"; then
    wh_unchanged
    wh_detail "$service is $boot_text already"
    return 0
  fi
  case $boot in
    masked) wh_fail "$service is masked: somebody has forbidden that it starts; it must be unmasked first" ;;
    fixed) wh_fail "$service is $boot_text: other units start it when they need it, and nothing can switch that" ;;
  esac
  if [ "$1" = on ]; then
    wh_boot_bring on "${levels:-default}"
  else
    wh_boot_bring off "$levels"
  fi
  wh_changed
  wh_detail "$service is $boot_text now"
}
wh_service_enable() { wh_boot_switch on; }
wh_service_disable() { wh_boot_switch off; }
wh_boot_undo() {
  local was then_levels
  wh_need_state
  if ! wh_recall boot; then
    wh_unchanged
    wh_detail "nothing had been done to $asked, so there is nothing to undo"
    return 0
  fi
  was=$REPLY
  wh_recall levels || REPLY=
  then_levels=$REPLY
  wh_find_service
  wh_boot_state
  if [ "$was:$then_levels" = "$boot:$levels" ]; then
    wh_unchanged
    wh_detail "$service is $boot_text, as it was"
    return 0
  fi
  case $was in
    on) wh_boot_bring on "${then_levels:-default}" ;;
    off) wh_boot_bring off "$levels" ;;
    *) wh_fail "nobody could tell whether $service started with the machine before, so it was left as it is ($boot_text)" ;;
  esac
  wh_changed
  wh_detail "$service is $boot_text again, as before"
}
wh_service_starts_at_boot() {
  wh_find_service
  wh_boot_state
  wh_boot_is_as on || wh_fail "$service does not start with the machine: it is $boot_text"
  wh_detail "$service is $boot_text"
}
wh_service_stays_off_at_boot() {
  wh_find_service
  wh_boot_state
  wh_boot_is_as off || wh_fail "$service may still start with the machine: it is $boot_text"
  wh_detail "$service is $boot_text"
}
