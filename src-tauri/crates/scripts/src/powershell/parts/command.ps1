# The command line as it was typed, in a PowerShell of its own without our strict mode, so that it neither changes nor reads
# what this one holds. It travels in the environment, which no other account can read, and is taken out of it first.
function Invoke-WhCommand {
  $shell = (Get-Process -Id $PID).Path
  if (-not $shell -or -not ([System.IO.Path]::GetFileName($shell) -match '^(powershell|pwsh)(\.exe)?$')) {
    $shell = [System.IO.Path]::Combine([System.Environment]::SystemDirectory, 'WindowsPowerShell\v1.0\powershell.exe')
  }
  # The exit code of the last program, which PowerShell would make a 1 of. Two newlines end whatever the command left open.
  $text = $wh_command + "`n`n" + 'if (-not $?) { if (Get-Variable -Name LASTEXITCODE -ErrorAction Ignore) { if ($LASTEXITCODE) { exit $LASTEXITCODE } }; exit 1 }'
  $begin = '$ProgressPreference = ''SilentlyContinue''; try { [Console]::OutputEncoding = New-Object Text.UTF8Encoding $false } catch { }; $wh = $env:WH_COMMAND; Remove-Item -LiteralPath Env:WH_COMMAND; . ([ScriptBlock]::Create($wh))'
  $code = Invoke-WhProgram -Path $shell -Arguments @('-NoLogo', '-NoProfile', '-NonInteractive', '-Command', $begin) -Seconds 3550 -Environment @{ WH_COMMAND = $text }
  if ($null -eq $code) {
    Stop-WhStep -Text 'the command did not end within the time it was given, so it was ended'
  }
  if ($code -ne 0) {
    $wh.Code = $code
    Stop-WhStep -Text ('the command ended with exit code {0}' -f (Format-WhExitCode -Code $code))
  }
  Write-WhDetail -Text 'the command ended with exit code 0'
}
