wh_process_list() {
  local table sorted
  # BusyBox knows neither share; the time used so far stands in for it where it is known.
  if table=$(ps -eo pid= -o user= -o pcpu= -o pmem= -o rss= -o stat= -o comm= 2>/dev/null) && [ -n "$table" ]; then
    :
  elif table=$(ps -o pid= -o user= -o time= -o vsz= -o rss= -o stat= -o comm= 2>/dev/null) && [ -n "$table" ]; then
    wh_info 'this machine does not say how busy each process is; the columns are processor time and memory instead'
  elif table=$(ps -o pid= -o user= -o vsz= -o vsz= -o rss= -o stat= -o comm= 2>/dev/null) && [ -n "$table" ]; then
    wh_info 'this machine does not say how busy each process is, only how large'
    table=$(printf '%s\n' "$table" | awk '{ $3 = "-"; print }')
  else
    wh_fail 'ps does not say what runs here'
  fi
  sorted=$(printf '%s\n' "$table" | wh_order=$order wh_name=$process awk '
    function size(text,   unit) {
      # BusyBox shortens large sizes to 12m.
      unit = text ~ /g$/ ? 1048576 : text ~ /m$/ ? 1024 : 1
      return (text + 0) * unit
    }
    function seconds(text,   part, n, i, sum) {
      n = split(text, part, /[:-]/); sum = 0
      for (i = 1; i <= n; i++) sum = sum * 60 + part[i]
      return sum
    }
    $6 ~ /^Z/ { next }
    {
      name = $0; sub(/^ *[^ ]+ +[^ ]+ +[^ ]+ +[^ ]+ +[^ ]+ +[^ ]+ +/, "", name); sub(/ +$/, "", name)
      base = name; if (base ~ /^\//) sub(/^.*\//, "", base)
      wanted = ENVIRON["wh_name"]
      if (wanted != "" && base != wanted && base != "-" wanted && !(length(wanted) > 15 && base == substr(wanted, 1, 15))) next
      key = (ENVIRON["wh_order"] == "memory" || $3 == "-") ? size($5) : $3 ~ /:/ ? seconds($3) : $3 * 10
      printf "%d %7s %-14s %8s %8s %8.1f  %s\n", key, $1, $2, $3, $4, size($5) / 1024, base
    }' | sort -rn)
  if [ -z "$sorted" ]; then
    wh_detail "no process${process:+ called $process} runs"
    return 0
  fi
  printf '%7s %-14s %8s %8s %8s  %s\n' Process Account CPU Memory MiB Name
  printf '%s\n' "$sorted" | awk 'NR <= 25 { sub(/^[0-9]+ /, ""); print }'
  table=$(printf '%s\n' "$sorted" | wh_order=$order wh_name=$process awk '
    NR == 1 { first = $8; for (i = 9; i <= NF; i++) first = first " " $i; id = $2; cpu = $4; mib = $7 }
    END {
      most = (ENVIRON["wh_order"] == "memory" || cpu == "-") ? "the largest is " first " (process " id ") with " mib " MiB" : "the busiest is " first " (process " id ") with " cpu (cpu ~ /:/ ? " of processor time" : " % of one processor")
      print NR (NR == 1 ? " process" : " processes") (ENVIRON["wh_name"] == "" ? "" : " called " ENVIRON["wh_name"]) (NR > 25 ? " (the first 25 are shown)" : "") "; " most
    }')
  wh_detail "$table"
}
