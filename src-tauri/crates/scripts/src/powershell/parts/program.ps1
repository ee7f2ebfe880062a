# One argument of a command line as programs of Microsoft's C runtime read it (the rules of CommandLineToArgvW).
function ConvertTo-WhArgument {
  param([string]$Text)

  if ($Text -ne '' -and $Text -notmatch '[\s"]') {
    return $Text
  }
  return '"' + (($Text -replace '(\\*)"', '$1$1\"') -replace '(\\+)$', '$1$1') + '"'
}
# Runs a program without input for at most so many seconds and shows its output line by line as it comes. Gives its exit
# code, or $null when the time was not enough. The lines are added to a list where one is given; the last
# that says something is kept in $wh.LastWords.
function Invoke-WhProgram {
  param([string]$Path, [string[]]$Arguments, [int]$Seconds, [hashtable]$Environment = @{}, [System.Collections.ArrayList]$Lines, [switch]$Quiet)

  $start = New-Object -TypeName System.Diagnostics.ProcessStartInfo
  $start.FileName = $Path
  $start.Arguments = (@($Arguments | ForEach-Object -Process { ConvertTo-WhArgument -Text $_ }) -join ' ')
  $start.UseShellExecute = $false
  # It shares our console, whose encoding is UTF-8; a console of its own would have the machine's code page.
  $start.CreateNoWindow = $false
  $start.RedirectStandardInput = $true
  $start.RedirectStandardOutput = $true
  $start.RedirectStandardError = $true
  $utf8 = New-Object -TypeName System.Text.UTF8Encoding -ArgumentList $false
  $start.StandardOutputEncoding = $utf8
  $start.StandardErrorEncoding = $utf8
  foreach ($key in @($Environment.Keys)) {
    $start.EnvironmentVariables[$key] = $Environment[$key]
  }
  $wh.LastWords = 'it said nothing'
  $process = [System.Diagnostics.Process]::Start($start)
  $process.StandardInput.Close()
  $readers = @($process.StandardOutput, $process.StandardError)
  $pending = @($readers[0].ReadLineAsync(), $readers[1].ReadLineAsync())
  $clock = [System.Diagnostics.Stopwatch]::StartNew()
  $quietSince = $null
  while ($null -ne $pending[0] -or $null -ne $pending[1]) {
    $waiting = [System.Threading.Tasks.Task[]]@($pending | Where-Object -FilterScript { $null -ne $_ })
    $which = [System.Threading.Tasks.Task]::WaitAny($waiting, 200)
    if ($which -ge 0) {
      $quietSince = $null
      foreach ($index in 0, 1) {
        if ($null -ne $pending[$index] -and $pending[$index].IsCompleted) {
          $line = $pending[$index].Result
          if ($null -eq $line) {
            $pending[$index] = $null
          } else {
            if (-not $Quiet) {
              Write-WhLine -Text $line
            }
            if ($null -ne $Lines) {
              $null = $Lines.Add($line)
            }
            if ($line.Trim() -match '[^\s\-\\|/]{2}') {
              $wh.LastWords = $line.Trim().Substring(0, [Math]::Min(300, $line.Trim().Length))
            }
            $pending[$index] = $readers[$index].ReadLineAsync()
          }
        }
      }
    } elseif ($process.HasExited) {
      # Something it has started may hold the output open for ever.
      if ($null -eq $quietSince) {
        $quietSince = $clock.Elapsed
      } elseif (($clock.Elapsed - $quietSince).TotalSeconds -ge 2) {
        break
      }
    }
    if ($clock.Elapsed.TotalSeconds -ge $Seconds -and -not $process.HasExited) {
      Stop-WhTree -Process $process
      return $null
    }
  }
  $left = [Math]::Max(1000, 1000 * $Seconds - $clock.ElapsedMilliseconds)
  if (-not $process.WaitForExit([int]$left)) {
    Stop-WhTree -Process $process
    return $null
  }
  return $process.ExitCode
}
# Ends a process with all that it has started.
function Stop-WhTree {
  param([System.Diagnostics.Process]$Process)

  $start = New-Object -TypeName System.Diagnostics.ProcessStartInfo
  $start.FileName = [System.IO.Path]::Combine([System.Environment]::SystemDirectory, 'taskkill.exe')
  $start.Arguments = '/T /F /PID {0}' -f $Process.Id
  $start.UseShellExecute = $false
  $start.CreateNoWindow = $true
  $killer = [System.Diagnostics.Process]::Start($start)
  $null = $killer.WaitForExit(20000)
}
