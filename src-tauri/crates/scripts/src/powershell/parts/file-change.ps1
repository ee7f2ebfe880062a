# The new content is written beside the old, so that taking its place is one step. Its name is the same each time, so that what
# a killed run has left there is cleared away by the next.
function Get-WhWorkshop {
  return [System.IO.Path]::Combine([System.IO.Path]::GetDirectoryName($wh.Destination), '.wheelhouse-' + $wh_sha256.Substring(0, 16) + '.new')
}
function Clear-WhWorkshop {
  $file = Get-WhWorkshop
  if ([System.IO.File]::Exists($file)) {
    [System.IO.File]::SetAttributes($file, [System.IO.FileAttributes]::Normal)
    [System.IO.File]::Delete($file)
  }
}
# Copies a file and has the system write it to the disk.
function Copy-WhFile {
  param([string]$From, [string]$To)

  [System.IO.File]::Copy($From, $To, $true)
  [System.IO.File]::SetAttributes($To, [System.IO.FileAttributes]::Normal)
  $stream = [System.IO.File]::Open($To, [System.IO.FileMode]::Open, [System.IO.FileAccess]::ReadWrite, [System.IO.FileShare]::Read)
  try {
    $stream.Flush($true)
  } finally {
    $stream.Dispose()
  }
}
# The new file takes the place of the old one, whose access list, attributes and creation time it inherits (ReplaceFile).
function Move-WhIntoPlace {
  param([string]$New)

  $protected = $false
  try {
    if ([System.IO.File]::Exists($wh.Destination)) {
      $attributes = [System.IO.File]::GetAttributes($wh.Destination)
      $protected = ($attributes -band [System.IO.FileAttributes]::ReadOnly) -ne 0
      if ($protected) {
        $writable = $attributes -band (-bnot [System.IO.FileAttributes]::ReadOnly)
        [System.IO.File]::SetAttributes($wh.Destination, $writable)
      }
      [System.IO.File]::Replace($New, $wh.Destination, [NullString]::Value, $true)
    } else {
      [System.IO.File]::Move($New, $wh.Destination)
    }
  } catch {
    $reason = $_.Exception.GetBaseException().Message
    Stop-WhStep -Text ('{0} cannot be replaced; a program may be using it: {1}' -f $wh.Destination, $reason)
  } finally {
    if ($protected -and [System.IO.File]::Exists($wh.Destination)) {
      $attributes = [System.IO.File]::GetAttributes($wh.Destination) -bor [System.IO.FileAttributes]::ReadOnly
      [System.IO.File]::SetAttributes($wh.Destination, $attributes)
    }
  }
}
# Writes the content of a file to the destination, whole or not at all.
function Write-WhContent {
  param([string]$From, [string]$Hash)

  $wh.CleanUp = { Clear-WhWorkshop }
  $new = Get-WhWorkshop
  try {
    Clear-WhWorkshop
    Copy-WhFile -From $From -To $new
  } catch {
    $reason = $_.Exception.GetBaseException().Message
    Stop-WhStep -Text ('no file can be written beside {0} by {1}: {2}' -f $wh.Destination, (Get-WhAccount), $reason)
  }
  if ((Get-WhSha256 -Path $new) -ne $Hash) {
    Stop-WhStep -Text ('what was written beside {0} is not what was to be written; is the disk failing?' -f $wh.Destination)
  }
  Move-WhIntoPlace -New $new
  if ((Get-WhSha256 -Path $wh.Destination) -ne $Hash) {
    Stop-WhStep -Text ('{0} was replaced, but something has changed it again at once' -f $wh.Destination)
  }
}
# A link may have been put there to be followed, so it is for the operator to say where it should lead.
function Assert-WhDestination {
  if ([System.IO.Directory]::Exists($wh.Destination)) {
    Stop-WhStep -Text ('{0} is a directory; name the file too, for example {0}\{1}' -f $wh.Destination, $wh_name)
  }
  $directory = [System.IO.Path]::GetDirectoryName($wh.Destination)
  if ([System.IO.File]::Exists($directory)) {
    Stop-WhStep -Text ('{0} is not a directory' -f $directory)
  }
  if (-not [System.IO.Directory]::Exists($directory)) {
    Stop-WhStep -Text ('the directory {0} does not exist, or {1} may not see it' -f $directory, (Get-WhAccount))
  }
  if ([System.IO.File]::Exists($wh.Destination)) {
    $attributes = [System.IO.File]::GetAttributes($wh.Destination)
    if (($attributes -band [System.IO.FileAttributes]::ReparsePoint) -ne 0) {
      Stop-WhStep -Text ('{0} is a link; name the file it should lead to' -f $wh.Destination)
    }
  }
}
function Copy-WhSentFile {
  param([string]$Destination)

  $wh.Destination = $Destination
  Assert-WhState
  if ($wh.File -eq '' -or -not [System.IO.File]::Exists($wh.File)) {
    Stop-WhStep -Text 'the file did not arrive on this machine'
  }
  $sent = Get-WhSha256 -Path $wh.File
  if ($sent -ne $wh_sha256) {
    Stop-WhStep -Text ('the file did not arrive whole (SHA-256 {0}, not {1})' -f $sent, $wh_sha256)
  }
  Assert-WhDestination
  if ([System.IO.File]::Exists($wh.Destination)) {
    $before = Get-WhSha256 -Path $wh.Destination
    if ($before -eq $wh_sha256) {
      Write-WhUnchanged -Text ('{0} has this content already' -f $wh.Destination)
      return
    }
    $backup = [System.IO.Path]::Combine($wh.State, 'backup')
    if (-not [System.IO.File]::Exists($backup)) {
      Copy-WhFile -From $wh.Destination -To ($backup + '.new')
      if ((Get-WhSha256 -Path ($backup + '.new')) -ne $before) {
        Stop-WhStep -Text ('{0} was being changed while it was backed up, so it was left alone' -f $wh.Destination)
      }
      [System.IO.File]::Move($backup + '.new', $backup)
    }
    Save-WhNote -Name 'before' -Text 'present'
  } else {
    Save-WhNote -Name 'before' -Text 'absent'
  }
  Write-WhContent -From $wh.File -Hash $wh_sha256
  Write-WhChanged -Text ('{0} has the new content' -f $wh.Destination)
}
function Undo-WhFileCopy {
  param([string]$Destination)

  $wh.Destination = $Destination
  Assert-WhState
  $before = Get-WhNote -Name 'before'
  if ($null -eq $before) {
    Write-WhUnchanged -Text ('{0} had not been touched, so there is nothing to undo' -f $wh.Destination)
    return
  }
  Assert-WhDestination
  $there = [System.IO.File]::Exists($wh.Destination)
  if ($before -eq 'absent') {
    if (-not $there) {
      Write-WhUnchanged -Text ('{0} is not there, as before' -f $wh.Destination)
      return
    }
    [System.IO.File]::Delete($wh.Destination)
    Write-WhChanged -Text ('{0} was removed again; it did not exist before' -f $wh.Destination)
    return
  }
  $backup = [System.IO.Path]::Combine($wh.State, 'backup')
  if (-not [System.IO.File]::Exists($backup)) {
    Stop-WhStep -Text ('the backup of {0} is gone' -f $wh.Destination)
  }
  $old = Get-WhSha256 -Path $backup
  if ($there -and (Get-WhSha256 -Path $wh.Destination) -eq $old) {
    Write-WhUnchanged -Text ('{0} has its old content, as before' -f $wh.Destination)
    return
  }
  Write-WhContent -From $backup -Hash $old
  Write-WhChanged -Text ('{0} has its old content again' -f $wh.Destination)
}
