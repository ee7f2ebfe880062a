# The SHA-256 of a file in lower-case hex, also while others write to it.
function Get-WhSha256 {
  param([string]$Path)

  $sharing = [System.IO.FileShare]::ReadWrite -bor [System.IO.FileShare]::Delete
  $stream = [System.IO.File]::Open($Path, [System.IO.FileMode]::Open, [System.IO.FileAccess]::Read, $sharing)
  try {
    $algorithm = [System.Security.Cryptography.SHA256]::Create()
    try {
      return [System.BitConverter]::ToString($algorithm.ComputeHash($stream)).Replace('-', '').ToLowerInvariant()
    } finally {
      $algorithm.Dispose()
    }
  } finally {
    $stream.Dispose()
  }
}
function Test-WhFileContent {
  param([string]$Destination)

  $wh.Destination = $Destination
  if ([System.IO.Directory]::Exists($wh.Destination)) {
    Stop-WhStep -Text ('{0} is a directory, not a file' -f $wh.Destination)
  }
  if (-not [System.IO.File]::Exists($wh.Destination)) {
    Stop-WhStep -Text ('{0} does not exist, or {1} may not see it' -f $wh.Destination, (Get-WhAccount))
  }
  $found = Get-WhSha256 -Path $wh.Destination
  if ($found -ne $wh_sha256) {
    Stop-WhStep -Text ('{0} does not have the content that was sent (SHA-256 {1})' -f $wh.Destination, $found)
  }
  Write-WhDetail -Text ('{0} has the content that was sent' -f $wh.Destination)
}
