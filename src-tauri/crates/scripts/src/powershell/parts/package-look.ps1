function Test-WhPackageHere {
  $here = Find-WhPackage
  if ($null -eq $here) {
    Stop-WhStep -Text ('{0} is not installed' -f $wh_asked)
  }
  if ($wh_version -ne '' -and -not (Test-WhVersion -One $here.Version -Other $wh_version)) {
    Stop-WhStep -Text ('{0} is installed in version {1}, not {2}' -f $here.Title, $here.Version, $wh_version)
  }
  Write-WhDetail -Text ('{0} is installed' -f (Get-WhPackageTitle -Package $here))
}
function Test-WhPackageGone {
  $here = Find-WhPackage
  if ($null -ne $here) {
    Stop-WhStep -Text ('{0} is still installed' -f (Get-WhPackageTitle -Package $here))
  }
  Write-WhDetail -Text ('{0} is not installed' -f $wh_asked)
}
