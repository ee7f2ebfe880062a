wh_reach() {
  REPLY="$(uname -n) answers: $(uname -s) $(uname -r) on $(uname -m)"
}
# How busy the processors are over one second; in REPLY as one sentence.
wh_cpu() {
  local percent='' text
  if [ -r /proc/stat ]; then
    wh_ticks
    local idle=$ticks_idle all=$ticks_all
    sleep 1
    wh_ticks
    idle=$((ticks_idle - idle)) all=$((ticks_all - all))
    if [ "$all" -gt 0 ]; then
      percent=$(((100 * (all - idle) + all / 2) / all))
    fi
  elif [ "$(uname -s)" = Darwin ]; then
    # The first sample covers the time since boot.
    percent=$(top -l 2 -n 0 -s 1 | awk '/^CPU usage/ { for (i = 1; i < NF; i++) if ($(i + 1) ~ /idle/) idle = $i } END { if (idle != "") printf "%.0f", 100 - idle }')
  else
    percent=$(vmstat 1 2 2>/dev/null | awk 'END { if ($NF ~ /^[0-9]+$/) print 100 - $NF }') || percent=
  fi
  if [ -z "$percent" ]; then
    wh_fail 'this machine does not say how busy its processors are'
  fi
  text=$(ps -eo pcpu= -o pid= -o comm= 2>/dev/null | sort -rn | awk 'NR <= 5 { printf "%5s %%  %7s  %s\n", $1, $2, $3 }') || text=
  if [ -n "$text" ]; then
    printf 'Busiest processes (share of one processor since each started, process, name):\n%s\n' "$text"
  fi
  REPLY="processors $percent % busy"
  wh_grade "$percent" 90 98 "$REPLY"
}
# proc(5): user nice system idle iowait irq softirq steal, in ticks since boot.
wh_ticks() {
  local label user nice system idle iowait irq softirq steal rest
  read -r label user nice system idle iowait irq softirq steal rest </proc/stat
  ticks_idle=$((idle + ${iowait:-0}))
  ticks_all=$((user + nice + system + idle + ${iowait:-0} + ${irq:-0} + ${softirq:-0} + ${steal:-0}))
}
# How much memory is in use; in REPLY as one sentence.
wh_memory() {
  local text='' percent
  if [ -r /proc/meminfo ]; then
    text=$(awk '
      { gsub(/:/, "", $1); kib[$1] = $2 }
      END {
        # Kernels before 3.14 do not estimate what is available.
        free = ("MemAvailable" in kib) ? kib["MemAvailable"] : kib["MemFree"] + kib["Buffers"] + kib["Cached"]
        print kib["MemTotal"], kib["MemTotal"] - free, kib["SwapTotal"] + 0, kib["SwapTotal"] - kib["SwapFree"]
      }' /proc/meminfo)
  elif [ "$(uname -s)" = Darwin ]; then
    text=$(vm_stat | wh_total=$(sysctl -n hw.memsize) awk '
      /page size of/ { for (i = 1; i <= NF; i++) if ($i ~ /^[0-9]+$/) page = $i }
      /^Pages (free|inactive|speculative|purgeable)/ { free += $NF }
      END { total = ENVIRON["wh_total"] / 1024; printf "%d %d 0 0\n", total, total - free * page / 1024 }')
  elif text=$(sysctl -n hw.physmem 2>/dev/null); then
    text=$(vmstat -s 2>/dev/null | wh_total=$text awk '
      /bytes per page/ { page = $1 }
      /pages (free|inactive)$/ { free += $1 }
      END { total = ENVIRON["wh_total"] / 1024; printf "%d %d 0 0\n", total, total - free * page / 1024 }')
  fi
  text=$(printf '%s\n' "$text" | awk '$1 > 0 {
    printf "%.0f memory %.0f %% in use, %.1f of %.1f GiB", 100 * $2 / $1, 100 * $2 / $1, $2 / 1048576, $1 / 1048576
    if ($3 > 0) printf "; swap %.0f %% of %.1f GiB", 100 * $4 / $3, $3 / 1048576 }')
  percent=${text%% *}
  if [ -z "$percent" ]; then
    wh_fail 'this machine does not say how much memory is in use'
  fi
  REPLY=${text#* }
  wh_grade "$percent" 90 95 "$REPLY"
}
# PERCENT WARN ERROR TEXT: TEXT at the level that PERCENT deserves.
wh_grade() {
  if [ "$1" -ge "$3" ]; then
    wh_error "$4"
  elif [ "$1" -ge "$2" ]; then
    wh_warn "$4"
  else
    wh_info "$4"
  fi
}
wh_health() {
  local text
  wh_reach
  wh_info "$REPLY"
  wh_uptime
  wh_info "$REPLY"
  text=$REPLY
  wh_cpu
  text="$REPLY; $text"
  wh_memory
  text="$REPLY; $text"
  wh_disk
  wh_detail "$REPLY; $text"
}
