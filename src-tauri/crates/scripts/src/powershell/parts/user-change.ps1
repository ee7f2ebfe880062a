# Finds the account and notes how it is. Neither the account that does this nor the one that is always there is touched:
# nobody might be able to come back.
function Initialize-WhUserChange {
  Assert-WhAdministrator
  Assert-WhState
  $user = Find-WhUser
  if ($null -ne $user) {
    if ($user.SID -eq [System.Security.Principal.WindowsIdentity]::GetCurrent().User.Value) {
      Stop-WhStep -Text ('{0} is the account this connection uses, so it was left alone' -f $user.Name)
    }
    # 500 Administrator, 501 Guest, 503 and 504 Windows' own.
    if ($user.SID -match '^S-1-5-21-.*-50[0-4]$') {
      Stop-WhStep -Text ('{0} is an account that Windows brings with it, so it was left alone' -f $user.Name)
    }
    Save-WhNote -Name 'was' -Text (Get-WhUserState -User $user)
  } else {
    Save-WhNote -Name 'was' -Text 'absent'
  }
  return $user
}
function Test-WhLocalAccount {
  return $null -ne (Get-Command -Name Disable-LocalUser -ErrorAction SilentlyContinue)
}
# net.exe user: for machines and 32-bit sessions without the module LocalAccounts.
function Invoke-WhNetUser {
  param([string[]]$Arguments)

  $net = [System.IO.Path]::Combine([System.Environment]::SystemDirectory, 'net.exe')
  $code = Invoke-WhProgram -Path $net -Arguments (@('user', $wh_user) + $Arguments) -Seconds 60 -Quiet
  if ($code -ne 0) {
    Stop-WhStep -Text ('the account {0} cannot be changed: {1}' -f $wh_user, $wh.LastWords)
  }
}
function Disable-WhUser {
  if (Test-WhLocalAccount) {
    Disable-LocalUser -Name $wh_user
  } else {
    Invoke-WhNetUser -Arguments @('/active:no')
  }
}
# This also ends a lock-out after wrong passwords, which Enable-LocalUser does not.
function Enable-WhUser {
  Invoke-WhNetUser -Arguments @('/active:yes')
}
function Lock-WhUser {
  $user = Initialize-WhUserChange
  if ($null -eq $user) {
    Stop-WhStep -Text ('there is no account {0} on this machine' -f $wh_user)
  }
  if ($user.Disabled) {
    Write-WhUnchanged -Text ('{0} was disabled already' -f $user.Name)
    return
  }
  Disable-WhUser
  Write-WhChanged -Text ('{0} is disabled: it can no longer log in; sessions it has stay' -f $user.Name)
}
function Unlock-WhUser {
  $user = Initialize-WhUserChange
  if ($null -eq $user) {
    Stop-WhStep -Text ('there is no account {0} on this machine' -f $wh_user)
  }
  if ((Get-WhUserState -User $user) -eq 'enabled') {
    Write-WhUnchanged -Text ('{0} was enabled already' -f $user.Name)
    return
  }
  Enable-WhUser
  Write-WhChanged -Text ('{0} can log in again' -f $user.Name)
}
# A password that nobody knows. Without one, whoever sits at the machine could log in.
function Get-WhUnknownPassword {
  $password = New-Object -TypeName System.Security.SecureString
  $random = [System.Security.Cryptography.RandomNumberGenerator]::Create()
  $bytes = New-Object -TypeName 'byte[]' -ArgumentList 40
  $random.GetBytes($bytes)
  $random.Dispose()
  # One of each kind first, as password policies ask for.
  foreach ($char in 'Aa0-'.ToCharArray()) {
    $password.AppendChar($char)
  }
  foreach ($byte in $bytes) {
    $password.AppendChar([char](97 + ($byte % 26)))
  }
  $password.MakeReadOnly()
  return $password
}
function Add-WhUser {
  $user = Initialize-WhUserChange
  if ($null -ne $user) {
    Write-WhUnchanged -Text ('there was an account {0} already' -f $user.Name)
    return
  }
  if (-not (Test-WhLocalAccount)) {
    Stop-WhStep -Text ('{0} cannot be created: this machine lacks the PowerShell module LocalAccounts, and without it a password would show in a command line' -f $wh_user)
  }
  $null = New-LocalUser -Name $wh_user -Password (Get-WhUnknownPassword)
  # The group of all users, whatever it is called in the machine's language.
  try {
    Add-LocalGroupMember -SID 'S-1-5-32-545' -Member $wh_user
  } catch {
    Write-WhWarning -Text ('{0} could not be put into the group of all users: {1}' -f $wh_user, $_.Exception.Message)
  }
  Write-WhChanged -Text ('{0} was created; nobody can log in with it until a password is set, and Windows makes its home directory then' -f $wh_user)
}
function Remove-WhUser {
  $user = Initialize-WhUserChange
  if ($null -eq $user) {
    Write-WhUnchanged -Text ('there was no account {0}' -f $wh_user)
    return
  }
  Remove-WhAccount
  Write-WhChanged -Text ('{0} was removed; its home directory stays' -f $user.Name)
}
function Remove-WhAccount {
  if (Test-WhLocalAccount) {
    Remove-LocalUser -Name $wh_user
  } else {
    Invoke-WhNetUser -Arguments @('/delete')
  }
}
function Undo-WhUser {
  Assert-WhState
  $was = Get-WhNote -Name 'was'
  if ($null -eq $was) {
    Write-WhUnchanged -Text ('nothing had been done to {0}, so there is nothing to undo' -f $wh_user)
    return
  }
  $user = Initialize-WhUserChange
  $now = 'absent'
  if ($null -ne $user) {
    $now = Get-WhUserState -User $user
  }
  if ($now -eq $was -or ($was -eq 'locked out' -and $now -eq 'enabled')) {
    Write-WhUnchanged -Text ('the account {0} is {1}, as before' -f $wh_user, $now)
    return
  }
  if ($was -eq 'absent') {
    Remove-WhAccount
  } elseif ($now -eq 'absent') {
    Stop-WhStep -Text ('the account {0} is gone, and what it was cannot be made again' -f $wh_user)
  } elseif ($was -eq 'disabled') {
    Disable-WhUser
  } else {
    Enable-WhUser
  }
  Write-WhChanged -Text ('the account {0} is {1} again, as before' -f $wh_user, $was)
}
