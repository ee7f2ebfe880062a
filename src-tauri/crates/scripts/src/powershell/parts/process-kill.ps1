# The processes that are meant; refuses when Windows, or this connection, needs one of them.
function Find-WhVictim {
  $all = @(Get-CimInstance -ClassName Win32_Process)
  if ($wh_process -match '^[0-9]+$') {
    $victims = @($all | Where-Object -FilterScript { [string]$_.ProcessId -eq $wh_process })
  } else {
    $name = ($wh_process -replace '\.exe$', '') + '.exe'
    $victims = @($all | Where-Object -FilterScript { $_.Name -eq $name -or $_.Name -eq $wh_process })
  }
  $ours = @(Get-WhAncestor -All $all)
  foreach ($victim in $victims) {
    if ($victim.ProcessId -le 4 -or $wh_protected -contains $victim.Name) {
      Stop-WhStep -Text ('{0} (process {1}) belongs to Windows, which cannot run without it, so nothing was ended' -f $victim.Name, $victim.ProcessId)
    }
    if ($ours -contains $victim.ProcessId) {
      Stop-WhStep -Text ('{0} (process {1}) carries this very connection, so nothing was ended' -f $victim.Name, $victim.ProcessId)
    }
  }
  return $victims
}
# This process and those that started it. A number may have been given to a younger process since: that one is no ancestor.
function Get-WhAncestor {
  param([object[]]$All)

  $ids = @($PID)
  $current = @($All | Where-Object -FilterScript { $_.ProcessId -eq $PID })
  while ($current.Count -gt 0 -and $ids.Count -lt 64) {
    $child = $current[0]
    $current = @($All | Where-Object -FilterScript { $_.ProcessId -eq $child.ParentProcessId -and $_.CreationDate -le $child.CreationDate -and $ids -notcontains $_.ProcessId })
    if ($current.Count -gt 0) {
      $ids += $current[0].ProcessId
    }
  }
  return $ids
}
# A process is the same one only with the moment it was started: numbers are given again.
function Get-WhProcessMark {
  param([object]$Process)

  $started = 0
  if ($null -ne $Process.CreationDate) {
    $started = $Process.CreationDate.ToUniversalTime().Ticks
  }
  return '{0}@{1}' -f $Process.ProcessId, $started
}
# Those of the marks that still run.
function Get-WhLiving {
  param([string[]]$Marks)

  return @(Get-CimInstance -ClassName Win32_Process | Where-Object -FilterScript { $Marks -contains (Get-WhProcessMark -Process $_) })
}
function Wait-WhEnd {
  param([string[]]$Marks, [int]$Seconds)

  $clock = [System.Diagnostics.Stopwatch]::StartNew()
  while (@(Get-WhLiving -Marks $Marks).Count -gt 0 -and $clock.Elapsed.TotalSeconds -lt $Seconds) {
    Start-Sleep -Milliseconds 500
  }
}
function Stop-WhProcess {
  Assert-WhAdministrator
  Assert-WhState
  $victims = @(Find-WhVictim)
  if ($victims.Count -eq 0) {
    Write-WhUnchanged -Text ('no process {0} runs' -f $wh_process)
    return
  }
  $marks = @($victims | ForEach-Object -Process { Get-WhProcessMark -Process $_ })
  Save-WhNote -Name 'marks' -Text ($marks -join "`n")
  # Only a program with a window can be asked; one without is ended at once.
  $asked = 0
  foreach ($victim in $victims) {
    $process = Get-Process -Id $victim.ProcessId -ErrorAction SilentlyContinue
    try {
      if ($null -ne $process -and $process.MainWindowHandle -ne [System.IntPtr]::Zero -and $process.CloseMainWindow()) {
        $asked++
      }
    } catch {
      # It has ended meanwhile, which is what was wanted.
      $null = $_
    }
  }
  if ($asked -gt 0) {
    Write-WhInfo -Text ('{0} processes were asked to end; they have ten seconds' -f $asked)
    Wait-WhEnd -Marks $marks -Seconds 10
  }
  $refused = ''
  foreach ($victim in @(Get-WhLiving -Marks $marks)) {
    try {
      Stop-Process -Id $victim.ProcessId -Force -Confirm:$false
    } catch {
      $refused = $_.Exception.Message
    }
  }
  Wait-WhEnd -Marks $marks -Seconds 20
  $left = @(Get-WhLiving -Marks $marks)
  if ($left.Count -gt 0) {
    Stop-WhStep -Text ('{0} (process {1}) did not end, even by force. {2}' -f $left[0].Name, $left[0].ProcessId, $refused)
  }
  Write-WhChanged -Text ('{0} was ended: {1} processes' -f $victims[0].Name, $victims.Count)
}
function Test-WhProcessGone {
  $note = Get-WhNote -Name 'marks'
  if ($null -ne $note) {
    $left = @(Get-WhLiving -Marks ($note -split "`n"))
  } else {
    $left = @(Find-WhVictim)
  }
  if ($left.Count -gt 0) {
    Stop-WhStep -Text ('{0} still runs as process {1}' -f $left[0].Name, $left[0].ProcessId)
  }
  if ($null -ne $note -and $wh_process -notmatch '^[0-9]+$') {
    $again = @(Find-WhVictim)
    if ($again.Count -gt 0) {
      Write-WhWarning -Text ('something has started {0} again, as process {1}' -f $again[0].Name, $again[0].ProcessId)
    }
  }
  Write-WhDetail -Text ('{0} was ended' -f $wh_process)
}
