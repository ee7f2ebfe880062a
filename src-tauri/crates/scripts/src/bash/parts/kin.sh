# This shell and what it runs in, up to the connection and the program that took it: their process ids in $kin, between
# spaces, and the numbers of their accounts in $kin_uids.
wh_find_kin() {
  local process=$$ text
  kin=' ' kin_uids=" ${SUDO_UID:-} "
  while [ "$process" -gt 1 ]; do
    kin="$kin$process "
    if [ -r "/proc/$process/status" ]; then
      text=$(awk '$1 == "PPid:" { parent = $2 } $1 == "Uid:" { uid = $2 } END { print parent, uid }' "/proc/$process/status" 2>/dev/null) || text=
    else
      text=$(ps -o ppid= -o uid= -p "$process" 2>/dev/null | awk '{ print $1, $2 }') || text=
    fi
    kin_uids="$kin_uids${text#* } "
    process=${text%% *}
    case $process in
      '' | *[!0-9]*) break ;;
    esac
  done
}
