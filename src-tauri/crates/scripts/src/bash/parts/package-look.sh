wh_package_is_installed() {
  local candidate have=''
  wh_find_manager
  if wh_recall package; then
    candidates=("$REPLY")
  fi
  for candidate in "${candidates[@]}"; do
    if wh_version_here "$candidate"; then
      have="$candidate $REPLY"
      if [ -z "$version" ] || wh_version_is "$REPLY" "$version"; then
        wh_detail "$have is installed"
        return 0
      fi
    fi
  done
  if [ -n "$have" ]; then
    wh_fail "$have is installed, not version $version"
  fi
  wh_fail "$asked is not installed"
}
wh_package_is_gone() {
  local candidate
  wh_find_manager
  if wh_recall package; then
    candidates=("$REPLY")
  fi
  for candidate in "${candidates[@]}"; do
    if wh_version_here "$candidate"; then
      wh_fail "$candidate $REPLY is still installed"
    fi
  done
  wh_detail "$asked is not installed"
}
