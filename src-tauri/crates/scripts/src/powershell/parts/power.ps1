# When the machine was started, in units that do not depend on its clock's zone.
function Get-WhBootTime {
  return (Get-CimInstance -ClassName Win32_OperatingSystem).LastBootUpTime.ToUniversalTime().Ticks
}
# Whether it has been started since the step began. The boot time is reckoned from the clock, which may have been set by
# some seconds meanwhile.
function Test-WhRestarted {
  return [long](Get-WhBootTime) - [long](Get-WhNote -Name 'boot') -ge 300000000
}
# Has Windows restart (/r) or turn off (/s) the machine ten seconds from now, so that this script can report.
function Stop-WhMachine {
  param([string]$How, [string]$Text)

  Assert-WhAdministrator
  Assert-WhState
  Save-WhNote -Name 'boot' -Text ([string](Get-WhBootTime))
  if (Test-WhRestarted) {
    Write-WhUnchanged -Text 'the machine has been restarted since this step began'
    return
  }
  $shutdown = [System.IO.Path]::Combine([System.Environment]::SystemDirectory, 'shutdown.exe')
  $code = Invoke-WhProgram -Path $shutdown -Arguments @($How, '/t', '10', '/d', 'p:0:0', '/c', 'Asked for by an operator') -Seconds 60 -Quiet
  # 1190: one is under way already.
  if ($code -eq 1190) {
    Write-WhUnchanged -Text 'Windows was about to restart or turn off already'
    return
  }
  if ($code -ne 0) {
    Stop-WhStep -Text ('Windows refused: {0}' -f $wh.LastWords)
  }
  Write-WhChanged -Text $Text
}
# A machine that answers has to have been started since the step began.
function Test-WhRestart {
  $note = Get-WhNote -Name 'boot'
  $now = Get-WhBootTime
  $since = (New-Object -TypeName System.DateTime -ArgumentList ([long]$now)).ToString('yyyy-MM-dd HH:mm')
  if ($null -ne $note -and -not (Test-WhRestarted)) {
    Stop-WhStep -Text ('the machine has not restarted, it has been up since {0} UTC' -f $since)
  }
  if ($null -eq $note) {
    Write-WhWarning -Text 'when it was up since before is not known any more'
  }
  Write-WhDetail -Text ('the machine has been up since {0} UTC' -f $since)
}
# Whoever can run this has not been turned off.
function Test-WhTurnedOff {
  Stop-WhStep -Text 'the machine still answers, so it is not turned off'
}
