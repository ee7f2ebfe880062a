#!/bin/sh
. "$FAKE/packages.sh"
case "$1:$2:$3:$4:$#" in
  -q:--qf:'%{VERSION}-%{RELEASE}\n':--:5) if installed "$5"; then version_of "$5"; else echo "package $5 is not installed"; exit 1; fi ;;
  -qa:--qf:'%{NAME}\n'::3) ls "$FAKE/installed" ;;
  -qf:--qf:'%{NAME}\n':--:5) grep -Fx -- "$5" "$FAKE/owned" >/dev/null && echo vendor-app || { echo "file $5 is not owned by any package"; exit 1; } ;;
  -e:--test:--:*)
    shift 3
    all=" $* " status=0
    for name; do for other in $(needed_by "$name"); do case $all in *" $other "*) ;; *) status=1; [ -n "$said" ] || echo "error: Failed dependencies:"; said=1; printf '\t%s is needed by (installed) %s-1-1.x86_64\n' "$name" "$other" ;; esac; done; done
    exit $status
    ;;
  *) complain ;;
esac
