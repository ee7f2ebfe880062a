#!/bin/sh
. "$FAKE/packages.sh"
case "$*" in
  '-Q -- '*) [ $# -eq 3 ] || complain; if installed "$3"; then echo "$3 $(version_of "$3")"; else echo "error: package '$3' was not found" >&2; exit 1; fi; exit 0 ;;
  '-Qq') ls "$FAKE/installed"; exit 0 ;;
  '-Qu --color never') for name in $(pending); do echo "$name $(version_of "$name") -> $(newest "$name")"; done; echo "kept 1-1 -> 2-1 [ignored]"; exit 0 ;;
  '-Si --color never -- '*) [ $# -eq 5 ] || complain; [ -n "$(newest "$5")" ] || { echo "error: package '$5' was not found" >&2; exit 1; }; printf 'Repository      : extra\nName            : %s\nVersion         : %s\nDescription     : Version : 9\n\n' "$5" "$(newest "$5")"; exit 0 ;;
esac
if locked; then echo "error: failed to synchronize all databases (unable to lock database)"; exit 1; fi
case "$*" in
  '-Sy --noconfirm --noprogressbar') refresh || { echo "error: failed to synchronize all databases (failed to retrieve some files)"; exit 1; } ;;
  '-S --noconfirm --noprogressbar --needed -- '*) [ $# -eq 6 ] || complain; [ -n "$(newest "$6")" ] || { echo "error: target not found: $6"; exit 1; }; put "$6" "$(newest "$6")" ;;
  '-Su --noconfirm --noprogressbar') upgrade ;;
  '-R --noconfirm --noprogressbar -- '*)
    shift 4
    all=" $* "
    for name; do installed "$name" || { echo "error: target not found: $name"; exit 1; }; for other in $(needed_by "$name"); do case $all in *" $other "*) ;; *) echo "error: failed to prepare transaction (could not satisfy dependencies)"; echo ":: removing $name breaks dependency '$name' required by $other"; exit 1 ;; esac; done; done
    for name; do take "$name"; done
    ;;
  *) complain ;;
esac
