# 1641 and 3010: it worked, and Windows wants to be restarted.
function Assert-WhPackageCode {
  param([object]$Code, [string]$Text)

  if ($null -eq $Code) {
    Stop-WhStep -Text ('{0} was not done within the time it was given' -f $Text)
  }
  if ($Code -eq 3010 -or $Code -eq 1641) {
    Write-WhWarning -Text ('{0} is done, and Windows wants to be restarted' -f $Text)
  } elseif ($Code -ne 0) {
    Stop-WhStep -Text ('{0} failed (exit code {1}): {2}' -f $Text, (Format-WhExitCode -Code $Code), $wh.LastWords)
  }
}
# Runs the Windows Installer, again while another installation is under way (1618), for up to five minutes.
function Invoke-WhMsi {
  param([string[]]$Arguments)

  $msiexec = [System.IO.Path]::Combine([System.Environment]::SystemDirectory, 'msiexec.exe')
  $clock = [System.Diagnostics.Stopwatch]::StartNew()
  $told = $false
  while ($true) {
    $code = Invoke-WhProgram -Path $msiexec -Arguments ($Arguments + @('/qn', '/norestart')) -Seconds 1200
    if ($code -ne 1618 -or $clock.Elapsed.TotalSeconds -gt 300) {
      return $code
    }
    if (-not $told) {
      $told = $true
      Write-WhInfo -Text 'another installation is under way on this machine; waiting for it to finish'
    }
    Start-Sleep -Seconds 5
  }
}
# Installs a package, or brings it to a version, or to the newest when there is none named.
function Add-WhPackage {
  param([string]$Manager, [string]$Id, [string]$Version, [switch]$Upgrade)

  $text = 'installing {0}' -f $Id
  if ($Manager -eq 'choco') {
    $verb = 'install'
    if ($Upgrade) {
      $verb = 'upgrade'
    }
    $arguments = @($verb, $Id, '-y', '--no-progress', '--limit-output')
    if ($Version -ne '') {
      $arguments += @('--version', $Version, '--allow-downgrade')
    }
    Assert-WhPackageCode -Code (Invoke-WhProgram -Path (Find-WhChoco) -Arguments $arguments -Seconds 1500) -Text $text
  } elseif ($Manager -eq 'winget') {
    $verb = 'install'
    if ($Upgrade -and $Version -eq '') {
      $verb = 'upgrade'
    }
    $arguments = @($verb, '--id', $Id, '--exact', '--silent', '--accept-package-agreements', '--accept-source-agreements')
    if ($Version -ne '') {
      $arguments += @('--version', $Version, '--force')
    }
    $code = Invoke-WhProgram -Path (Find-WhWinget) -Arguments $arguments -Seconds 1500
    # 0x8A15002B: nothing newer is there; 0x8A150061: it is there already.
    if ($code -ne -1978335189 -and $code -ne -1978335135) {
      Assert-WhPackageCode -Code $code -Text $text
    }
  } else {
    Stop-WhStep -Text ('{0} was installed by a set-up file, and no package manager here knows another version of it; copy the new set-up file and run it' -f $Id)
  }
}
# Where a package of that name can be had here: Chocolatey, then winget.
function Find-WhOffer {
  $choco = Find-WhChoco
  $winget = Find-WhWinget
  if ($choco -eq '' -and $winget -eq '') {
    Stop-WhStep -Text 'neither Chocolatey nor winget is on this machine, so there is nothing to install from'
  }
  foreach ($name in $wh_candidates) {
    if ($choco -ne '' -and $name -match '^[A-Za-z0-9][A-Za-z0-9._-]*$') {
      $arguments = @('search', $name, '--exact', '--limit-output')
      if ($wh_version -ne '') {
        $arguments += @('--version', $wh_version)
      }
      $lines = New-Object -TypeName System.Collections.ArrayList
      $code = Invoke-WhProgram -Path $choco -Arguments $arguments -Seconds 120 -Quiet -Lines $lines
      if ($code -eq 0 -and @($lines | Where-Object -FilterScript { $_ -match '^[^|]+\|' }).Count -gt 0) {
        return New-WhPackage -Manager 'choco' -Id $name -Title $name -Version ''
      }
    }
    if ($winget -ne '' -and $name -match '^[A-Za-z0-9][A-Za-z0-9._+-]*\.[A-Za-z0-9._+-]+$') {
      $arguments = @('show', '--id', $name, '--exact', '--accept-source-agreements')
      if ($wh_version -ne '') {
        $arguments += @('--version', $wh_version)
      }
      if ((Invoke-WhProgram -Path $winget -Arguments $arguments -Seconds 120 -Quiet) -eq 0) {
        return New-WhPackage -Manager 'winget' -Id $name -Title $name -Version ''
      }
    }
  }
  $version = $wh_version
  if ($version -ne '') {
    $version = ' ' + $version
  }
  Stop-WhStep -Text ('no source of this machine has {0}{1}' -f $wh_asked, $version)
}
function Remove-WhFoundPackage {
  param([object]$Package)

  $text = 'uninstalling {0}' -f $Package.Title
  switch ($Package.Manager) {
    'choco' { Assert-WhPackageCode -Code (Invoke-WhProgram -Path (Find-WhChoco) -Arguments @('uninstall', $Package.Id, '-y', '--no-progress', '--limit-output') -Seconds 1500) -Text $text }
    'winget' { Assert-WhPackageCode -Code (Invoke-WhProgram -Path (Find-WhWinget) -Arguments @('uninstall', '--id', $Package.Id, '--exact', '--silent', '--accept-source-agreements') -Seconds 1500) -Text $text }
    'msi' { Assert-WhPackageCode -Code (Invoke-WhMsi -Arguments @('/x', $Package.Id)) -Text $text }
    default { Stop-WhStep -Text ('{0} was installed by a set-up program of its own, which may ask questions; remove it at the machine' -f $Package.Title) }
  }
}
# Keeps the installer's own copy of a package, from which it can be installed again.
function Save-WhMsi {
  param([string]$Product)

  try {
    $installer = New-Object -ComObject WindowsInstaller.Installer
    $file = [string]$installer.GetType().InvokeMember('ProductInfo', [System.Reflection.BindingFlags]::GetProperty, $null, $installer, @($Product, 'LocalPackage'))
    [System.IO.File]::Copy($file, [System.IO.Path]::Combine($wh.State, 'package.msi'), $true)
  } catch {
    Write-WhWarning -Text ('no copy of the installed package could be kept, so it cannot be brought back: {0}' -f $_.Exception.GetBaseException().Message)
  }
}
# Finds what is installed and notes it.
function Initialize-WhPackageChange {
  Assert-WhAdministrator
  Assert-WhState
  $here = Find-WhPackage
  if ($null -eq $here) {
    Save-WhNote -Name 'was' -Text 'absent'
  } else {
    Save-WhNote -Name 'package' -Text $here.Id
    Save-WhNote -Name 'manager' -Text $here.Manager
    Save-WhNote -Name 'was' -Text $here.Version
  }
  return $here
}
# What is installed now, which must be something.
function Get-WhInstalled {
  $now = Find-WhPackage
  if ($null -eq $now) {
    Stop-WhStep -Text ('{0} was installed as the package manager says, but it is not to be found' -f $wh_asked)
  }
  if ($wh_version -ne '' -and -not (Test-WhVersion -One $now.Version -Other $wh_version)) {
    Stop-WhStep -Text ('{0} is in version {1} now, not {2}' -f $now.Title, $now.Version, $wh_version)
  }
  return $now
}
function Install-WhPackage {
  $here = Initialize-WhPackageChange
  if ($null -ne $here) {
    if ($wh_version -eq '' -or (Test-WhVersion -One $here.Version -Other $wh_version)) {
      Write-WhUnchanged -Text ('{0} was installed already' -f (Get-WhPackageTitle -Package $here))
      return
    }
    Add-WhPackage -Manager $here.Manager -Id $here.Id -Version $wh_version -Upgrade
  } else {
    $offer = Find-WhOffer
    Save-WhNote -Name 'package' -Text $offer.Id
    Save-WhNote -Name 'manager' -Text $offer.Manager
    Add-WhPackage -Manager $offer.Manager -Id $offer.Id -Version $wh_version
  }
  $now = Get-WhInstalled
  Write-WhChanged -Text ('{0} was installed' -f (Get-WhPackageTitle -Package $now))
}
function Update-WhPackage {
  $here = Initialize-WhPackageChange
  if ($null -eq $here) {
    Stop-WhStep -Text ('{0} is not installed here, so it cannot be updated; install it' -f $wh_asked)
  }
  if ($wh_version -ne '' -and (Test-WhVersion -One $here.Version -Other $wh_version)) {
    Write-WhUnchanged -Text ('{0} was installed already' -f (Get-WhPackageTitle -Package $here))
    return
  }
  Add-WhPackage -Manager $here.Manager -Id $here.Id -Version $wh_version -Upgrade
  $now = Get-WhInstalled
  if ($now.Version -eq $here.Version) {
    Write-WhUnchanged -Text ('{0} is the newest there is' -f (Get-WhPackageTitle -Package $now))
    return
  }
  Write-WhChanged -Text ('{0} was updated from {1} to {2}' -f $now.Title, $here.Version, $now.Version)
}
function Uninstall-WhPackage {
  $here = Initialize-WhPackageChange
  if ($null -eq $here) {
    Write-WhUnchanged -Text ('{0} was not installed' -f $wh_asked)
    return
  }
  if ($here.Manager -eq 'msi') {
    Save-WhMsi -Product $here.Id
  }
  Remove-WhFoundPackage -Package $here
  $now = Find-WhPackage
  if ($null -ne $now) {
    Stop-WhStep -Text ('{0} is still installed; {1}' -f (Get-WhPackageTitle -Package $now), $wh.LastWords)
  }
  Write-WhChanged -Text ('{0} was uninstalled' -f (Get-WhPackageTitle -Package $here))
}
function Undo-WhPackage {
  Assert-WhState
  $was = Get-WhNote -Name 'was'
  if ($null -eq $was) {
    Write-WhUnchanged -Text ('nothing had been done to {0}, so there is nothing to undo' -f $wh_asked)
    return
  }
  Assert-WhAdministrator
  $here = Find-WhPackage
  if ($was -eq 'absent') {
    if ($null -eq $here) {
      Write-WhUnchanged -Text ('{0} is not installed, as before' -f $wh_asked)
      return
    }
    Remove-WhFoundPackage -Package $here
    if ($null -ne (Find-WhPackage)) {
      Stop-WhStep -Text ('{0} could not be removed again; {1}' -f $here.Title, $wh.LastWords)
    }
    Write-WhChanged -Text ('{0} was removed again; it was not installed before' -f $here.Title)
    return
  }
  if ($null -ne $here -and (Test-WhVersion -One $here.Version -Other $was)) {
    Write-WhUnchanged -Text ('{0} is installed, as before' -f (Get-WhPackageTitle -Package $here))
    return
  }
  $id = Get-WhNote -Name 'package'
  if ((Get-WhNote -Name 'manager') -eq 'msi') {
    $file = [System.IO.Path]::Combine($wh.State, 'package.msi')
    if (-not [System.IO.File]::Exists($file)) {
      Stop-WhStep -Text ('{0} {1} was installed by a set-up file that was not kept; install it by hand' -f $wh_asked, $was)
    }
    Assert-WhPackageCode -Code (Invoke-WhMsi -Arguments @('/i', $file)) -Text ('installing {0}' -f $wh_asked)
  } elseif ($null -eq $here) {
    Add-WhPackage -Manager (Get-WhNote -Name 'manager') -Id $id -Version $was
  } else {
    Add-WhPackage -Manager (Get-WhNote -Name 'manager') -Id $id -Version $was -Upgrade
  }
  $now = Find-WhPackage
  if ($null -eq $now -or -not (Test-WhVersion -One $now.Version -Other $was)) {
    Stop-WhStep -Text ('{0} could not be brought back to version {1}' -f $wh_asked, $was)
  }
  Write-WhChanged -Text ('{0} is installed again, as before' -f (Get-WhPackageTitle -Package $now))
}
