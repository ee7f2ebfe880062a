#!/bin/sh
. "$FAKE/packages.sh"
case "$1:$2:$3:$4:$#" in
  -W:-f:'${Status}|${Version}\n':--:5)
    if installed "$5"; then echo "install ok installed|$(version_of "$5")"
    elif [ -e "$FAKE/removed-$5" ]; then echo "deinstall ok config-files|0.9"
    else echo "dpkg-query: no packages found matching $5" >&2; exit 1; fi
    ;;
  -W:-f:'${binary:Package} ${Status}\n'::3) for name in $(ls "$FAKE/installed"); do echo "$name install ok installed"; done; echo "gone deinstall ok config-files" ;;
  # $FAKE/owners: PACKAGE: PATH, and diversions. The argument is a pattern in which a \ takes a meaning away.
  -S:--:*::3)
    status=1
    while IFS= read -r line; do
      case ${line#*: } in $3) echo "$line"; status=0 ;; esac
    done <"$FAKE/owners"
    [ $status = 0 ] || echo "dpkg-query: no path found matching pattern $3" >&2
    exit $status
    ;;
  *) complain ;;
esac
