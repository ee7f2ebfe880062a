# The processes that are meant by $process (a name, or an id in digits), in REPLY, one a line: id, parent, name. Those that
# have ended and only wait for their parent to notice are gone.
wh_find_processes() {
  local table
  table=$(ps -eo pid= -o ppid= -o stat= -o comm= 2>/dev/null) || wh_fail 'ps does not say what runs here'
  REPLY=$(printf '%s\n' "$table" | wh_process=$process awk '
    BEGIN { wanted = ENVIRON["wh_process"]; number = wanted ~ /^[0-9]+$/ }
    $3 ~ /^Z/ { next }
    {
      name = $0; sub(/^ *[^ ]+ +[^ ]+ +[^ ]+ +/, "", name); sub(/ +$/, "", name)
      # macOS gives the path of the program.
      base = name; if (base ~ /^\//) sub(/^.*\//, "", base)
      # A login shell is called -bash. The kernel of Linux keeps 15 bytes of a name.
      if (number ? $1 == wanted + 0 : (base == wanted || base == "-" wanted || (length(wanted) > 15 && base == substr(wanted, 1, 15)))) print $1, $2, base
    }')
}
# Which of the processes found are ours to end, in $targets (one id a line); $spared says which are not, and why.
wh_choose_targets() {
  local rest=$REPLY line id
  targets='' spared=''
  wh_find_kin
  while [ -n "$rest" ]; do
    line=${rest%%$'\n'*}
    rest=${rest#"$line"}
    rest=${rest#$'\n'}
    id=${line%% *}
    case $kin in
      *" $id "*)
        spared="${spared:+$spared, }process $id, which this connection runs in"
        continue
        ;;
    esac
    if [ "$id" -le 1 ]; then
      spared="${spared:+$spared, }process $id, which all others depend on"
    elif [ "$(cat /proc/2/comm 2>/dev/null)" = kthreadd ] && { [ "$id" -eq 2 ] || [ "$(printf '%s\n' "$line" | awk '{ print $2 }')" = 2 ]; }; then
      spared="${spared:+$spared, }process $id, which is a part of the kernel"
    else
      targets="$targets${targets:+$'\n'}$id"
    fi
  done
}
