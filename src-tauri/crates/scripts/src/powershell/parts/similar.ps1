# How many single changes lie between two names.
function Measure-WhDistance {
  param([string]$From, [string]$To)

  $length = $To.Length
  $previous = New-Object -TypeName 'int[]' -ArgumentList ($length + 1)
  for ($j = 0; $j -le $length; $j++) {
    $previous[$j] = $j
  }
  for ($i = 1; $i -le $From.Length; $i++) {
    $row = New-Object -TypeName 'int[]' -ArgumentList ($length + 1)
    $row[0] = $i
    for ($j = 1; $j -le $length; $j++) {
      $cost = 1
      if ($From[$i - 1] -eq $To[$j - 1]) {
        $cost = 0
      }
      $row[$j] = [Math]::Min([Math]::Min($previous[$j] + 1, $row[$j - 1] + 1), $previous[$j - 1] + $cost)
    }
    $previous = $row
  }
  return $previous[$length]
}
# The end of a sentence that names at most five of the names that look like what was asked for; empty when there are none.
function Get-WhSimilar {
  param([string[]]$Names)

  $sought = $wh_asked.ToLowerInvariant()
  $found = @()
  foreach ($name in @($Names | Where-Object -FilterScript { $_ } | Sort-Object -Unique)) {
    $other = $name.ToLowerInvariant()
    $near = $other.Contains($sought) -or ($other.Length -gt 2 -and $sought.Contains($other))
    if (-not $near -and $sought.Length -gt 3 -and [Math]::Abs($other.Length - $sought.Length) -le 2) {
      $near = (Measure-WhDistance -From $other -To $sought) -le 2
    }
    if ($near) {
      $found += $name
    }
    if (@($found).Count -ge 5) {
      break
    }
  }
  if (@($found).Count -eq 0) {
    return ''
  }
  return '; here with a similar name: ' + ($found -join ', ')
}
