function Show-WhSession {
  $quser = [System.IO.Path]::Combine([System.Environment]::SystemDirectory, 'quser.exe')
  if ([System.IO.File]::Exists($quser)) {
    $lines = New-Object -TypeName System.Collections.ArrayList
    $code = Invoke-WhProgram -Path $quser -Arguments @() -Seconds 30 -Quiet -Lines $lines
    if ($code -eq 0) {
      foreach ($line in $lines) {
        Write-WhLine -Text $line
      }
    }
  }
  # Home editions have no quser, and its words depend on the language: who is counted comes from here.
  # Win32_LogonSession: 2 at the machine, 10 from afar, 11 at the machine with what it remembers of the password.
  $sessions = @{}
  foreach ($session in @(Get-CimInstance -ClassName Win32_LogonSession | Where-Object -FilterScript { 2, 10, 11 -contains $_.LogonType })) {
    $sessions[[string]$session.LogonId] = $session
  }
  $names = @()
  foreach ($link in @(Get-CimInstance -ClassName Win32_LoggedOnUser)) {
    $key = [string]$link.Dependent.LogonId
    # Windows logs itself in too, to draw the windows.
    if ($sessions.ContainsKey($key) -and @('Window Manager', 'Font Driver Host') -notcontains $link.Antecedent.Domain) {
      $name = '{0}\{1}' -f $link.Antecedent.Domain, $link.Antecedent.Name
      $names += $name
      Write-WhLine -Text ('{0}  since {1:yyyy-MM-dd HH:mm:ss}' -f $name, $sessions[$key].StartTime)
    }
  }
  $names = @($names | Sort-Object -Unique)
  if ($names.Count -eq 0) {
    Write-WhDetail -Text 'nobody is logged in'
  } else {
    Write-WhDetail -Text ('{0} logged in: {1}' -f $names.Count, ($names -join ', '))
  }
}
