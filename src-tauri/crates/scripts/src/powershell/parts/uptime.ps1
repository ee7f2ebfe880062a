# How long the machine has been up, as one sentence.
function Get-WhUptime {
  $system = Get-CimInstance -ClassName Win32_OperatingSystem
  $up = (Get-Date) - $system.LastBootUpTime
  $since = $system.LastBootUpTime.ToUniversalTime()
  return 'up {0} d {1} h {2} min (since {3:yyyy-MM-dd HH:mm} UTC)' -f $up.Days, $up.Hours, $up.Minutes, $since
}
