function Show-WhService {
  $services = Find-WhService
  if ($null -eq $wh.Service) {
    Show-WhServiceProcess -Services $services
    return
  }
  $text = '{0} is {1}, {2}' -f (Get-WhServiceTitle), (Get-WhServiceState), (Get-WhStartMode)
  $code = $wh.Service.ExitCode
  if ($wh.Service.State -eq 'Running') {
    Write-WhInfo -Text $text
  } elseif ($wh.Service.State -eq 'Stopped' -and $code -ne 0 -and $code -ne 1077) {
    Write-WhError -Text $text
  } else {
    Write-WhWarning -Text $text
  }
  Write-WhDetail -Text $text
}
# A name that no service has may be a program's.
function Show-WhServiceProcess {
  param([object[]]$Services)

  $processes = @(Get-WhServiceProcess)
  if ($processes.Count -gt 0) {
    foreach ($process in $processes) {
      Write-WhLine -Text ('{0,7}  {1,9:F1} MiB  since {2:yyyy-MM-dd HH:mm:ss}  {3}' -f $process.ProcessId, ($process.WorkingSetSize / 1048576), $process.CreationDate, $process.Name)
    }
    $text = '{0} runs as process {1}; it is not a service' -f $processes[0].Name, (@($processes | ForEach-Object -Process { $_.ProcessId }) -join ', ')
    Write-WhInfo -Text $text
    Write-WhDetail -Text $text
    return
  }
  if (@($wh_candidates | Where-Object -FilterScript { $_ -match '\.exe$' }).Count -gt 0) {
    $text = 'no process {0} runs, and no service is called that' -f $wh_asked
    Write-WhWarning -Text $text
    Write-WhDetail -Text $text
    return
  }
  $names = @($Services | ForEach-Object -Process { $_.Name; $_.DisplayName })
  Stop-WhStep -Text ('there is neither a service nor a process called {0} here{1}' -f $wh_asked, (Get-WhSimilar -Names $names))
}
function Test-WhServiceState {
  Assert-WhService
  $text = '{0} is {1}' -f (Get-WhServiceTitle), (Get-WhServiceState)
  if ($wh.Service.State -ne $wh_wanted) {
    Stop-WhStep -Text $text
  }
  Write-WhDetail -Text $text
}
function Test-WhServiceStart {
  Assert-WhService
  $text = '{0} {1}' -f (Get-WhServiceTitle), (Get-WhStartMode)
  # What starts with the kernel starts with the machine.
  $early = $wh_wanted -eq 'Auto' -and @('Boot', 'System') -contains $wh.Service.StartMode
  if ($wh.Service.StartMode -ne $wh_wanted -and -not $early) {
    Stop-WhStep -Text $text
  }
  Write-WhDetail -Text $text
}
function Show-WhServiceList {
  $services = @(Get-WhService | Sort-Object -Property Name)
  $all = $services.Count
  if ($wh_filter -eq 'running') {
    $services = @($services | Where-Object -FilterScript { $_.State -eq 'Running' })
  } elseif ($wh_filter -eq 'failed') {
    $services = @($services | Where-Object -FilterScript { Test-WhServiceFailed -Service $_ })
  }
  Write-WhLine -Text ('{0,-40} {1,-14} {2,-9} {3}' -f 'Name', 'State', 'Start', 'Display name')
  foreach ($service in $services) {
    Write-WhLine -Text ('{0,-40} {1,-14} {2,-9} {3}' -f $service.Name, $service.State, $service.StartMode, $service.DisplayName)
  }
  switch ($wh_filter) {
    'running' { Write-WhDetail -Text ('{0} of {1} services run' -f $services.Count, $all) }
    'failed' {
      foreach ($service in $services) {
        Write-WhWarning -Text ('{0} ({1}) does not run; exit code {2}' -f $service.Name, $service.DisplayName, $service.ExitCode)
      }
      Write-WhDetail -Text ('{0} of {1} services have failed' -f $services.Count, $all)
    }
    default { Write-WhDetail -Text ('{0} services' -f $all) }
  }
}
# It stopped with an error, or should run by itself and does not. One that waits for a trigger is not expected to run.
function Test-WhServiceFailed {
  param([object]$Service)

  if ($Service.State -ne 'Stopped') {
    return $false
  }
  if ($Service.ExitCode -ne 0 -and $Service.ExitCode -ne 1077) {
    return $true
  }
  $triggers = 'HKLM:\SYSTEM\CurrentControlSet\Services\' + $Service.Name + '\TriggerInfo'
  return $Service.StartMode -eq 'Auto' -and -not (Test-Path -LiteralPath $triggers)
}
