# The names and versions of all that is installed, to see whether anything has changed.
function Get-WhSnapshot {
  $lines = @(Get-WhProgram | ForEach-Object -Process { '{0} {1}' -f $_.Title, $_.Version })
  $choco = Find-WhChoco
  if ($choco -ne '') {
    $found = New-Object -TypeName System.Collections.ArrayList
    $null = Invoke-WhProgram -Path $choco -Arguments @('outdated', '--limit-output') -Seconds 300 -Quiet -Lines $found
    $lines += @($found | Where-Object -FilterScript { $_ -match '^[^|]+\|' })
  }
  return (@($lines | Sort-Object -Unique) -join "`n")
}
function Assert-WhManager {
  if ((Find-WhChoco) -eq '' -and (Find-WhWinget) -eq '') {
    Stop-WhStep -Text 'neither Chocolatey nor winget is on this machine, so there is nothing to update from'
  }
}
# Every package that Chocolatey or winget knows. Windows' own updates cannot be started from afar (the Windows Update Agent
# refuses it), so they are left to it.
function Update-WhAllPackage {
  Assert-WhAdministrator
  Assert-WhManager
  Write-WhInfo -Text 'Windows itself is not updated here; Windows Update does that'
  $before = Get-WhSnapshot
  Write-WhProgress -Percent 5
  $choco = Find-WhChoco
  if ($choco -ne '') {
    Assert-WhPackageCode -Code (Invoke-WhProgram -Path $choco -Arguments @('upgrade', 'all', '-y', '--no-progress', '--limit-output') -Seconds 3000) -Text 'updating all packages of Chocolatey'
  }
  Write-WhProgress -Percent 50
  $winget = Find-WhWinget
  if ($winget -ne '') {
    $code = Invoke-WhProgram -Path $winget -Arguments @('upgrade', '--all', '--silent', '--accept-package-agreements', '--accept-source-agreements') -Seconds 3000
    # 0x8A15002B: nothing newer is there.
    if ($code -ne -1978335189) {
      Assert-WhPackageCode -Code $code -Text 'updating all packages of winget'
    }
  }
  Write-WhProgress -Percent 95
  if ((Get-WhSnapshot) -eq $before) {
    Write-WhUnchanged -Text 'every package was the newest its sources have'
  } else {
    Write-WhChanged -Text 'the packages were updated'
  }
}
# Chocolatey says what is left; pinned packages are meant to stay behind. winget's table cannot be read by a program.
function Test-WhAllPackage {
  Assert-WhManager
  $choco = Find-WhChoco
  if ($choco -eq '') {
    Write-WhWarning -Text 'winget has no list a program can read, so what it did was not looked at again'
    Write-WhDetail -Text 'winget answers'
    return
  }
  $lines = New-Object -TypeName System.Collections.ArrayList
  $code = Invoke-WhProgram -Path $choco -Arguments @('outdated', '--limit-output') -Seconds 300 -Quiet -Lines $lines
  # 2: something is outdated.
  if ($code -ne 0 -and $code -ne 2) {
    Stop-WhStep -Text ('Chocolatey cannot say what is outdated: {0}' -f $wh.LastWords)
  }
  $left = @($lines | Where-Object -FilterScript { $_ -match '^[^|]+\|[^|]*\|[^|]*\|false' } | ForEach-Object -Process { $_.Split('|')[0] })
  if ($left.Count -gt 0) {
    Stop-WhStep -Text ('{0} packages are still outdated: {1}' -f $left.Count, (@($left | Select-Object -First 5) -join ', '))
  }
  Write-WhDetail -Text 'Chocolatey has nothing newer'
}
