# A table of the local disks (or of the one that holds the path, unless that is empty), and a warning for each that is
# nearly full. Gives the fullest as one sentence.
function Show-WhDisk {
  param([string]$Path)

  $drives = @([System.IO.DriveInfo]::GetDrives() | Where-Object -FilterScript { $_.IsReady })
  if ($Path -eq '') {
    $drives = @($drives | Where-Object -FilterScript { $_.DriveType -eq 'Fixed' -and $_.TotalSize -gt 0 })
  } else {
    if ($Path.StartsWith('\\')) {
      Stop-WhStep -Text ('{0} is on another machine; ask that one how full its disks are' -f $Path)
    }
    if (-not [System.IO.File]::Exists($Path) -and -not [System.IO.Directory]::Exists($Path)) {
      Stop-WhStep -Text ('{0} does not exist, or {1} may not see it' -f $Path, (Get-WhAccount))
    }
    $root = [System.IO.Path]::GetPathRoot([System.IO.Path]::GetFullPath($Path))
    $drives = @($drives | Where-Object -FilterScript { $_.Name -eq $root })
  }
  if ($drives.Count -eq 0) {
    Stop-WhStep -Text 'no disk was found to look at'
  }
  $most = -1
  $worst = ''
  Write-WhLine -Text ('{0,-6} {1,-24} {2,-8} {3,11} {4,11} {5,11} {6,5}' -f 'Drive', 'Label', 'Type', 'Size', 'Used', 'Free', 'Use')
  foreach ($drive in $drives) {
    $used = $drive.TotalSize - $drive.TotalFreeSpace
    $percent = [int][Math]::Ceiling(100 * $used / $drive.TotalSize)
    Write-WhLine -Text ('{0,-6} {1,-24} {2,-8} {3,11} {4,11} {5,11} {6,4}%' -f $drive.Name, $drive.VolumeLabel, $drive.DriveFormat, (Format-WhSize -Bytes $drive.TotalSize), (Format-WhSize -Bytes $used), (Format-WhSize -Bytes $drive.AvailableFreeSpace), $percent)
    $text = '{0} is {1} % full, {2} of {3} free' -f $drive.Name, $percent, (Format-WhSize -Bytes $drive.AvailableFreeSpace), (Format-WhSize -Bytes $drive.TotalSize)
    if ($percent -ge 90) {
      Write-WhError -Text $text
    } elseif ($percent -ge 80) {
      Write-WhWarning -Text $text
    }
    if ($percent -gt $most) {
      $most = $percent
      $worst = $text
    }
  }
  return $worst
}
function Format-WhSize {
  param([double]$Bytes)

  $size = $Bytes / 1024
  foreach ($unit in 'KiB', 'MiB', 'GiB', 'TiB') {
    if ($size -lt 1024) {
      return '{0:F1} {1}' -f $size, $unit
    }
    $size = $size / 1024
  }
  return '{0:F1} PiB' -f $size
}
