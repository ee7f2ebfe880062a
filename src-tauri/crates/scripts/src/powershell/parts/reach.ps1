# A TCP connection, which is closed at once.
function Test-WhPort {
  $client = New-Object -TypeName System.Net.Sockets.TcpClient
  $clock = [System.Diagnostics.Stopwatch]::StartNew()
  try {
    $task = $client.ConnectAsync($wh_address, [int]$wh_port)
    if (-not $task.Wait(10000)) {
      Stop-WhStep -Text ('{0} port {1} did not answer within ten seconds' -f $wh_address, $wh_port)
    }
    Write-WhDetail -Text ('{0} port {1} answers after {2} ms' -f $wh_address, $wh_port, $clock.ElapsedMilliseconds)
  } catch {
    if ($wh.Stopped) {
      throw
    }
    Stop-WhStep -Text ('{0} port {1} cannot be reached: {2}' -f $wh_address, $wh_port, $_.Exception.GetBaseException().Message)
  } finally {
    $client.Close()
  }
}
# Four echo requests, one a second.
function Test-WhEcho {
  $ping = New-Object -TypeName System.Net.NetworkInformation.Ping
  $answered = 0
  $words = 'it did not answer'
  [long]$best = 0
  try {
    foreach ($attempt in 1, 2, 3, 4) {
      try {
        $reply = $ping.Send($wh_address, 3000)
      } catch {
        Stop-WhStep -Text ('{0} cannot be reached: {1}' -f $wh_address, $_.Exception.GetBaseException().Message)
      }
      if ([string]$reply.Status -eq 'Success') {
        Write-WhLine -Text ('{0}: {1} answers after {2} ms' -f $attempt, $reply.Address, $reply.RoundtripTime)
        if ($answered -eq 0 -or $reply.RoundtripTime -lt $best) {
          $best = $reply.RoundtripTime
        }
        $answered++
      } else {
        $words = [string]$reply.Status
        Write-WhLine -Text ('{0}: {1}' -f $attempt, $words)
      }
      if ($attempt -lt 4) {
        Start-Sleep -Seconds 1
      }
    }
  } finally {
    $ping.Dispose()
  }
  if ($answered -eq 0) {
    Stop-WhStep -Text ('{0} does not answer echo requests ({1}); a firewall may drop them, so try a port' -f $wh_address, $words)
  }
  if ($answered -lt 4) {
    Write-WhWarning -Text ('{0} of 4 echo requests to {1} were lost' -f (4 - $answered), $wh_address)
  }
  Write-WhDetail -Text ('{0} answers after {1} ms' -f $wh_address, $best)
}
