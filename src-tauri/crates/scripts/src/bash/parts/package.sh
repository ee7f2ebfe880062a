# Which package manager is here?
wh_find_manager() {
  for manager in apt-get dnf yum zypper pacman apk brew; do
    if command -v "$manager" >/dev/null 2>&1; then
      return 0
    fi
  done
  wh_fail 'no package manager found (looked for apt-get, dnf, yum, zypper, pacman, apk, brew)'
}
# Homebrew refuses to run as root; everything else needs root.
wh_need_root() {
  if [ "$manager" != brew ] && [ "$(id -u)" -ne 0 ]; then
    wh_fail "packages can be changed by root only, and this is the account $(id -un)"
  fi
}
# The command line that runs Homebrew as the account it belongs to, in the array $brew.
wh_find_brew() {
  local owner
  brew=(env HOMEBREW_NO_AUTO_UPDATE=1 HOMEBREW_NO_ENV_HINTS=1 NONINTERACTIVE=1 brew)
  if [ "$(id -u)" -eq 0 ]; then
    # shellcheck disable=SC2012 # stat has no portable way to ask for an owner
    owner=$(ls -ld "$(command -v brew)" | awk '{ print $3 }')
    brew=(sudo -n -H -u "$owner" "${brew[@]}")
  fi
}

# The installed version of NAME, in REPLY; 1 when it is not installed.
wh_version_here() {
  local text
  REPLY=
  case $manager in
    apt-get)
      text=$(dpkg-query -W -f '${Status}|${Version}\n' -- "$1" 2>/dev/null) || return 1
      REPLY=$(printf '%s\n' "$text" | awk -F'|' '$1 ~ / installed$/ { print $2; exit }')
      ;;
    dnf | yum | zypper)
      text=$(rpm -q --qf '%{VERSION}-%{RELEASE}\n' -- "$1" 2>/dev/null) || return 1
      # Several versions of a kernel may be installed; the newest comes last.
      REPLY=${text##*$'\n'}
      ;;
    pacman)
      text=$(pacman -Q -- "$1" 2>/dev/null) || return 1
      case $text in
        "$1 "*) REPLY=${text#"$1 "} ;;
      esac
      ;;
    apk)
      text=$(apk info -v 2>/dev/null) || return 1
      REPLY=$(printf '%s\n' "$text" | wh_name=$1 awk '
        BEGIN { name = ENVIRON["wh_name"] "-" }
        index($1, name) == 1 && substr($1, length(name) + 1) ~ /^[0-9][^-]*-r[0-9]+$/ { print substr($1, length(name) + 1); exit }')
      ;;
    brew)
      wh_find_brew
      text=$("${brew[@]}" list --versions "$1" 2>/dev/null) || return 1
      REPLY=${text##* }
      ;;
  esac
  [ -n "$REPLY" ]
}
# The versions of NAME that the sources of this machine offer, one a line, newest first, in REPLY; 1 when there are none.
wh_versions_offered() {
  local text
  REPLY=
  case $manager in
    apt-get)
      text=$(apt-cache madison -- "$1" 2>/dev/null) || return 1
      REPLY=$(printf '%s\n' "$text" | awk -F' *[|] *' '/Packages *$/ { print $2 }')
      ;;
    dnf | yum)
      text=$("$manager" -q list --showduplicates -- "$1" 2>/dev/null) || return 1
      # A long name stands on a line of its own.
      REPLY=$(printf '%s\n' "$text" | wh_name=$1 awk '
        NF == 1 { held = $1; next }
        { name = $1; version = $2 }
        held != "" && NF == 2 { name = held; version = $1 }
        { held = ""; sub(/[.][^.]*$/, "", name) }
        name == ENVIRON["wh_name"] && !seen[version]++ { list = version (list == "" ? "" : "\n" list) }
        END { if (list != "") print list }')
      ;;
    zypper)
      text=$(zypper --non-interactive search --details --match-exact --type package -- "$1" 2>/dev/null) || return 1
      REPLY=$(printf '%s\n' "$text" | wh_name=$1 awk -F' *[|] *' '$2 == ENVIRON["wh_name"] { print $4 }')
      ;;
    pacman)
      text=$(pacman -Si --color never -- "$1" 2>/dev/null) || return 1
      REPLY=$(printf '%s\n' "$text" | awk '$1 == "Version" && $2 == ":" { print $3 }')
      ;;
    apk)
      text=$(apk policy "$1" 2>/dev/null) || return 1
      REPLY=$(printf '%s\n' "$text" | awk '
        /^  [0-9][^ ]*:$/ { sub(/:$/, "", $1); list = $1 (list == "" ? "" : "\n" list) }
        END { if (list != "") print list }')
      ;;
    brew)
      wh_find_brew
      text=$("${brew[@]}" info "$1" 2>/dev/null) || return 1
      REPLY=$(printf '%s\n' "$text" | awk 'NR < 4 && match($0, /stable [^ ,]+/) { print substr($0, RSTART + 7, RLENGTH - 7); exit }')
      REPLY=${REPLY:-any}
      ;;
  esac
  [ -n "$REPLY" ]
}
# Is the version HAVE what was ASKED for: the same, or the same but for an epoch and a package revision?
# 1.24 means 1.24-3 and 2:1.24.0-1~deb12, but not 1.240 and not 1.24~rc1.
wh_version_is() {
  local have=$1
  case $2 in
    *:*) ;;
    *) have=${have#*:} ;;
  esac
  case $have in
    "$2") return 0 ;;
    "$2"[.+:_^-]*) return 0 ;;
  esac
  return 1
}
# What is installed, one name a line.
wh_all_packages() {
  case $manager in
    apt-get) dpkg-query -W -f '${binary:Package} ${Status}\n' | awk '$NF == "installed" { print $1 }' ;;
    dnf | yum | zypper) rpm -qa --qf '%{NAME}\n' ;;
    pacman) pacman -Qq ;;
    apk) apk info ;;
    brew)
      wh_find_brew
      "${brew[@]}" list -1
      ;;
  esac | sort -u
}
