# The accounts of this machine. A domain controller has none of its own, and asking it would list the whole domain.
function Get-WhUser {
  $machine = Get-CimInstance -ClassName Win32_ComputerSystem
  if ($machine.DomainRole -ge 4) {
    Stop-WhStep -Text ('{0} is a domain controller: its accounts are those of the domain, which are not managed from here' -f $machine.Name)
  }
  return @(Get-CimInstance -ClassName Win32_UserAccount -Filter 'LocalAccount = True')
}
# The account that is meant; $null when there is none.
function Find-WhUser {
  $found = @(Get-WhUser | Where-Object -FilterScript { $_.Name -eq $wh_user })
  if ($found.Count -eq 0) {
    return $null
  }
  return $found[0]
}
function Get-WhUserState {
  param([object]$User)

  if ($User.Disabled) {
    return 'disabled'
  }
  if ($User.Lockout) {
    return 'locked out'
  }
  return 'enabled'
}
function Show-WhUser {
  $users = @(Get-WhUser | Sort-Object -Property Name)
  Write-WhLine -Text ('{0,-22} {1,-11} {2,-24} {3}' -f 'Name', 'State', 'Full name', 'SID')
  foreach ($user in $users) {
    Write-WhLine -Text ('{0,-22} {1,-11} {2,-24} {3}' -f $user.Name, (Get-WhUserState -User $user), $user.FullName, $user.SID)
  }
  $enabled = @($users | Where-Object -FilterScript { -not $_.Disabled })
  Write-WhDetail -Text ('{0} accounts, {1} of them enabled' -f $users.Count, $enabled.Count)
}
function Test-WhUser {
  $user = Find-WhUser
  $state = 'absent'
  if ($null -ne $user) {
    $state = Get-WhUserState -User $user
    if ($wh_wanted -eq 'present') {
      $state = 'present'
    }
  }
  if ($state -ne $wh_wanted) {
    Stop-WhStep -Text ('the account {0} is {1}' -f $wh_user, $state)
  }
  Write-WhDetail -Text ('the account {0} is {1}' -f $wh_user, $state)
}
