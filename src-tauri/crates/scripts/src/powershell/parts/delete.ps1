# The files that are meant, with what the last part of the path leaves open. Never directories, nor what belongs to the system.
function Get-WhDoomed {
  $cut = $wh_path.LastIndexOfAny([char[]]'\/') + 1
  $directory = [System.IO.Path]::GetFullPath($wh_path.Substring(0, $cut))
  $last = $wh_path.Substring($cut)
  Assert-WhDeletable -Directory $directory
  if (-not [System.IO.Directory]::Exists($directory)) {
    return @()
  }
  $pattern = '^' + [System.Text.RegularExpressions.Regex]::Escape($last).Replace('\*', '.*').Replace('\?', '.') + '$'
  $before = Get-WhCutOff
  $doomed = @()
  foreach ($file in (New-Object -TypeName System.IO.DirectoryInfo -ArgumentList $directory).GetFiles()) {
    if ($file.Name -notmatch $pattern -or ($file.Attributes -band [System.IO.FileAttributes]::System) -ne 0) {
      continue
    }
    if ($null -eq $before -or $file.LastWriteTimeUtc -lt $before) {
      $doomed += $file
    }
  }
  return $doomed
}
# Only what was last changed before this moment, which is the same for all scripts of the step; $null for everything.
function Get-WhCutOff {
  if ($wh_days -eq '') {
    return $null
  }
  $note = $null
  if ($wh.State -ne '') {
    $note = Get-WhNote -Name 'before'
  }
  if ($null -ne $note) {
    return New-Object -TypeName System.DateTime -ArgumentList ([long]$note), ([System.DateTimeKind]::Utc)
  }
  return [System.DateTime]::UtcNow.AddDays(-[int]$wh_days)
}
# Whatever the path is called: junctions and links on the way may lead into the system, so there must be none.
function Assert-WhDeletable {
  param([string]$Directory)

  $folders = @($env:SystemRoot, $env:ProgramFiles, ${env:ProgramFiles(x86)}, $env:ProgramW6432, [System.Environment]::SystemDirectory)
  if ($env:SystemDrive) {
    $folders += @('Boot', 'EFI', 'Recovery', 'System Volume Information', '$Recycle.Bin' | ForEach-Object -Process { $env:SystemDrive + '\' + $_ })
    if ($Directory.TrimEnd('\') -eq $env:SystemDrive) {
      Stop-WhStep -Text ('{0} is the root of the system''s drive, where nothing is deleted from here' -f $Directory)
    }
  }
  if ($env:ProgramData) {
    $folders += $env:ProgramData + '\Microsoft'
  }
  $temporary = $env:SystemRoot + '\Temp'
  $inside = $Directory.TrimEnd('\') + '\'
  foreach ($folder in @($folders | Where-Object -FilterScript { $_ })) {
    $system = $inside.StartsWith($folder.TrimEnd('\') + '\', [System.StringComparison]::OrdinalIgnoreCase)
    if ($system -and -not $inside.StartsWith($temporary + '\', [System.StringComparison]::OrdinalIgnoreCase)) {
      Stop-WhStep -Text ('{0} belongs to the system, so nothing in it is deleted from here' -f $Directory)
    }
  }
  $parent = New-Object -TypeName System.IO.DirectoryInfo -ArgumentList $Directory
  while ($null -ne $parent) {
    if ($parent.Exists -and ($parent.Attributes -band [System.IO.FileAttributes]::ReparsePoint) -ne 0) {
      Stop-WhStep -Text ('{0} is a link; name the directory it leads to' -f $parent.FullName)
    }
    $parent = $parent.Parent
  }
}
function Remove-WhFile {
  Assert-WhState
  if ($wh_days -ne '') {
    Save-WhNote -Name 'before' -Text ([string](Get-WhCutOff).Ticks)
  }
  if ([System.IO.Directory]::Exists($wh_path)) {
    Stop-WhStep -Text ('{0} is a directory, and directories are not deleted from here' -f $wh_path)
  }
  $doomed = @(Get-WhDoomed)
  if ($doomed.Count -eq 0) {
    Write-WhUnchanged -Text ('no file is there to delete at {0}' -f $wh_path)
    return
  }
  [long]$bytes = 0
  $deleted = 0
  $kept = @()
  foreach ($file in $doomed) {
    try {
      $size = $file.Length
      [System.IO.File]::Delete($file.FullName)
      $bytes += $size
      $deleted++
      Write-WhLine -Text $file.FullName
    } catch {
      $kept += $file.Name
      Write-WhWarning -Text ('{0} cannot be deleted: {1}' -f $file.FullName, $_.Exception.GetBaseException().Message)
    }
    Write-WhProgress -Percent ([int][Math]::Floor(100 * ($deleted + $kept.Count) / $doomed.Count))
  }
  if ($kept.Count -gt 0) {
    if ($deleted -gt 0) {
      Write-WhReport -Kind 'changed' -Text ''
    }
    $names = @($kept | Select-Object -First 5) -join ', '
    Stop-WhStep -Text ('{0} of {1} files could not be deleted, a program may be using them: {2}' -f $kept.Count, $doomed.Count, $names)
  }
  Write-WhChanged -Text ('{0} files were deleted, {1:F1} MiB' -f $deleted, ($bytes / 1048576))
}
function Test-WhFileGone {
  $doomed = @(Get-WhDoomed)
  if ($doomed.Count -gt 0) {
    Stop-WhStep -Text ('{0} files are still there, the first is {1}' -f $doomed.Count, $doomed[0].FullName)
  }
  Write-WhDetail -Text ('no file is left to delete at {0}' -f $wh_path)
}
