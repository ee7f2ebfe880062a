# The program that the service runs, as its own definition says, in $destination.
wh_find_program() {
  local said=0 script=''
  case $init in
    systemd)
      wh_unit_program || said=$?
      # What systemd made of an init script only calls it.
      case $REPLY in
        /etc/init.d/* | /etc/rc.d/init.d/*) script=$REPLY ;;
      esac
      ;;
    launchd) wh_plist_program || said=$? ;;
    openrc)
      REPLY=$(rc-service --resolve "$service" 2>/dev/null) || REPLY=
      wh_assigned command "$REPLY" || said=$?
      ;;
    sysv) script=/etc/init.d/$service ;;
  esac
  if [ -n "$script" ]; then
    said=0
    # The script reads this file after it has set its own.
    wh_assigned DAEMON "/etc/default/${script##*/}" || said=$?
    if [ "$said" -eq 1 ]; then
      said=0
      wh_assigned DAEMON "$script" || said=$?
    fi
  fi
  if [ "$said" -ne 0 ]; then
    wh_fail "how $service is started does not say plainly which one program it runs; copy the file to the program's own path"
  fi
  destination=$REPLY
  case $destination in
    /*) ;;
    *) wh_fail "$service runs $destination and does not say in which directory; copy the file to the program's own path" ;;
  esac
}
# What systemd starts, in REPLY; 1 when that is nothing or several programs.
wh_unit_program() {
  local text
  text=$(systemctl show --no-pager -p ExecStart -p RootDirectory -p RootImage -- "$service" 2>/dev/null) || return 1
  wh_value RootDirectory "$text"
  if [ -z "$REPLY" ]; then
    wh_value RootImage "$text"
  fi
  if [ -n "$REPLY" ]; then
    wh_fail "$service runs in a root directory of its own ($REPLY); copy the file to the program's full path"
  fi
  case $'\n'$text in
    *$'\n'ExecStart=*$'\n'ExecStart=*) return 1 ;;
  esac
  wh_value ExecStart "$text"
  case $REPLY in
    '{ path='*' ; argv[]='*)
      REPLY=${REPLY#'{ path='}
      REPLY=${REPLY%%' ; argv[]='*}
      ;;
    *)
      REPLY=
      return 1
      ;;
  esac
}
# What launchd starts, in REPLY.
wh_plist_program() {
  local text plist="/Library/LaunchDaemons/$service.plist" buddy=PlistBuddy key
  if text=$(launchctl print "system/$service" 2>/dev/null); then
    case $text in
      *$'\n\tpath = /'*)
        plist=/${text#*$'\n\tpath = /'}
        plist=${plist%%$'\n'*}
        ;;
    esac
  fi
  if ! command -v "$buddy" >/dev/null 2>&1; then
    buddy=/usr/libexec/PlistBuddy
  fi
  # launchd.plist(5): without Program the first argument is the program.
  for key in Program ProgramArguments:0; do
    if REPLY=$("$buddy" -c "Print :$key" "$plist" 2>/dev/null) && [ -n "$REPLY" ]; then
      return 0
    fi
  done
  return 1
}
# What the shell script FILE sets NAME to, in REPLY; 1 when it does not, 2 when that cannot be told without running it.
wh_assigned() {
  local status=0
  REPLY=
  if [ ! -f "$2" ]; then
    return 1
  fi
  REPLY=$(wh_name=$1 wh_service=$service awk '
    BEGIN { name = ENVIRON["wh_name"] "="; keys = split("${RC_SVCNAME} $RC_SVCNAME ${SVCNAME} $SVCNAME", key, " ") }
    { sub(/^[ \t]+/, ""); sub(/\r$/, "") }
    index($0, name) != 1 { next }
    {
      value = substr($0, length(name) + 1); quoted = substr(value, 1, 1)
      if (quoted == "\"" || quoted == "\047") {
        value = substr(value, 2); end = index(value, quoted)
        if (!end) { unclear = 1; exit }
        rest = substr(value, end + 1); value = substr(value, 1, end - 1)
      } else {
        end = match(value, /[ \t;]/); if (!end) end = length(value) + 1
        rest = substr(value, end); value = substr(value, 1, end - 1)
      }
      for (i = 1; i <= keys; i++)
        if (at = index(value, key[i])) {
          value = substr(value, 1, at - 1) ENVIRON["wh_service"] substr(value, at + length(key[i]))
          break
        }
      if (rest !~ /^[ \t]*(;.*|[ \t]#.*)?$/ || value ~ /[$`\\"\047]/ || value == "" || (found != "" && found != value)) { unclear = 1; exit }
      found = value
    }
    END { if (unclear) exit 2; if (found == "") exit 1; print found }' "$2") || status=$?
  return "$status"
}
# Programs that run what they are given, by name: what the service is for is one of their arguments.
wh_is_interpreter() {
  case ${1##*/} in
    sh | ash | bash | dash | ksh | ksh[0-9]* | mksh | zsh | fish | csh | tcsh | pwsh | busybox | toybox) ;;
    python | python[0-9]* | pypy* | perl | perl[0-9]* | ruby | ruby[0-9]* | php | php[0-9]* | lua | lua[0-9]* | luajit*) ;;
    java | javaw | jsvc | dotnet | mono | mono-sgen | node | nodejs | deno | bun | npm | npx | tclsh* | erl | beam.smp | Rscript) ;;
    env | sudo | doas | su | runuser | setpriv | chpst | nice | ionice | nohup | timeout | chroot | unshare | flock | setsid | taskset | stdbuf) ;;
    daemon | daemonize | start-stop-daemon | supervise-daemon | supervisord | tini | dumb-init | tmux | screen | xvfb-run | wine | wine64) ;;
    docker | podman | nerdctl | runc | lxc-start | systemd-nspawn | systemd-run | snap | flatpak) ;;
    *) return 1 ;;
  esac
}
wh_is_script() {
  local first=''
  IFS= read -r -n 2 first <"$1" 2>/dev/null || :
  [ "$first" = '#!' ]
}
# What FILE came with (the package …, the system), in REPLY; 1 when it is the site's own.
wh_owner_package() {
  local file=$1 name known='' text
  # Where /bin is /usr/bin, the package database knows the file by one of its two names.
  case $file in
    /usr/bin/* | /usr/sbin/* | /usr/lib*/*) set -- "$file" "${file#/usr}" ;;
    /bin/* | /sbin/* | /lib*/*) set -- "$file" "/usr$file" ;;
  esac
  case $file in
    */Cellar/*)
      REPLY=${file#*/Cellar/}
      REPLY="the package ${REPLY%%/*}"
      return 0
      ;;
  esac
  for name; do
    if command -v dpkg-query >/dev/null 2>&1; then
      known=1
      # It takes a pattern.
      text=$(printf '%s\n' "$name" | sed 's/[][*?\\]/\\&/g')
      if text=$(dpkg-query -S -- "$text" 2>/dev/null); then
        REPLY=$(printf '%s\n' "$text" | awk '!/^diversion by / { sub(/: \/.*$/, ""); print; exit }')
        if [ -n "$REPLY" ]; then
          REPLY="the package $REPLY"
          return 0
        fi
      fi
    fi
    if command -v rpm >/dev/null 2>&1; then
      known=1
      if REPLY=$(rpm -qf --qf '%{NAME}\n' -- "$name" 2>/dev/null); then
        REPLY="the package ${REPLY%%$'\n'*}"
        return 0
      fi
    fi
    if command -v pacman >/dev/null 2>&1; then
      known=1
      if REPLY=$(pacman -Qoq -- "$name" 2>/dev/null); then
        REPLY="the package ${REPLY%%$'\n'*}"
        return 0
      fi
    fi
    if command -v apk >/dev/null 2>&1; then
      known=1
      text=$(apk info --who-owns "$name" 2>/dev/null) || text=
      case $text in
        *' is owned by '*)
          REPLY="the package ${text##*' is owned by '}"
          return 0
          ;;
      esac
    fi
  done
  REPLY='the system'
  case $file in
    /System/* | /nix/store/* | /gnu/store/* | /snap/*) return 0 ;;
    /usr/local/*) return 1 ;;
    # Nobody can be asked.
    /usr/* | /bin/* | /sbin/* | /lib*/*) [ -z "$known" ] ;;
    *) return 1 ;;
  esac
}
# A process that runs FILE, in REPLY; 1 when there is none. (Another service, or another instance, may run it too.)
wh_find_runner() {
  local process
  REPLY=
  if [ -d /proc/self ]; then
    for process in /proc/[0-9]*; do
      if [ "$process/exe" -ef "$1" ]; then
        REPLY=${process#/proc/}
        return 0
      fi
    done
  else
    REPLY=$(ps -eo pid= -o comm= 2>/dev/null | wh_file=$1 awk '
      { id = $1; sub(/^ *[0-9]+ +/, "") }
      $0 == ENVIRON["wh_file"] && !found { found = id }
      END { print found }') || REPLY=
  fi
  [ -n "$REPLY" ]
}
# Refuses what is not the site's own to replace, and what runs.
wh_may_replace() {
  local real file
  wh_find_place
  for file in "$destination" "$place"; do
    if wh_is_interpreter "$file"; then
      wh_fail "$service is started by ${file##*/}, which runs the program that it is given, so $destination was left alone; copy the file to the program's own path"
    fi
  done
  if [ ! -e "$place" ]; then
    wh_fail "the program that $service runs, $destination, does not exist"
  elif [ ! -f "$place" ]; then
    wh_fail "what $service runs, $destination, is not a file"
  fi
  real=$(cd -P "$place_dir" && pwd -P && printf .) || wh_fail "the account $(id -un) may not go to $place_dir"
  real=${real%$'\n'.}
  real=${real%/}/${place##*/}
  for file in "$destination" "$real"; do
    if wh_owner_package "$file"; then
      wh_fail "$destination, which $service runs, belongs to $REPLY; update that instead"
    fi
  done
  for file in "$destination" "$real"; do
    if wh_find_runner "$file"; then
      wh_fail "$destination is still running as process $REPLY; stop it first"
    fi
  done
  if [ -f "${WH_FILE:-}" ] && wh_is_script "$place" && ! wh_is_script "$WH_FILE"; then
    wh_fail "$destination, which $service runs, is a script that starts the program, and the file that was sent is none; copy the file to the program's own path"
  fi
}

wh_program_replace() {
  wh_need_state
  wh_find_service
  wh_service_state
  # Where nobody can say whether it runs, the processes are asked below.
  case $state in
    stopped | failed | unknown) ;;
    *) wh_fail "$service is still running ($state_text); stop it first" ;;
  esac
  wh_find_program
  wh_may_replace
  wh_remember service "$service"
  wh_remember program "$destination"
  wh_file_copy
}
wh_program_has_content() {
  wh_find_service
  wh_find_program
  wh_file_has_content
}
wh_program_undo() {
  wh_need_state
  if ! wh_recall program; then
    wh_unchanged
    wh_detail "the program of $asked had not been touched, so there is nothing to undo"
    return 0
  fi
  destination=$REPLY
  wh_file_undo
}
