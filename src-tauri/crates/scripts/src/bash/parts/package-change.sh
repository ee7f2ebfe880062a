# Runs a package manager, again while another one holds the lock, for up to five minutes.
wh_patiently() {
  local status until=$((SECONDS + 300)) told=''
  while :; do
    status=0
    wh_run "${wh_limit:-1500}" "$@" || status=$?
    if [ "$status" -eq 0 ] || [ "$SECONDS" -ge "$until" ] || ! wh_is_locked; then
      return "$status"
    fi
    if [ -z "$told" ]; then
      told=1
      wh_info 'another package manager is at work on this machine; waiting for it to finish'
    fi
    sleep 2
  done
}
wh_is_locked() {
  if grep -Eiq 'permission denied|are you root|superuser' "$wh_output"; then
    return 1
  fi
  grep -Eiq 'could not get lock|unable to (acquire|lock)|frontend lock was locked|is locked by|has already locked' "$wh_output"
}
# Why the package manager failed, in REPLY: its last error, else its last words.
wh_package_why() {
  REPLY=$(awk '
    { sub(/\r$/, "") }
    NF && last ~ /:$/ { last = last " " $0; next }
    / breaks dependency / { last = $0; exit }
    tolower($0) ~ /^ *(e|err|error|dpkg: error[^:]*|problem)[: ]/ { if (first == "") first = $0; last = $0 }
    END { text = last == "" || last ~ /returned an error code|Sub-process/ ? first : last; print substr(text, 1, 300) }' "$wh_output")
  if [ -z "$REPLY" ]; then
    wh_last_words
  fi
}
# Reads the index of what the sources offer again.
wh_refresh() {
  wh_info "reading what $manager's sources offer"
  case $manager in
    apt-get) wh_patiently apt-get -q update ;;
    dnf | yum) wh_patiently "$manager" -q makecache ;;
    zypper) ZYPP_LOCK_TIMEOUT=300 wh_patiently zypper --non-interactive refresh ;;
    pacman) wh_patiently pacman -Sy --noconfirm --noprogressbar ;;
    apk) wh_patiently apk update ;;
    brew)
      wh_find_brew
      wh_patiently "${brew[@]}" update
      ;;
  esac
}
# Installs NAME, in exactly VERSION when that is not empty.
wh_add() {
  local name=$1 version=$2 status=0
  local apt=(apt-get -y -q -o Dpkg::Use-Pty=0 -o APT::Status-Fd=1
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold
    # Installing one thing must not remove another that nobody spoke of.
    --no-remove)
  case $manager in
    apt-get)
      if [ -n "$version" ]; then
        wh_patiently "${apt[@]}" --allow-downgrades install -- "$name=$version"
      else
        wh_patiently "${apt[@]}" install -- "$name"
      fi
      ;;
    dnf | yum)
      wh_patiently "$manager" -y install -- "$name${version:+-$version}" || return $?
      if [ -n "$version" ] && wh_version_here "$name" && ! wh_version_is "$version" "$REPLY"; then
        wh_patiently "$manager" -y downgrade -- "$name-$version"
      fi
      ;;
    zypper)
      ZYPP_LOCK_TIMEOUT=300 wh_patiently zypper --non-interactive install --oldpackage -- "$name${version:+=$version}" || status=$?
      # Installed, and there is something to tell: a reboot is due, zypper itself is new, a source could not be read.
      case $status in
        102 | 103 | 106) status=0 ;;
      esac
      return "$status"
      ;;
    pacman)
      # The sources of Arch hold one version only; older ones may still be in the cache.
      if [ -n "$version" ] && wh_cached_pacman "$name" "$version"; then
        wh_patiently pacman -U --noconfirm --noprogressbar -- "$REPLY"
        return $?
      fi
      wh_patiently pacman -S --noconfirm --noprogressbar --needed -- "$name"
      ;;
    apk) wh_patiently apk add "$name${version:+=$version}" ;;
    brew)
      wh_find_brew
      wh_patiently "${brew[@]}" install "$name"
      ;;
  esac
}
# The package file of NAME in VERSION that pacman has kept, in REPLY.
wh_cached_pacman() {
  for REPLY in /var/cache/pacman/pkg/"$1-$2"-*.pkg.tar*; do
    case $REPLY in
      *.sig) ;;
      *) [ -f "$REPLY" ] && return 0 ;;
    esac
  done
  return 1
}
# Can NAME be installed in exactly this VERSION?
wh_is_offered() {
  local line rest
  if [ "$manager" = pacman ] && wh_cached_pacman "$1" "$2"; then
    return 0
  fi
  wh_versions_offered "$1" || return 1
  rest=$REPLY
  while [ -n "$rest" ]; do
    line=${rest%%$'\n'*}
    rest=${rest#"$line"}
    rest=${rest#$'\n'}
    # rpm's lists name the epoch, its database was not asked for it.
    if [ "$line" = "$2" ] || [ "${line#*:}" = "$2" ]; then
      return 0
    fi
  done
  return 1
}
# Removes NAMES. Configuration files stay.
wh_drop() {
  case $manager in
    apt-get) wh_patiently apt-get -y -q -o Dpkg::Use-Pty=0 -o APT::Status-Fd=1 remove -- "$@" ;;
    dnf | yum) wh_patiently "$manager" -y --setopt=clean_requirements_on_remove=False remove -- "$@" ;;
    zypper) ZYPP_LOCK_TIMEOUT=300 wh_patiently zypper --non-interactive remove -- "$@" ;;
    pacman) wh_patiently pacman -R --noconfirm --noprogressbar -- "$@" ;;
    apk) wh_patiently apk del "$@" ;;
    brew)
      wh_find_brew
      wh_patiently "${brew[@]}" uninstall "$@"
      ;;
  esac
}
# May NAMES go alone? Otherwise 1, and in REPLY why not. (pacman, apk and brew refuse by themselves.)
wh_may_go() {
  local text
  REPLY=
  case $manager in
    apt-get)
      text=$(apt-get -s -q remove -- "$@" 2>&1) || {
        REPLY="apt-get finds no way to do it: ${text##*$'\n'}"
        return 1
      }
      REPLY=$(printf '%s\n' "$text" | wh_names=" $* " awk '
        $1 == "Remv" {
          name = $2; sub(/:.*/, "", name)
          if (!index(ENVIRON["wh_names"], " " $2 " ") && !index(ENVIRON["wh_names"], " " name " ")) list = list (list == "" ? "" : ", ") $2
        }
        END { print list }')
      ;;
    dnf | yum | zypper)
      text=$(rpm -e --test -- "$@" 2>&1) || {
        REPLY=$(printf '%s\n' "$text" | awk '
          / is needed by / { if (!seen[$NF]++) list = list (list == "" ? "" : ", ") $NF }
          END { print list }')
        if [ -z "$REPLY" ]; then
          REPLY="rpm finds no way to do it: ${text##*$'\n'}"
          return 1
        fi
      }
      ;;
  esac
  if [ -n "$REPLY" ]; then
    REPLY="other packages need it and would have to go too: $REPLY"
    return 1
  fi
}

# Decides which candidate to install, in $name, and in which version, in $wanted. 1 when none is offered; $offered then
# holds the versions that are.
wh_choose() {
  local candidate line
  offered=
  for candidate in "${candidates[@]}"; do
    if wh_versions_offered "$candidate"; then
      name=$candidate wanted=
      if [ -z "$version" ]; then
        return 0
      fi
      offered=$REPLY
      while [ -n "$REPLY" ]; do
        line=${REPLY%%$'\n'*}
        REPLY=${REPLY#"$line"}
        REPLY=${REPLY#$'\n'}
        if wh_version_is "$line" "$version"; then
          wanted=$line
          return 0
        fi
      done
    fi
  done
  return 1
}
wh_package_install() {
  local candidate before='' status=0 refreshed='' names=''
  wh_need_state
  wh_find_manager
  for candidate in "${candidates[@]}"; do
    if wh_version_here "$candidate"; then
      if [ -z "$version" ] || wh_version_is "$REPLY" "$version"; then
        wh_remember package "$candidate"
        wh_remember before "$REPLY"
        wh_unchanged
        wh_detail "$candidate $REPLY is installed already"
        return 0
      fi
      before=$REPLY
      candidates=("$candidate")
      break
    fi
  done
  wh_need_root
  if ! wh_choose; then
    refreshed=yes
    wh_refresh || {
      wh_last_words
      wh_warn "the sources could not be read ($REPLY); going on with what was known before"
      refreshed="no: $REPLY"
    }
    if ! wh_choose; then
      if [ -n "$offered" ]; then
        wh_fail "$asked is not offered in version $version here; offered: ${offered//$'\n'/, }"
      fi
      if [ "$manager" = apt-get ]; then
        names=$(apt-cache pkgnames 2>/dev/null) || names=
      fi
      wh_similar "$names"
      case $refreshed in
        no*) wh_fail "no package called $asked is known here, and its sources could not be read (${refreshed#no: })" ;;
        *) wh_fail "$manager's sources have no package called $asked${REPLY:+; with a similar name: $REPLY}" ;;
      esac
    fi
  fi
  wh_remember package "$name"
  wh_remember before "$before"
  if [ ! -e "$WH_STATE/packages" ]; then
    # Without a whole list nobody could tell what comes with it, and undoing takes away what was asked for alone.
    if wh_all_packages >"$WH_STATE/packages.new" && [ -s "$WH_STATE/packages.new" ]; then
      mv -f "$WH_STATE/packages.new" "$WH_STATE/packages"
    fi
  fi
  wh_add "$name" "$wanted" || status=$?
  # An index that is out of date names files that its source no longer has.
  if [ "$status" -ne 0 ] && [ -z "$refreshed" ] && grep -Eiq '404|unable to fetch|failed to (fetch|download|retrieve)|--fix-missing' "$wh_output"; then
    if wh_refresh && wh_choose; then
      status=0
      wh_add "$name" "$wanted" || status=$?
    fi
  fi
  if [ "$status" -ne 0 ]; then
    wh_package_why
    wh_fail "$name could not be installed ($manager ended with exit code $status): $REPLY"
  fi
  if ! wh_all_packages >"$WH_STATE/packages.after"; then
    rm -f "$WH_STATE/packages.after"
  fi
  if ! wh_version_here "$name"; then
    wh_fail "$manager says that it installed $name, but it is not there"
  elif [ -n "$version" ] && ! wh_version_is "$REPLY" "$version"; then
    wh_fail "$manager says that it installed $name $wanted, but $REPLY is there"
  fi
  wh_changed
  if [ -n "$before" ]; then
    wh_detail "$name was $before and is $REPLY now"
  else
    wh_detail "$name $REPLY was installed"
  fi
}
wh_package_uninstall() {
  local candidate found='' before status=0
  wh_need_state
  wh_find_manager
  for candidate in "${candidates[@]}"; do
    if wh_version_here "$candidate"; then
      found=$candidate before=$REPLY
      break
    fi
  done
  if [ -z "$found" ]; then
    wh_unchanged
    wh_detail "$asked is not installed"
    return 0
  fi
  wh_need_root
  if ! wh_may_go "$found"; then
    wh_fail "$found cannot be removed alone: $REPLY"
  fi
  wh_remember package "$found"
  wh_remember before "$before"
  wh_drop "$found" || status=$?
  if wh_version_here "$found"; then
    if [ "$status" -eq 0 ]; then
      wh_fail "$found is still installed: $manager keeps it because something needs it"
    fi
    wh_package_why
    wh_fail "$found could not be removed ($manager ended with exit code $status): $REPLY"
  fi
  if [ "$status" -ne 0 ]; then
    wh_package_why
    wh_warn "$found is gone, but $manager ended with exit code $status: $REPLY"
  fi
  wh_changed
  wh_detail "$found $before was removed"
}
wh_package_undo() {
  local name before now='' added line status=0
  wh_need_state
  if ! wh_recall package; then
    wh_unchanged
    wh_detail "nothing had been done to $asked, so there is nothing to undo"
    return 0
  fi
  name=$REPLY
  wh_recall before || wh_fail "it was not noted which version of $name was installed before"
  before=$REPLY
  wh_find_manager
  if wh_version_here "$name"; then
    now=$REPLY
  fi
  if [ "$now" = "$before" ]; then
    wh_unchanged
    wh_detail "$name is ${now:-not installed}, as before"
    return 0
  fi
  wh_need_root
  if [ -n "$before" ]; then
    wh_is_offered "$name" "$before" || wh_fail "$name $before is no longer offered here, so it could not be brought back; install it by hand"
    wh_add "$name" "$before" || status=$?
    if [ "$status" -ne 0 ]; then
      wh_package_why
      wh_fail "$name $before could not be brought back: $REPLY"
    fi
    if ! wh_version_here "$name" || [ "$REPLY" != "$before" ]; then
      wh_fail "$name $before could not be brought back; what is installed now: ${REPLY:-nothing}"
    fi
    wh_changed
    wh_detail "$name $before is installed again"
    return 0
  fi
  # What came with it goes with it, but nothing that something else has come to need since.
  added=("$name")
  if [ -f "$WH_STATE/packages" ] && [ -f "$WH_STATE/packages.after" ]; then
    awk 'FILENAME == ARGV[1] { had[$0]; next } !($0 in had)' "$WH_STATE/packages" "$WH_STATE/packages.after" >"$WH_STATE/packages.added"
    while IFS= read -r line <&7; do
      if [ "${line%%:*}" != "$name" ] && wh_version_here "$line"; then
        added+=("$line")
      fi
    done 7<"$WH_STATE/packages.added"
  fi
  if ! wh_may_go "${added[@]}"; then
    wh_fail "$name cannot be removed again: $REPLY"
  fi
  wh_drop "${added[@]}" || status=$?
  for line in "${added[@]}"; do
    if wh_version_here "$line"; then
      wh_package_why
      wh_fail "$line could not be removed again ($manager ended with exit code $status): $REPLY"
    fi
  done
  wh_changed
  wh_detail "${added[*]} removed again"
}
