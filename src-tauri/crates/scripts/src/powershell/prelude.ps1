$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 2
# Nobody is there to answer or to watch, and progress records would travel as errors.
$ConfirmPreference = 'None'
$ProgressPreference = 'SilentlyContinue'
$WarningPreference = 'SilentlyContinue'
# Numbers and dates look the same on every machine; the language stays, because the event log's texts are looked up by it.
$wh_culture = [System.Globalization.CultureInfo]::CurrentCulture.Clone()
$wh_culture.NumberFormat = [System.Globalization.NumberFormatInfo]::InvariantInfo
$wh_culture.DateTimeFormat = [System.Globalization.DateTimeFormatInfo]::InvariantInfo
[System.Threading.Thread]::CurrentThread.CurrentCulture = $wh_culture
try {
  [Console]::OutputEncoding = New-Object -TypeName System.Text.UTF8Encoding -ArgumentList $false
} catch {
  # A session without a console has no encoding to set: its host sends text as text.
  $null = $_
}
# What all functions share. They never write to the pipeline what is not their result: every word for the outside goes to the host.
$wh = @{ Token = '@TOKEN@'; Detailed = $false; Stopped = $false; CleanUp = $null; State = ''; File = ''; Destination = ''; Service = $null; LastWords = ''; Code = 1 }

# What the engine has set before this text, or put into the environment; empty without it.
function Get-WhSetting {
  param([string]$Name)

  $variable = Get-Variable -Name $Name -ErrorAction SilentlyContinue
  if ($null -ne $variable -and $null -ne $variable.Value) {
    return [string]$variable.Value
  }
  return [string][System.Environment]::GetEnvironmentVariable($Name)
}
$wh.State = Get-WhSetting -Name 'WH_STATE'
$wh.File = Get-WhSetting -Name 'WH_FILE'

# A line of the machine's own.
function Write-WhLine {
  param([string]$Text)

  $Host.UI.WriteLine($Text)
}
# One report, always one line: % and control characters are written as % and two hex digits a byte.
function Write-WhReport {
  param([string]$Kind, [string]$Text)

  $encoded = New-Object -TypeName System.Text.StringBuilder
  foreach ($char in $Text.ToCharArray()) {
    if ($char -eq [char]'%' -or [char]::IsControl($char)) {
      foreach ($byte in [System.Text.Encoding]::UTF8.GetBytes([string]$char)) {
        $null = $encoded.AppendFormat('%{0:X2}', $byte)
      }
    } else {
      $null = $encoded.Append($char)
    }
  }
  $Host.UI.WriteLine('@wh:' + $wh.Token + ':' + $Kind + ':' + $encoded.ToString())
}
function Write-WhInfo {
  param([string]$Text)

  Write-WhReport -Kind 'info' -Text $Text
}
function Write-WhWarning {
  param([string]$Text)

  Write-WhReport -Kind 'warn' -Text $Text
}
function Write-WhError {
  param([string]$Text)

  Write-WhReport -Kind 'error' -Text $Text
}
function Write-WhProgress {
  param([int]$Percent)

  Write-WhReport -Kind 'progress' -Text ([string]$Percent)
}
# Something is different now, as this sentence says.
function Write-WhChanged {
  param([string]$Text)

  Write-WhReport -Kind 'changed' -Text ''
  Write-WhDetail -Text $Text
}
# It was already so, as this sentence says.
function Write-WhUnchanged {
  param([string]$Text)

  Write-WhReport -Kind 'unchanged' -Text ''
  Write-WhDetail -Text $Text
}
function Write-WhDetail {
  param([string]$Text)

  $wh.Detailed = $true
  Write-WhReport -Kind 'detail' -Text $Text
}
# The step did not work: the text is the one sentence for the operator.
function Stop-WhStep {
  param([string]$Text)

  Write-WhDetail -Text $Text
  $wh.Stopped = $true
  throw 'the step did not work'
}
# The account the scripts run as, DOMAIN\name.
function Get-WhAccount {
  return [System.Security.Principal.WindowsIdentity]::GetCurrent().Name
}
# An exit code as Windows programs document it: large ones in hexadecimal.
function Format-WhExitCode {
  param([long]$Code)

  if ($Code -lt 0 -or $Code -gt 65535) {
    return '0x{0:X8}' -f ($Code -band 4294967295)
  }
  return [string]$Code
}
function Assert-WhAdministrator {
  $principal = New-Object -TypeName System.Security.Principal.WindowsPrincipal -ArgumentList ([System.Security.Principal.WindowsIdentity]::GetCurrent())
  if (-not $principal.IsInRole([System.Security.Principal.WindowsBuiltInRole]::Administrator)) {
    Stop-WhStep -Text ('this needs an administrator, and {0} is none in this session' -f (Get-WhAccount))
  }
}
# Runs the step and ends with exit code 0 only when it came to its end. A failure never goes without a word, what was left lying
# about is removed, and the end is said, because something the step started may hold the output open.
function Invoke-WhStep {
  param([scriptblock]$Step)

  $code = 70
  try {
    $null = & $Step
    $code = 0
  } catch {
    $code = $wh.Code
    if (-not $wh.Stopped -or -not $wh.Detailed) {
      Write-WhDetail -Text ('the script ended at line {0}: {1}' -f $_.InvocationInfo.ScriptLineNumber, $_.Exception.Message)
    }
  } finally {
    if ($null -ne $wh.CleanUp) {
      try {
        $null = & $wh.CleanUp
      } catch {
        Write-WhWarning -Text ('what the step left lying about could not be removed: {0}' -f $_.Exception.Message)
      }
    }
    Write-WhReport -Kind 'ended' -Text ([string]$code)
  }
  exit $code
}
