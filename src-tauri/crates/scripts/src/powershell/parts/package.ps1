# What is installed as the registry's uninstall keys say, by both the 64-bit and the 32-bit view.
function Get-WhProgram {
  foreach ($view in [Microsoft.Win32.RegistryView]::Registry64, [Microsoft.Win32.RegistryView]::Registry32) {
    $machine = [Microsoft.Win32.RegistryKey]::OpenBaseKey([Microsoft.Win32.RegistryHive]::LocalMachine, $view)
    $list = $machine.OpenSubKey('SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall')
    if ($null -eq $list) {
      continue
    }
    foreach ($name in $list.GetSubKeyNames()) {
      $key = $list.OpenSubKey($name)
      if ($null -eq $key) {
        continue
      }
      $title = [string]$key.GetValue('DisplayName')
      # Windows' own updates stand there too.
      if ($title -ne '' -and $key.GetValue('SystemComponent', 0) -ne 1 -and -not $key.GetValue('ParentKeyName')) {
        $msi = $key.GetValue('WindowsInstaller', 0) -eq 1 -and $name -match '^\{[0-9A-Fa-f-]{36}\}$'
        New-Object -TypeName PSObject -Property @{ Id = $name; Title = $title; Version = [string]$key.GetValue('DisplayVersion'); Msi = $msi; Command = [string]$key.GetValue('UninstallString') }
      }
      $key.Close()
    }
  }
}
# Chocolatey; empty when it is not there.
function Find-WhChoco {
  foreach ($root in @($env:ChocolateyInstall, ($env:ProgramData + '\chocolatey'))) {
    if ($root) {
      $file = [System.IO.Path]::Combine($root, 'bin\choco.exe')
      if ([System.IO.File]::Exists($file)) {
        return $file
      }
    }
  }
  return ''
}
# winget; empty when it is not there. Sessions from afar lack the alias that a person's own session has.
function Find-WhWinget {
  $command = Get-Command -Name winget.exe -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1
  if ($null -ne $command) {
    return $command.Path
  }
  $packages = [System.IO.Path]::Combine([string]$env:ProgramFiles, 'WindowsApps')
  $found = @(Get-ChildItem -Path $packages -Filter 'Microsoft.DesktopAppInstaller_*__8wekyb3d8bbwe' -ErrorAction SilentlyContinue | Sort-Object -Property LastWriteTime -Descending)
  foreach ($package in $found) {
    $file = [System.IO.Path]::Combine($package.FullName, 'winget.exe')
    if ([System.IO.File]::Exists($file)) {
      return $file
    }
  }
  return ''
}
function New-WhPackage {
  param([string]$Manager, [string]$Id, [string]$Title, [string]$Version)

  return New-Object -TypeName PSObject -Property @{ Manager = $Manager; Id = $Id; Title = $Title; Version = $Version }
}
# A package of Chocolatey by the file that describes it; $null when it is not installed.
function Find-WhChocoPackage {
  param([string]$Id)

  $choco = Find-WhChoco
  if ($choco -eq '' -or $Id -notmatch '^[A-Za-z0-9][A-Za-z0-9._-]*$') {
    return $null
  }
  $root = [System.IO.Path]::GetDirectoryName([System.IO.Path]::GetDirectoryName($choco))
  $file = [System.IO.Path]::Combine($root, 'lib', $Id, $Id + '.nuspec')
  if (-not [System.IO.File]::Exists($file)) {
    return $null
  }
  $document = New-Object -TypeName System.Xml.XmlDocument
  $document.Load($file)
  $version = $document.GetElementsByTagName('version')
  if ($version.Count -eq 0) {
    return $null
  }
  return New-WhPackage -Manager 'choco' -Id $Id -Title $Id -Version ($version.Item(0).InnerText)
}
# A package that winget can name, with the version that its table shows; $null when it is not installed.
function Find-WhWingetPackage {
  param([string]$Id)

  $winget = Find-WhWinget
  if ($winget -eq '' -or $Id -notmatch '^[A-Za-z0-9][A-Za-z0-9._+-]*\.[A-Za-z0-9._+-]+$') {
    return $null
  }
  $lines = New-Object -TypeName System.Collections.ArrayList
  $code = Invoke-WhProgram -Path $winget -Arguments @('list', '--id', $Id, '--exact', '--accept-source-agreements') -Seconds 120 -Quiet -Lines $lines
  if ($code -ne 0) {
    return $null
  }
  $pattern = '(^|\s)' + [System.Text.RegularExpressions.Regex]::Escape($Id) + '\s+([^\s]+)'
  foreach ($line in $lines) {
    if ($line -match $pattern) {
      return New-WhPackage -Manager 'winget' -Id $Id -Title $Id -Version $Matches[2]
    }
  }
  return $null
}
# A program of the registry with this display name, or with it and a version or kind after it; $null when there is none.
function Find-WhMsiPackage {
  param([object[]]$Programs, [string]$Name)

  $found = @($Programs | Where-Object -FilterScript { $_.Title -eq $Name -or $_.Id -eq $Name })
  if ($found.Count -eq 0) {
    $pattern = '^' + [System.Text.RegularExpressions.Regex]::Escape($Name) + ' +(v?[0-9]|\()'
    $found = @($Programs | Where-Object -FilterScript { $_.Title -match $pattern })
  }
  if ($found.Count -eq 0) {
    return $null
  }
  $ids = @($found | ForEach-Object -Process { $_.Id } | Sort-Object -Unique)
  if ($ids.Count -gt 1) {
    $titles = @($found | ForEach-Object -Process { $_.Title } | Sort-Object -Unique)
    Stop-WhStep -Text ('several programs could be meant by {0}: {1}; name one in full' -f $wh_asked, ($titles -join ', '))
  }
  $manager = 'setup'
  if ($found[0].Msi) {
    $manager = 'msi'
  }
  return New-WhPackage -Manager $manager -Id $found[0].Id -Title $found[0].Title -Version $found[0].Version
}
# What is installed of the candidates, the first that is; $null when none is. What this step has installed comes first.
function Find-WhPackage {
  $programs = @(Get-WhProgram)
  $names = @($wh_candidates)
  if ($wh.State -ne '' -and [System.IO.File]::Exists([System.IO.Path]::Combine($wh.State, 'package'))) {
    $names = @([System.IO.File]::ReadAllText([System.IO.Path]::Combine($wh.State, 'package'))) + $names
  }
  foreach ($name in $names) {
    $found = Find-WhChocoPackage -Id $name
    if ($null -eq $found) {
      $found = Find-WhWingetPackage -Id $name
    }
    if ($null -eq $found) {
      $found = Find-WhMsiPackage -Programs $programs -Name $name
    }
    if ($null -ne $found) {
      return $found
    }
  }
  return $null
}
# Whether two versions are the same: 1.2 is 1.2.0.
function Test-WhVersion {
  param([string]$One, [string]$Other)

  return ($One -replace '(\.0)+$', '') -eq ($Other -replace '(\.0)+$', '')
}
function Get-WhPackageTitle {
  param([object]$Package)

  if ($Package.Version -eq '') {
    return $Package.Title
  }
  return '{0} {1}' -f $Package.Title, $Package.Version
}
