# Brings NAME, which is installed, to the newest version the sources have.
wh_upgrade() {
  local status=0
  case $manager in
    apt-get)
      wh_patiently apt-get -y -q -o Dpkg::Use-Pty=0 -o APT::Status-Fd=1 -o Dpkg::Options::=--force-confdef \
        -o Dpkg::Options::=--force-confold --no-remove --only-upgrade install -- "$1"
      ;;
    dnf | yum) wh_patiently "$manager" -y update -- "$1" ;;
    zypper)
      ZYPP_LOCK_TIMEOUT=300 wh_patiently zypper --non-interactive update -- "$1" || status=$?
      case $status in
        102 | 103 | 106) status=0 ;;
      esac
      return "$status"
      ;;
    pacman) wh_patiently pacman -S --noconfirm --noprogressbar --needed -- "$1" ;;
    apk) wh_patiently apk add --upgrade "$1" ;;
    brew)
      wh_find_brew
      wh_patiently "${brew[@]}" upgrade "$1"
      ;;
  esac
}
# Reads the sources; where that fails, what was known before has to do.
wh_refresh_or_warn() {
  wh_refresh || {
    wh_last_words
    wh_warn "the sources could not be read ($REPLY); going on with what was known before"
  }
}
wh_package_update() {
  local candidate found='' before='' status=0
  wh_need_state
  wh_find_manager
  for candidate in "${candidates[@]}"; do
    if wh_version_here "$candidate"; then
      found=$candidate before=$REPLY
      break
    fi
  done
  if [ -z "$found" ]; then
    wh_fail "$asked is not installed here, so there is nothing to update; install it instead"
  fi
  if [ -n "$version" ]; then
    # From here on it is what installing a version of something that is there does.
    wh_package_install
    return 0
  fi
  wh_need_root
  wh_remember package "$found"
  wh_remember before "$before"
  wh_refresh_or_warn
  wh_upgrade "$found" || status=$?
  if [ "$status" -ne 0 ]; then
    wh_package_why
    wh_fail "$found could not be updated ($manager ended with exit code $status): $REPLY"
  fi
  wh_version_here "$found" || wh_fail "$manager says that it updated $found, but it is not there any more"
  if [ "$REPLY" = "$before" ]; then
    wh_unchanged
    wh_detail "$found $before is the newest version $manager's sources have"
    return 0
  fi
  wh_changed
  wh_detail "$found was $before and is $REPLY now"
}
# Brings everything to the newest version without removing anything.
wh_upgrade_all() {
  local status=0
  case $manager in
    apt-get)
      # New packages are let in, because a new kernel is one; --no-remove keeps the rest as safe as apt-get's plain upgrade.
      wh_patiently apt-get -y -q -o Dpkg::Use-Pty=0 -o APT::Status-Fd=1 -o Dpkg::Options::=--force-confdef \
        -o Dpkg::Options::=--force-confold --no-remove --with-new-pkgs upgrade
      ;;
    dnf | yum) wh_patiently "$manager" -y update ;;
    zypper)
      ZYPP_LOCK_TIMEOUT=300 wh_patiently zypper --non-interactive update || status=$?
      # zypper itself was updated, and wants to be run anew for the rest.
      if [ "$status" -eq 103 ]; then
        status=0
        ZYPP_LOCK_TIMEOUT=300 wh_patiently zypper --non-interactive update || status=$?
      fi
      case $status in
        102 | 103 | 106) status=0 ;;
      esac
      return "$status"
      ;;
    pacman) wh_patiently pacman -Su --noconfirm --noprogressbar ;;
    apk) wh_patiently apk upgrade ;;
    brew)
      wh_find_brew
      wh_patiently "${brew[@]}" upgrade
      ;;
  esac
}
wh_system_update() {
  local before count status=0
  wh_limit=5400
  wh_need_state
  wh_find_manager
  wh_need_root
  wh_refresh_or_warn
  wh_pending || wh_fail "$manager does not say what could be updated: $REPLY"
  before=$REPLY
  if [ -n "$kept" ]; then
    wh_first_few "$kept"
    wh_warn "$manager keeps these back, so they stay as they are: $REPLY"
  fi
  wh_how_many "$before"
  count=$REPLY
  if [ "$count" -eq 0 ]; then
    wh_unchanged
    wh_detail "everything is the newest that $manager's sources have"
    return 0
  fi
  wh_first_few "$before"
  wh_info "to be updated: $REPLY"
  wh_upgrade_all || status=$?
  if [ "$status" -ne 0 ]; then
    wh_package_why
    wh_fail "the update did not go through ($manager ended with exit code $status): $REPLY"
  fi
  wh_changed
  if [ -e /run/reboot-required ] || [ -e /var/run/reboot-required ]; then
    wh_warn 'some of it is in use only after the machine has been restarted'
  fi
  wh_packages "$count"
  wh_detail "$REPLY updated"
}
