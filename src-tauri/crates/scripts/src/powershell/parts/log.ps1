# The newest entries of a log that fit, newest first; of all providers when there are none named.
function Get-WhLogEntry {
  param([string]$Log, [int]$Most)

  try {
    return @(Get-WinEvent -LogName $Log -MaxEvents $Most -ErrorAction Stop)
  } catch {
    # An empty log is an error to Get-WinEvent.
    if ($_.FullyQualifiedErrorId -like 'NoMatchingEventsFound*') {
      return @()
    }
    Stop-WhStep -Text ('the account {0} cannot read the log {1}: {2}' -f (Get-WhAccount), $Log, $_.Exception.Message)
  }
}
# Whether an entry is of the service: its own, or the service control manager's words about it.
function Test-WhLogEntry {
  param([object]$Entry, [string[]]$Names)

  if ($Names.Count -eq 0 -or $Names -contains $Entry.ProviderName) {
    return $true
  }
  if ($Entry.ProviderName -ne 'Service Control Manager') {
    return $false
  }
  $message = [string]$Entry.Message
  foreach ($name in $Names) {
    if ($message.IndexOf($name, [System.StringComparison]::OrdinalIgnoreCase) -ge 0) {
      return $true
    }
  }
  return $false
}
function Show-WhLog {
  $names = @()
  $whose = 'the system''s log'
  if ($wh_asked -ne '') {
    $names = @($wh_candidates)
    $null = Find-WhService
    if ($null -ne $wh.Service) {
      $names += @($wh.Service.Name, $wh.Service.DisplayName)
    }
    # A program's entries carry its name without .exe.
    $names += @($names | ForEach-Object -Process { $_ -replace '\.exe$', '' })
    $names = @($names | Where-Object -FilterScript { $_ } | Sort-Object -Unique)
    $whose = 'the log of ' + $wh_asked
  }
  $wanted = [int]$wh_lines
  # How far back is looked where entries are left out: their text takes time to read.
  $most = $wanted
  if ($names.Count -gt 0 -or $wh_text -ne '') {
    $most = [Math]::Max($wanted, 5000)
  }
  $clock = [System.Diagnostics.Stopwatch]::StartNew()
  $late = $false
  $oldest = $null
  $found = @()
  foreach ($log in 'System', 'Application') {
    $kept = 0
    foreach ($entry in @(Get-WhLogEntry -Log $log -Most $most)) {
      if ($clock.Elapsed.TotalSeconds -gt 150) {
        $late = $true
        break
      }
      if ($null -eq $oldest -or $entry.TimeCreated -lt $oldest) {
        $oldest = $entry.TimeCreated
      }
      if (-not (Test-WhLogEntry -Entry $entry -Names $names)) {
        continue
      }
      $line = '{0:yyyy-MM-dd HH:mm:ss} {1,-11} {2} [{3}] {4}' -f $entry.TimeCreated, $entry.LevelDisplayName, $entry.ProviderName, $entry.Id, ([string]$entry.Message -replace '\s+', ' ')
      if ($wh_text -ne '' -and $line.IndexOf($wh_text, [System.StringComparison]::OrdinalIgnoreCase) -lt 0) {
        continue
      }
      $found += New-Object -TypeName PSObject -Property @{ Time = $entry.TimeCreated; Line = $line }
      $kept++
      if ($kept -ge $wanted) {
        break
      }
    }
  }
  $found = @($found | Sort-Object -Property Time | Select-Object -Last $wanted)
  foreach ($entry in $found) {
    Write-WhLine -Text $entry.Line
  }
  if ($late) {
    Write-WhWarning -Text 'reading the log took too long, so older entries were not looked at'
  }
  $text = '{0} lines of {1}' -f $found.Count, $whose
  if ($wh_text -ne '') {
    $text = $text + ' hold that text'
  }
  if ($null -ne $oldest) {
    $text = $text + ('; looked back to {0:yyyy-MM-dd HH:mm}' -f $oldest)
  }
  Write-WhDetail -Text $text
}
