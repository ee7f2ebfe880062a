# The packages for which the sources, as they were last read, have something newer: one name a line, in REPLY. Those that
# the package manager keeps back itself do not count; they are in $kept.
wh_pending() {
  local text status=0
  kept=
  case $manager in
    apt-get)
      text=$(apt-get -s -q --with-new-pkgs upgrade 2>&1) || {
        REPLY=${text##*$'\n'}
        return 1
      }
      REPLY=$(printf '%s\n' "$text" | awk '$1 == "Inst" { print $2 }')
      kept=$(printf '%s\n' "$text" | awk '
        /^The following packages have been kept back/ { inside = 1; next }
        !/^ / { inside = 0 }
        inside { for (i = 1; i <= NF; i++) print $i }')
      ;;
    dnf | yum)
      text=$("$manager" -q check-update 2>&1) || status=$?
      # dnf(8): 100 says that there are some.
      case $status in
        0 | 100) ;;
        *)
          REPLY=${text##*$'\n'}
          return 1
          ;;
      esac
      # A long name stands on a line of its own.
      REPLY=$(printf '%s\n' "$text" | awk '
        /^Obsoleting/ { exit }
        NF == 1 && /^[^ ]+[.][A-Za-z0-9_]+$/ { held = $1; next }
        NF == 3 && $1 ~ /[.][A-Za-z0-9_]+$/ { name = $1; sub(/[.][^.]*$/, "", name); if (!seen[name]++) print name }
        NF == 2 && held != "" { name = held; sub(/[.][^.]*$/, "", name); if (!seen[name]++) print name }
        { held = "" }')
      ;;
    zypper)
      text=$(ZYPP_LOCK_TIMEOUT=300 zypper --non-interactive list-updates 2>&1) || {
        REPLY=${text##*$'\n'}
        return 1
      }
      REPLY=$(printf '%s\n' "$text" | awk -F' *[|] *' '$1 ~ /^v *$/ { print $3 }')
      ;;
    pacman)
      # 1 also says that there are none.
      text=$(pacman -Qu --color never 2>/dev/null) || text=
      REPLY=$(printf '%s\n' "$text" | awk 'NF && !/\[ignored\]/ { print $1 }')
      ;;
    apk)
      text=$(apk version -l '<' 2>&1) || {
        REPLY=${text##*$'\n'}
        return 1
      }
      REPLY=$(printf '%s\n' "$text" | awk '$2 == "<" { name = $1; sub(/-[0-9][^-]*-r[0-9]+$/, "", name); print name }')
      ;;
    brew)
      wh_find_brew
      REPLY=$("${brew[@]}" outdated --quiet 2>&1) || {
        REPLY=${REPLY##*$'\n'}
        return 1
      }
      ;;
  esac
}
# How many lines LIST has, in REPLY.
wh_how_many() {
  REPLY=$(printf '%s\n' "$1" | awk 'NF { n++ } END { print n + 0 }')
}
# 12 packages, 1 package; in REPLY.
wh_packages() {
  REPLY="$1 packages"
  if [ "$1" -eq 1 ]; then
    REPLY='1 package'
  fi
}
# The first five of LIST, in REPLY.
wh_first_few() {
  REPLY=$(printf '%s\n' "$1" | awk 'NF { if (++n <= 5) list = list (list == "" ? "" : ", ") $1 } END { print list (n > 5 ? " and " n - 5 " more" : "") }')
}
wh_system_is_up_to_date() {
  local left
  wh_find_manager
  wh_pending || wh_fail "$manager does not say what could be updated: $REPLY"
  left=$REPLY
  if [ -n "$left" ]; then
    wh_first_few "$left"
    wh_fail "not everything is up to date: $REPLY"
  fi
  wh_detail "$manager's sources have nothing newer than what is installed"
}
wh_package_is_newest() {
  local candidate have=''
  wh_find_manager
  if wh_recall package; then
    candidates=("$REPLY")
  fi
  for candidate in "${candidates[@]}"; do
    if wh_version_here "$candidate"; then
      have=$REPLY
      break
    fi
  done
  if [ -z "$have" ]; then
    wh_fail "$asked is not installed"
  fi
  if [ -n "$version" ]; then
    wh_version_is "$have" "$version" || wh_fail "$candidate $have is installed, not version $version"
  else
    wh_pending || wh_fail "$manager does not say what could be updated: $REPLY"
    case $'\n'$REPLY$'\n' in
      *$'\n'"$candidate"$'\n'*) wh_fail "$candidate $have is installed, and $manager's sources have a newer version" ;;
    esac
  fi
  wh_detail "$candidate $have is installed${version:+, as asked}"
}
