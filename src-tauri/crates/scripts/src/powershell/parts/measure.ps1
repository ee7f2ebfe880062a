# That it answers, as one sentence.
function Get-WhAnswer {
  $system = Get-CimInstance -ClassName Win32_OperatingSystem
  return '{0} answers: {1} {2} on {3}' -f $system.CSName, $system.Caption, $system.Version, $system.OSArchitecture
}
# How busy the processors are, as one sentence.
function Measure-WhCpu {
  $percent = $null
  $total = @(Get-CimInstance -ClassName Win32_PerfFormattedData_PerfOS_Processor -ErrorAction SilentlyContinue | Where-Object -FilterScript { $_.Name -eq '_Total' })
  if ($total.Count -gt 0) {
    $percent = 100 - [int]$total[0].PercentIdleTime
  } else {
    # The performance counters of a machine may be broken; this one knows without them.
    $loads = @(Get-CimInstance -ClassName Win32_Processor | Where-Object -FilterScript { $null -ne $_.LoadPercentage } | ForEach-Object -Process { $_.LoadPercentage })
    if ($loads.Count -gt 0) {
      $percent = [int]($loads | Measure-Object -Average).Average
    }
  }
  if ($null -eq $percent) {
    Stop-WhStep -Text 'this machine does not say how busy its processors are'
  }
  $percent = [Math]::Max(0, [Math]::Min(100, $percent))
  Write-WhProcessTable -Processes @(Get-WhProcess | Sort-Object -Property Percent -Descending | Select-Object -First 5)
  $text = 'processors {0} % busy' -f $percent
  Write-WhGrade -Percent $percent -Warn 90 -Fail 98 -Text $text
  return $text
}
# How much memory is in use, as one sentence.
function Measure-WhMemory {
  $system = Get-CimInstance -ClassName Win32_OperatingSystem
  $total = [double]$system.TotalVisibleMemorySize
  $used = $total - [double]$system.FreePhysicalMemory
  $percent = [int][Math]::Round(100 * $used / $total)
  $text = 'memory {0} % in use, {1:F1} of {2:F1} GiB' -f $percent, ($used / 1048576), ($total / 1048576)
  $committed = [double]$system.TotalVirtualMemorySize
  if ($committed -gt 0) {
    $share = [int][Math]::Round(100 * ($committed - [double]$system.FreeVirtualMemory) / $committed)
    $text = $text + ('; committed {0} % of {1:F1} GiB' -f $share, ($committed / 1048576))
  }
  Write-WhGrade -Percent $percent -Warn 90 -Fail 95 -Text $text
  return $text
}
# The text at the level that the percentage deserves.
function Write-WhGrade {
  param([int]$Percent, [int]$Warn, [int]$Fail, [string]$Text)

  if ($Percent -ge $Fail) {
    Write-WhError -Text $Text
  } elseif ($Percent -ge $Warn) {
    Write-WhWarning -Text $Text
  } else {
    Write-WhInfo -Text $Text
  }
}
function Show-WhHealth {
  Write-WhInfo -Text (Get-WhAnswer)
  $up = Get-WhUptime
  Write-WhInfo -Text $up
  $cpu = Measure-WhCpu
  $memory = Measure-WhMemory
  $disk = Show-WhDisk -Path ''
  Write-WhDetail -Text ($disk, $memory, $cpu, $up -join '; ')
}
