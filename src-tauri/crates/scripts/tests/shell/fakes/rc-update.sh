#!/bin/sh
# rc-update(8) of OpenRC: $FAKE/levels/NAME holds the runlevels of NAME.
complain() { echo "rc-update $given" >>"$FAKE/complaints"; exit 64; }
given="$*"
mkdir -p "$FAKE/levels"
case "$#:$1" in
  1:show) printf '%20s | %s\n' nginx default sshd default; cd "$FAKE/levels" && for name in *; do [ ! -s "$name" ] || printf '%20s | %s\n' "$name" "$(cat "$name" | tr '\n' ' ')"; done ;;
  3:add) echo "$3" >>"$FAKE/levels/$2" ;;
  3:del) grep -Fxq -- "$3" "$FAKE/levels/$2" || { echo " * rc-update: service \`$2' is not in the runlevel \`$3'" >&2; exit 1; }; grep -Fxv -- "$3" "$FAKE/levels/$2" >"$FAKE/left"; mv "$FAKE/left" "$FAKE/levels/$2" ;;
  *) complain ;;
esac
exit 0
