function Show-WhDirectory {
  if ([System.IO.File]::Exists($wh_path)) {
    Stop-WhStep -Text ('{0} is a file, not a directory' -f $wh_path)
  }
  if (-not [System.IO.Directory]::Exists($wh_path)) {
    Stop-WhStep -Text ('{0} does not exist, or {1} may not see it' -f $wh_path, (Get-WhAccount))
  }
  try {
    $entries = @((New-Object -TypeName System.IO.DirectoryInfo -ArgumentList $wh_path).GetFileSystemInfos() | Sort-Object -Property Name)
  } catch [System.UnauthorizedAccessException] {
    Stop-WhStep -Text ('the account {0} may not look into {1}' -f (Get-WhAccount), $wh_path)
  }
  $shown = 0
  $directories = 0
  [long]$bytes = 0
  foreach ($entry in $entries) {
    $size = ''
    $kind = 'd'
    if ($entry -is [System.IO.FileInfo]) {
      $kind = '-'
      $size = [string]$entry.Length
      $bytes += $entry.Length
    } else {
      $directories++
    }
    if (($entry.Attributes -band [System.IO.FileAttributes]::ReparsePoint) -ne 0) {
      $kind = 'l'
    }
    if ($shown -lt 5000) {
      $shown++
      Write-WhLine -Text ('{0} {1,15}  {2:yyyy-MM-dd HH:mm:ss}  {3}' -f $kind, $size, $entry.LastWriteTime, $entry.Name)
    }
  }
  if ($entries.Count -gt $shown) {
    Write-WhWarning -Text ('only the first {0} of {1} entries are shown' -f $shown, $entries.Count)
  }
  Write-WhDetail -Text ('{0} has {1} directories and {2} files, {3:F1} MiB' -f $wh_path, $directories, ($entries.Count - $directories), ($bytes / 1048576))
}
