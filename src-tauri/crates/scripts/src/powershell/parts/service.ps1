# Every service, read at once (Win32_Service).
function Get-WhService {
  return @(Get-CimInstance -ClassName Win32_Service)
}
# The service a candidate names: by name, by display name, or by the program that only it runs; $null when there is none.
function Select-WhService {
  param([object[]]$Services, [string]$Name)

  foreach ($service in $Services) {
    if ($service.Name -eq $Name) {
      return $service
    }
  }
  $named = @($Services | Where-Object -FilterScript { $_.DisplayName -eq $Name })
  if ($named.Count -eq 1) {
    return $named[0]
  }
  if ($Name.EndsWith('.exe', [System.StringComparison]::OrdinalIgnoreCase)) {
    $pattern = '(^|[\\/"])' + [System.Text.RegularExpressions.Regex]::Escape($Name) + '("|\s|$)'
    $running = @($Services | Where-Object -FilterScript { $_.PathName -match $pattern })
    if ($running.Count -eq 1) {
      return $running[0]
    }
  }
  return $null
}
# Finds the service: the one an earlier script of this step worked on, or the first candidate that exists here. It is
# kept in $wh.Service, which is $null when there is none; gives all services.
function Find-WhService {
  $services = Get-WhService
  $wh.Service = $null
  $names = @($wh_candidates)
  if ($wh.State -ne '') {
    $note = [System.IO.Path]::Combine($wh.State, 'service')
    if ([System.IO.File]::Exists($note)) {
      $names = @([System.IO.File]::ReadAllText($note)) + $names
    }
  }
  foreach ($name in $names) {
    $service = Select-WhService -Services $services -Name $name
    if ($null -ne $service) {
      $wh.Service = $service
      break
    }
  }
  return $services
}
# The processes that run the program a candidate names.
function Get-WhServiceProcess {
  $names = @($wh_candidates | ForEach-Object -Process { ($_ -replace '\.exe$', '') + '.exe' })
  return @(Get-CimInstance -ClassName Win32_Process | Where-Object -FilterScript { $names -contains $_.Name })
}
function Assert-WhService {
  $services = Find-WhService
  if ($null -ne $wh.Service) {
    return
  }
  $processes = @(Get-WhServiceProcess)
  if ($processes.Count -gt 0) {
    Stop-WhStep -Text ('{0} is not a service here but a program, which runs as process {1}; Windows can only control services' -f $wh_asked, $processes[0].ProcessId)
  }
  $names = @($services | ForEach-Object -Process { $_.Name; $_.DisplayName })
  Stop-WhStep -Text ('the service {0} is not installed here{1}' -f $wh_asked, (Get-WhSimilar -Names $names))
}
# Reads the service again. A name that the machine has given is safe in a query once its quotes are escaped.
function Update-WhService {
  $name = $wh.Service.Name.Replace('\', '\\').Replace("'", "\'")
  $service = Get-CimInstance -ClassName Win32_Service -Filter ("Name = '" + $name + "'")
  if ($null -eq $service) {
    Stop-WhStep -Text ('the service {0} has been removed meanwhile' -f $wh.Service.Name)
  }
  $wh.Service = $service
}
# The service with what it is called in the list of services.
function Get-WhServiceTitle {
  $service = $wh.Service
  if ($service.DisplayName -and $service.DisplayName -ne $service.Name) {
    return '{0} ({1})' -f $service.Name, $service.DisplayName
  }
  return $service.Name
}
# Its state in one half of a sentence.
function Get-WhServiceState {
  $service = $wh.Service
  $text = ([string]$service.State).ToLowerInvariant()
  if ($service.ProcessId -gt 0) {
    $text = $text + (', process {0}' -f $service.ProcessId)
  }
  # 1077: it has not been started since the machine was; 1066: the service has a code of its own.
  if ($service.State -eq 'Stopped' -and $service.ExitCode -ne 0 -and $service.ExitCode -ne 1077) {
    $code = $service.ExitCode
    if ($code -eq 1066) {
      $code = $service.ServiceSpecificExitCode
    }
    $text = $text + (', ended with code {0}' -f (Format-WhExitCode -Code $code))
  }
  return $text
}
function Get-WhStartMode {
  switch ([string]$wh.Service.StartMode) {
    'Auto' { return 'starts with the machine' }
    'Manual' { return 'starts on demand' }
    'Disabled' { return 'is disabled' }
    default { return 'start mode {0}' -f $wh.Service.StartMode }
  }
}
