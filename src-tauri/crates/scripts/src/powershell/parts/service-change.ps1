# The controller of the service, by the exact name that the machine has given.
function Get-WhController {
  $name = $wh.Service.Name
  $found = @(Get-Service -ErrorAction SilentlyContinue | Where-Object -FilterScript { $_.Name -eq $name })
  if ($found.Count -eq 0) {
    Stop-WhStep -Text ('the account {0} may not control the service {1}' -f (Get-WhAccount), $name)
  }
  return $found[0]
}
# What the service control manager has said of the service since then; empty when nothing.
function Get-WhServiceWords {
  param([datetime]$Since)

  $events = @(Get-WinEvent -FilterHashtable @{ LogName = 'System'; ProviderName = 'Service Control Manager'; StartTime = $Since } -MaxEvents 50 -ErrorAction SilentlyContinue)
  foreach ($entry in $events) {
    $message = [string]$entry.Message
    if ($entry.Level -le 3 -and ($message.Contains($wh.Service.DisplayName) -or $message.Contains($wh.Service.Name))) {
      return ': ' + ($message -replace '\s+', ' ')
    }
  }
  return ''
}
# Waits for at most two minutes until the service is in the state wanted.
function Wait-WhService {
  param([string]$Wanted, [string]$Verb, [datetime]$Since)

  $clock = [System.Diagnostics.Stopwatch]::StartNew()
  while ($true) {
    Update-WhService
    if ($wh.Service.State -eq $Wanted) {
      break
    }
    if ($Wanted -eq 'Running' -and $wh.Service.State -eq 'Stopped' -and $clock.Elapsed.TotalSeconds -ge 10) {
      Stop-WhStep -Text ('{0} did not {1}, it is {2}{3}' -f (Get-WhServiceTitle), $Verb, (Get-WhServiceState), (Get-WhServiceWords -Since $Since))
    }
    if ($clock.Elapsed.TotalSeconds -ge 120) {
      Stop-WhStep -Text ('{0} did not {1} within two minutes, it is {2}{3}' -f (Get-WhServiceTitle), $Verb, (Get-WhServiceState), (Get-WhServiceWords -Since $Since))
    }
    Start-Sleep -Milliseconds 500
  }
  # It must stay so: a service that ends at once or comes back at once is not what was asked for.
  $first = $wh.Service.ProcessId
  Start-Sleep -Seconds 2
  Update-WhService
  if ($wh.Service.State -ne $Wanted -or $wh.Service.ProcessId -ne $first) {
    Stop-WhStep -Text ('{0} did not stay {1}, it is {2}{3}' -f (Get-WhServiceTitle), $Wanted.ToLowerInvariant(), (Get-WhServiceState), (Get-WhServiceWords -Since $Since))
  }
}
# Has the service start; it was found before.
function Start-WhFoundService {
  if ($wh.Service.StartMode -eq 'Disabled') {
    Stop-WhStep -Text ('{0} is disabled; enable it first' -f (Get-WhServiceTitle))
  }
  $since = (Get-Date).AddSeconds(-1)
  if ($wh.Service.State -ne 'Start Pending') {
    try {
      (Get-WhController).Start()
    } catch {
      if ($wh.Stopped) {
        throw
      }
      $reason = $_.Exception.GetBaseException().Message
      Update-WhService
      Stop-WhStep -Text ('{0} failed to start: {1}{2}' -f (Get-WhServiceTitle), $reason, (Get-WhServiceWords -Since $since))
    }
  }
  Wait-WhService -Wanted 'Running' -Verb 'start' -Since $since
}
# Has the service stop, unless services that run need it: nobody has approved to stop those too.
function Stop-WhFoundService {
  $since = (Get-Date).AddSeconds(-1)
  if ($wh.Service.State -ne 'Stop Pending') {
    $controller = Get-WhController
    $needing = @($controller.DependentServices | Where-Object -FilterScript { $_.Status -ne 'Stopped' } | ForEach-Object -Process { $_.ServiceName })
    if ($needing.Count -gt 0) {
      Stop-WhStep -Text ('{0} cannot be stopped, because services that run need it: {1}; stop those first' -f (Get-WhServiceTitle), ($needing -join ', '))
    }
    if (-not $controller.CanStop) {
      Stop-WhStep -Text ('{0} is {1} and cannot be stopped' -f (Get-WhServiceTitle), (Get-WhServiceState))
    }
    try {
      $controller.Stop()
    } catch {
      $reason = $_.Exception.GetBaseException().Message
      Stop-WhStep -Text ('{0} failed to stop: {1}{2}' -f (Get-WhServiceTitle), $reason, (Get-WhServiceWords -Since $since))
    }
  }
  Wait-WhService -Wanted 'Stopped' -Verb 'stop' -Since $since
}
# Finds the service and notes how it is.
function Initialize-WhServiceChange {
  Assert-WhAdministrator
  Assert-WhState
  Assert-WhService
  Save-WhNote -Name 'service' -Text $wh.Service.Name
  Save-WhNote -Name 'was' -Text ([string]$wh.Service.State)
  Save-WhNote -Name 'mode' -Text (Get-WhFullStartMode)
}
# Auto, Manual, Disabled and so on, or Delayed for an automatic start that waits a while.
function Get-WhFullStartMode {
  # Win32_Service says this only since Windows 10.
  $key = 'HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\' + $wh.Service.Name
  if ($wh.Service.StartMode -eq 'Auto' -and [Microsoft.Win32.Registry]::GetValue($key, 'DelayedAutostart', 0) -eq 1) {
    return 'Delayed'
  }
  return [string]$wh.Service.StartMode
}

function Start-WhService {
  Initialize-WhServiceChange
  if ($wh.Service.State -eq 'Running') {
    Write-WhUnchanged -Text ('{0} was running already' -f (Get-WhServiceTitle))
    return
  }
  Start-WhFoundService
  Write-WhChanged -Text ('{0} was started: {1}' -f (Get-WhServiceTitle), (Get-WhServiceState))
}
function Stop-WhService {
  Initialize-WhServiceChange
  if ($wh.Service.State -eq 'Stopped') {
    Write-WhUnchanged -Text ('{0} was not running' -f (Get-WhServiceTitle))
    return
  }
  Stop-WhFoundService
  Write-WhChanged -Text ('{0} was stopped' -f (Get-WhServiceTitle))
}
function Restart-WhService {
  Initialize-WhServiceChange
  # Known before anything is stopped, because it could not be started again.
  if ($wh.Service.StartMode -eq 'Disabled') {
    Stop-WhStep -Text ('{0} is disabled, so it could not be started again; enable it first' -f (Get-WhServiceTitle))
  }
  if ($wh.Service.State -ne 'Stopped') {
    Stop-WhFoundService
  }
  Write-WhProgress -Percent 50
  Start-WhFoundService
  Write-WhChanged -Text ('{0} was restarted: {1}' -f (Get-WhServiceTitle), (Get-WhServiceState))
}
function Update-WhServiceConfiguration {
  Assert-WhService
  Stop-WhStep -Text ('{0} was left alone: Windows has no way to have a service read its configuration again; restart it instead' -f (Get-WhServiceTitle))
}
function Set-WhServiceMode {
  param([string]$Mode)

  switch ($Mode) {
    'Auto' { Set-Service -Name $wh.Service.Name -StartupType Automatic }
    'Manual' { Set-Service -Name $wh.Service.Name -StartupType Manual }
    'Disabled' { Set-Service -Name $wh.Service.Name -StartupType Disabled }
    'Delayed' {
      # Set-Service of Windows PowerShell 5.1 knows no delayed start.
      $sc = [System.IO.Path]::Combine([System.Environment]::SystemDirectory, 'sc.exe')
      $code = Invoke-WhProgram -Path $sc -Arguments @('config', $wh.Service.Name, 'start=', 'delayed-auto') -Seconds 60 -Quiet
      if ($code -ne 0) {
        Stop-WhStep -Text ('the start mode of {0} cannot be set: {1}' -f (Get-WhServiceTitle), $wh.LastWords)
      }
    }
    default { Stop-WhStep -Text ('{0} had the start mode {1}, which is not set from here' -f (Get-WhServiceTitle), $Mode) }
  }
  Update-WhService
}
function Enable-WhService {
  Initialize-WhServiceChange
  if (@('Auto', 'Boot', 'System') -contains $wh.Service.StartMode) {
    Write-WhUnchanged -Text ('{0} starts with the machine already' -f (Get-WhServiceTitle))
    return
  }
  Set-WhServiceMode -Mode 'Auto'
  Write-WhChanged -Text ('{0} starts with the machine from now on' -f (Get-WhServiceTitle))
}
function Disable-WhService {
  Initialize-WhServiceChange
  if (@('Boot', 'System') -contains $wh.Service.StartMode) {
    Stop-WhStep -Text ('{0} is a driver that Windows needs to start, so it is not disabled from here' -f (Get-WhServiceTitle))
  }
  if ($wh.Service.StartMode -eq 'Disabled') {
    Write-WhUnchanged -Text ('{0} was disabled already' -f (Get-WhServiceTitle))
    return
  }
  Set-WhServiceMode -Mode 'Disabled'
  Write-WhChanged -Text ('{0} is disabled; it is {1}' -f (Get-WhServiceTitle), (Get-WhServiceState))
}
function Undo-WhServiceMode {
  Assert-WhState
  $mode = Get-WhNote -Name 'mode'
  if ($null -eq $mode) {
    Write-WhUnchanged -Text ('nothing had been done to {0}, so there is nothing to undo' -f $wh_asked)
    return
  }
  Assert-WhAdministrator
  Assert-WhService
  if ((Get-WhFullStartMode) -eq $mode) {
    Write-WhUnchanged -Text ('{0} {1}, as before' -f (Get-WhServiceTitle), (Get-WhStartMode))
    return
  }
  Set-WhServiceMode -Mode $mode
  Write-WhChanged -Text ('{0} {1} again, as before' -f (Get-WhServiceTitle), (Get-WhStartMode))
}
function Undo-WhServiceState {
  Assert-WhState
  $was = Get-WhNote -Name 'was'
  if ($null -eq $was) {
    Write-WhUnchanged -Text ('nothing had been done to {0}, so there is nothing to undo' -f $wh_asked)
    return
  }
  Assert-WhAdministrator
  Assert-WhService
  $now = [string]$wh.Service.State
  if (@('Running', 'Start Pending', 'Continue Pending') -contains $was) {
    if ($now -eq 'Running') {
      Write-WhUnchanged -Text ('{0} runs, as before' -f (Get-WhServiceTitle))
      return
    }
    Start-WhFoundService
    Write-WhChanged -Text ('{0} runs again, as before' -f (Get-WhServiceTitle))
  } elseif (@('Stopped', 'Stop Pending') -contains $was) {
    if ($now -eq 'Stopped') {
      Write-WhUnchanged -Text ('{0} is stopped, as before' -f (Get-WhServiceTitle))
      return
    }
    Stop-WhFoundService
    Write-WhChanged -Text ('{0} is stopped again, as before' -f (Get-WhServiceTitle))
  } else {
    Stop-WhStep -Text ('{0} was {1} before, which is not brought back from here; it is {2}' -f (Get-WhServiceTitle), $was.ToLowerInvariant(), (Get-WhServiceState))
  }
}
