# Opens a file that others may be writing to, or moving away.
function Open-WhText {
  if ([System.IO.Directory]::Exists($wh_path)) {
    Stop-WhStep -Text ('{0} is a directory, not a file' -f $wh_path)
  }
  $sharing = [System.IO.FileShare]::ReadWrite -bor [System.IO.FileShare]::Delete
  try {
    return [System.IO.File]::Open($wh_path, [System.IO.FileMode]::Open, [System.IO.FileAccess]::Read, $sharing)
  } catch [System.IO.FileNotFoundException] {
    Stop-WhStep -Text ('{0} does not exist' -f $wh_path)
  } catch [System.IO.DirectoryNotFoundException] {
    Stop-WhStep -Text ('the directory of {0} does not exist' -f $wh_path)
  } catch [System.UnauthorizedAccessException] {
    Stop-WhStep -Text ('the account {0} may not read {1}' -f (Get-WhAccount), $wh_path)
  }
}
# So many bytes from there, fewer at the end of the file.
function Read-WhBytes {
  param([System.IO.Stream]$Stream, [long]$From, [int]$Count)

  $bytes = New-Object -TypeName 'byte[]' -ArgumentList $Count
  $Stream.Position = $From
  $filled = 0
  while ($filled -lt $Count) {
    $read = $Stream.Read($bytes, $filled, $Count - $filled)
    if ($read -le 0) {
      break
    }
    $filled += $read
  }
  if ($filled -lt $Count) {
    [System.Array]::Resize([ref]$bytes, $filled)
  }
  return , $bytes
}
# The encoding of a file by its first bytes: its byte order mark, else UTF-16 where every other byte is zero as in Western text,
# else UTF-8 where these bytes are that, else the code page of the machine.
function Get-WhEncoding {
  param([System.IO.Stream]$Stream)

  $head = Read-WhBytes -Stream $Stream -From 0 -Count 65536
  $Stream.Position = 0
  $mark = [System.BitConverter]::ToString($head, 0, [Math]::Min(3, $head.Length))
  if ($mark.StartsWith('FF-FE')) {
    return [System.Text.Encoding]::Unicode
  }
  if ($mark.StartsWith('FE-FF')) {
    return [System.Text.Encoding]::BigEndianUnicode
  }
  if ($mark -eq 'EF-BB-BF') {
    return [System.Text.Encoding]::UTF8
  }
  $even = 0
  $odd = 0
  $sample = [Math]::Min(2048, $head.Length)
  for ($i = 0; $i -lt $sample; $i++) {
    if ($head[$i] -eq 0) {
      if ($i % 2 -eq 0) {
        $even++
      } else {
        $odd++
      }
    }
  }
  if ($odd * 4 -gt $sample -and $even * 20 -lt $sample) {
    return [System.Text.Encoding]::Unicode
  }
  if ($even * 4 -gt $sample -and $odd * 20 -lt $sample) {
    return [System.Text.Encoding]::BigEndianUnicode
  }
  if (Test-WhUtf8 -Bytes $head) {
    return [System.Text.Encoding]::UTF8
  }
  return Get-WhCodePage
}
function Get-WhCodePage {
  try {
    return [System.Text.Encoding]::GetEncoding([System.Globalization.CultureInfo]::InstalledUICulture.TextInfo.ANSICodePage)
  } catch {
    # Newer PowerShell does not bring every code page with it.
    return [System.Text.Encoding]::GetEncoding(28591)
  }
}
# Whether this is a piece of UTF-8, which may begin and end within a character.
function Test-WhUtf8 {
  param([byte[]]$Bytes)

  $from = 0
  while ($from -lt 3 -and $from -lt $Bytes.Length -and ($Bytes[$from] -band 0xC0) -eq 0x80) {
    $from++
  }
  $strict = (New-Object -TypeName System.Text.UTF8Encoding -ArgumentList $false, $true).GetDecoder()
  try {
    $null = $strict.GetCharCount($Bytes, $from, $Bytes.Length - $from, $false)
    return $true
  } catch {
    return $false
  }
}
# A line as it is shown: without what marks the file's encoding, and not endless.
function Format-WhTextLine {
  param([string]$Text)

  $line = $Text.TrimStart([char]0xFEFF)
  if ($line.Length -gt 4000) {
    return $line.Substring(0, 4000) + ' ...'
  }
  return $line
}
function Show-WhTail {
  $stream = Open-WhText
  try {
    $size = $stream.Length
    if ($size -eq 0) {
      Write-WhDetail -Text ('{0} is empty' -f $wh_path)
      return
    }
    $encoding = Get-WhEncoding -Stream $stream
    $window = 65536
    while ($true) {
      $from = [Math]::Max([long]0, $size - $window)
      # No character of UTF-16 is cut in two.
      $from = $from - ($from % 2)
      $bytes = Read-WhBytes -Stream $stream -From $from -Count ([int]($size - $from))
      if ($encoding -is [System.Text.UTF8Encoding] -and -not (Test-WhUtf8 -Bytes $bytes)) {
        $encoding = Get-WhCodePage
      }
      $found = @($encoding.GetString($bytes) -split '\r?\n')
      if ($from -eq 0 -or $found.Count -gt [int]$wh_lines + 2 -or $window -ge 67108864) {
        break
      }
      $window = $window * 4
    }
    # What stands before the first newline of the window may be half a line; what comes after the last is none when it is empty.
    $first = 0
    if ($from -gt 0) {
      $first = 1
    }
    $last = $found.Count - 1
    if ($last -gt 0 -and $found[$last] -eq '') {
      $last--
    }
    $first = [Math]::Max($first, $last - [int]$wh_lines + 1)
    Write-WhDetail -Text ('the last {0} lines of {1}, which has {2} bytes' -f $wh_lines, $wh_path, $size)
    for ($i = $first; $i -le $last; $i++) {
      Write-WhLine -Text (Format-WhTextLine -Text $found[$i])
    }
  } finally {
    $stream.Dispose()
  }
}
function Show-WhHead {
  $stream = Open-WhText
  try {
    $reader = New-Object -TypeName System.IO.StreamReader -ArgumentList $stream, (Get-WhEncoding -Stream $stream)
    $shown = 0
    $line = $reader.ReadLine()
    while ($null -ne $line -and $shown -lt [int]$wh_lines) {
      Write-WhLine -Text (Format-WhTextLine -Text $line)
      $shown++
      $line = $reader.ReadLine()
    }
    if ($null -eq $line) {
      Write-WhDetail -Text ('{0} has {1} lines' -f $wh_path, $shown)
    } else {
      Write-WhDetail -Text ('the first {0} lines of {1}, which has {2} bytes' -f $shown, $wh_path, $stream.Length)
    }
  } finally {
    $stream.Dispose()
  }
}
function Search-WhText {
  $stream = Open-WhText
  try {
    $reader = New-Object -TypeName System.IO.StreamReader -ArgumentList $stream, (Get-WhEncoding -Stream $stream)
    $kept = New-Object -TypeName System.Collections.Queue
    $number = 0
    $found = 0
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    $line = $reader.ReadLine()
    while ($null -ne $line) {
      $number++
      if ($line.IndexOf($wh_text, [System.StringComparison]::OrdinalIgnoreCase) -ge 0) {
        $found++
        $kept.Enqueue('{0}:{1}' -f $number, (Format-WhTextLine -Text $line))
        if ($kept.Count -gt [int]$wh_lines) {
          $null = $kept.Dequeue()
        }
      }
      if ($number % 1000 -eq 0 -and $clock.Elapsed.TotalSeconds -gt 240) {
        Stop-WhStep -Text ('{0} is too large to be searched in four minutes; {1} lines were looked at' -f $wh_path, $number)
      }
      $line = $reader.ReadLine()
    }
    foreach ($hit in $kept) {
      Write-WhLine -Text $hit
    }
    if ($found -gt $kept.Count) {
      Write-WhDetail -Text ('{0} of {1} lines of {2} hold that text; the last {3} are shown' -f $found, $number, $wh_path, $kept.Count)
    } else {
      Write-WhDetail -Text ('{0} of {1} lines of {2} hold that text' -f $found, $number, $wh_path)
    }
  } finally {
    $stream.Dispose()
  }
}
