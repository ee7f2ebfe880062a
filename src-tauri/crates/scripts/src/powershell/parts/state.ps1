# What undoing needs is noted before anything changes. The first note stands, so that running again after an interruption
# does not take the half-way state for the original one.
function Assert-WhState {
  if ($wh.State -eq '' -or -not [System.IO.Directory]::Exists($wh.State)) {
    Stop-WhStep -Text 'the private directory of this step is not there, so what undoing needs cannot be kept'
  }
}
function Save-WhNote {
  param([string]$Name, [string]$Text)

  $file = [System.IO.Path]::Combine($wh.State, $Name)
  if (-not [System.IO.File]::Exists($file)) {
    [System.IO.File]::WriteAllText($file + '.new', $Text)
    [System.IO.File]::Move($file + '.new', $file)
  }
}
# The note; $null when there is none.
function Get-WhNote {
  param([string]$Name)

  if ($wh.State -eq '') {
    return $null
  }
  $file = [System.IO.Path]::Combine($wh.State, $Name)
  if (-not [System.IO.File]::Exists($file)) {
    return $null
  }
  return [System.IO.File]::ReadAllText($file)
}
