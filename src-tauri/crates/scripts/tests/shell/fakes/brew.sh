#!/bin/sh
. "$FAKE/packages.sh"
[ "$BREW_AS" = owner ] && [ "$HOMEBREW_NO_AUTO_UPDATE" = 1 ] || { echo "Error: Running Homebrew as root is extremely dangerous and no longer supported."; exit 1; }
if [ "$1 $2" = 'list --versions' ]; then [ $# -eq 3 ] || complain; installed "$3" || exit 1; echo "$3 $(version_of "$3")"; exit 0; fi
case "$1:$#" in
  list:2) [ "$2" = -1 ] || complain; ls "$FAKE/installed" ;;
  info:2) [ -n "$(newest "$2")" ] || { echo "Error: No available formula with the name \"$2\"." >&2; exit 1; }; printf '==> %s: stable %s (bottled), HEAD\nHTTP server\n' "$2" "$(newest "$2")" ;;
  outdated:2) [ "$2" = --quiet ] || complain; pending ;;
  upgrade:1) upgrade ;;
  upgrade:2) installed "$2" || complain; put "$2" "$(newest "$2")" ;;
  update:1) refresh || { echo "Error: Fetching failed"; exit 1; } ;;
  install:2) [ -n "$(newest "$2")" ] || { echo "Error: No available formula"; exit 1; }; put "$2" "$(newest "$2")" ;;
  uninstall:*)
    shift
    for name; do for other in $(needed_by "$name"); do echo "Error: Refusing to uninstall $name because it is required by $other, which is currently installed."; exit 1; done; take "$name"; done
    ;;
  *) complain ;;
esac
