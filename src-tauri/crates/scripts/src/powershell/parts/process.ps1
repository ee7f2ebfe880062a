# Every process with the processor time it used over one second, in percent of one processor, and its memory.
function Get-WhProcess {
  $before = @{}
  $clock = [System.Diagnostics.Stopwatch]::StartNew()
  foreach ($process in @(Get-CimInstance -ClassName Win32_Process)) {
    $before[[string]$process.ProcessId] = [double]$process.KernelModeTime + [double]$process.UserModeTime
  }
  Start-Sleep -Seconds 1
  $after = @(Get-CimInstance -ClassName Win32_Process)
  # Counted in units of 100 nanoseconds.
  $elapsed = $clock.Elapsed.TotalSeconds * 10000000
  # Number 0 is what the processors do when there is nothing to do.
  foreach ($process in @($after | Where-Object -FilterScript { $_.ProcessId -ne 0 })) {
    $percent = 0.0
    $key = [string]$process.ProcessId
    if ($before.ContainsKey($key)) {
      $percent = [Math]::Max(0.0, 100 * ([double]$process.KernelModeTime + [double]$process.UserModeTime - $before[$key]) / $elapsed)
    }
    New-Object -TypeName PSObject -Property @{ Id = $process.ProcessId; Name = $process.Name; Percent = $percent; Bytes = [double]$process.WorkingSetSize; Session = $process.SessionId }
  }
}
function Write-WhProcessTable {
  param([object[]]$Processes)

  Write-WhLine -Text ('{0,6} {1,12} {2,8} {3,8}  {4}' -f 'CPU', 'Memory', 'Process', 'Session', 'Name')
  foreach ($process in $Processes) {
    Write-WhLine -Text ('{0,5:F1}% {1,8:F1} MiB {2,8} {3,8}  {4}' -f $process.Percent, ($process.Bytes / 1048576), $process.Id, $process.Session, $process.Name)
  }
}
function Show-WhProcess {
  $processes = @(Get-WhProcess)
  $all = $processes.Count
  if ($wh_process -ne '') {
    $name = ($wh_process -replace '\.exe$', '') + '.exe'
    $processes = @($processes | Where-Object -FilterScript { $_.Name -eq $name -or $_.Name -eq $wh_process })
  }
  if ($wh_order -eq 'memory') {
    $processes = @($processes | Sort-Object -Property Bytes -Descending)
  } else {
    $processes = @($processes | Sort-Object -Property Percent, Bytes -Descending)
  }
  $shown = @($processes | Select-Object -First 50)
  Write-WhProcessTable -Processes $shown
  if ($wh_process -ne '') {
    Write-WhDetail -Text ('{0} processes are named {1}' -f $processes.Count, $wh_process)
  } else {
    Write-WhDetail -Text ('{0} processes run; the first {1} are shown' -f $all, $shown.Count)
  }
}
