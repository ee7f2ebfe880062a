# The files that Windows would take a command line to start, as CreateProcess cuts it: what is in quotes, or without them each
# part that ends before a space; .exe is added where it is missing.
function Get-WhStarted {
  param([string]$Line)

  $text = [System.Environment]::ExpandEnvironmentVariables($Line).Trim() -replace '^("?)\\(\?\?|\\\?)\\(?=[A-Za-z]:)', '$1'
  $parts = @()
  if ($text.StartsWith('"')) {
    $end = $text.IndexOf('"', 1)
    if ($end -gt 1) {
      $parts = @($text.Substring(1, $end - 1))
    }
  } else {
    $at = $text.IndexOf(' ')
    while ($at -ge 0) {
      $parts += $text.Substring(0, $at)
      $at = $text.IndexOf(' ', $at + 1)
    }
    $parts += $text
  }
  foreach ($part in $parts) {
    # Beyond the first argument with a colon or a quote there is no path any more.
    if ($part -match '^[A-Za-z]:[\\/][^<>:"|?*]+$') {
      $file = $part.Trim()
      if (-not $file.EndsWith('.exe', [System.StringComparison]::OrdinalIgnoreCase)) {
        $file = $file + '.exe'
      }
      $file
    }
  }
}
# The program of the service, as its command line says. An unquoted path with spaces may be cut in several places: the one
# where a file is. Where there are several, Windows takes the first, which somebody may have put there to be taken.
function Get-WhServiceProgram {
  $line = [string]$wh.Service.PathName
  $title = Get-WhServiceTitle
  $files = @(Get-WhStarted -Line $line)
  if ($files.Count -eq 0) {
    Stop-WhStep -Text ('{0} is not started by the full path of a program ({1}); copy the file to the path of its program' -f $title, $line)
  }
  $found = @($files | Where-Object -FilterScript { [System.IO.File]::Exists($_) })
  if ($found.Count -eq 0) {
    Stop-WhStep -Text ('the program that {0} runs does not exist, or {1} may not see it: {2}' -f $title, (Get-WhAccount), $line)
  }
  if ($found.Count -gt 1) {
    Stop-WhStep -Text ('the path of the program of {0} has no quotes, and both {1} and {2} are there; put the path into quotes first' -f $title, $found[0], $found[1])
  }
  return [System.IO.Path]::GetFullPath($found[0])
}
# A program that is no service: where it is when it runs, or where its setup said; stops when nobody knows.
function Find-WhInstalledProgram {
  param([object[]]$Services)

  $processes = @(Get-WhServiceProcess)
  if ($processes.Count -gt 0) {
    $path = [string]$processes[0].ExecutablePath
    Stop-WhStep -Text ('{0} is no service here and is still running as process {1} ({2}); end it first, then copy the file to that path' -f $wh_asked, $processes[0].ProcessId, $path)
  }
  $programs = @($wh_candidates | Where-Object -FilterScript { $_.EndsWith('.exe', [System.StringComparison]::OrdinalIgnoreCase) })
  foreach ($name in $programs) {
    $key = 'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\' + $name
    $path = ([string][Microsoft.Win32.Registry]::GetValue($key, '', '')).Trim().Trim('"')
    $file = @(Get-WhStarted -Line ('"' + $path + '"'))
    if ($file.Count -eq 1 -and [System.IO.File]::Exists($file[0])) {
      return [System.IO.Path]::GetFullPath($file[0])
    }
  }
  if ($programs.Count -gt 0) {
    Stop-WhStep -Text ('{0} is no service here, and where the program is cannot be told while it does not run; copy the file to its full path' -f $wh_asked)
  }
  $names = @($Services | ForEach-Object -Process { $_.Name; $_.DisplayName })
  Stop-WhStep -Text ('the service {0} is not installed here{1}' -f $wh_asked, (Get-WhSimilar -Names $names))
}
# The program that is meant. $wh.Service stays $null when it is no service's.
function Find-WhProgramFile {
  $services = Find-WhService
  if ($null -ne $wh.Service) {
    return Get-WhServiceProgram
  }
  return Find-WhInstalledProgram -Services $services
}
# Refuses what is not the site's own to replace, and what runs.
function Assert-WhReplaceable {
  param([string]$Program)

  $file = [System.IO.Path]::GetFileName($Program)
  $base = $file.ToLowerInvariant() -replace '\.exe$', ''
  if ($wh_hosts -contains $base -or $wh_hosts -contains ($base -replace '-?[0-9][0-9.]*w?$', '')) {
    Stop-WhStep -Text ('{0} is started by {1}, which runs the program that it is given, so {2} was left alone; copy the file to the path of the program itself' -f $wh_asked, $file, $Program)
  }
  $windows = [System.IO.Path]::GetDirectoryName([System.Environment]::SystemDirectory)
  if ($Program.StartsWith($windows + '\', [System.StringComparison]::OrdinalIgnoreCase)) {
    Stop-WhStep -Text ('{0}, which {1} runs, belongs to Windows; update Windows instead' -f $Program, $wh_asked)
  }
  if ($Program -match '\\(WindowsApps|chocolatey)\\') {
    Stop-WhStep -Text ('{0}, which {1} runs, belongs to a package; update that package instead' -f $Program, $wh_asked)
  }
  $running = @(Get-CimInstance -ClassName Win32_Process | Where-Object -FilterScript { $_.ExecutablePath -eq $Program })
  if ($running.Count -gt 0) {
    Stop-WhStep -Text ('{0} is still running as process {1}; stop it first' -f $Program, $running[0].ProcessId)
  }
}
function Set-WhProgram {
  Assert-WhAdministrator
  Assert-WhState
  $program = Find-WhProgramFile
  if ($null -ne $wh.Service) {
    if ($wh.Service.State -ne 'Stopped') {
      Stop-WhStep -Text ('{0} is still {1}; stop it first' -f (Get-WhServiceTitle), (Get-WhServiceState))
    }
    Save-WhNote -Name 'service' -Text $wh.Service.Name
  }
  Assert-WhReplaceable -Program $program
  Save-WhNote -Name 'program' -Text $program
  Copy-WhSentFile -Destination $program
}
function Test-WhProgram {
  # A program that is no service's may run again by now, so what was noted counts.
  $program = Get-WhNote -Name 'program'
  if ($null -eq $program) {
    $program = Find-WhProgramFile
  }
  Test-WhFileContent -Destination $program
}
function Undo-WhProgram {
  Assert-WhState
  $program = Get-WhNote -Name 'program'
  if ($null -eq $program) {
    Write-WhUnchanged -Text ('the program of {0} had not been touched, so there is nothing to undo' -f $wh_asked)
    return
  }
  Assert-WhAdministrator
  Undo-WhFileCopy -Destination $program
}
