<#
.SYNOPSIS
CollectDiagnostics: uploads one bounded, redacted archive of traces, events and states to the output bucket.
.DESCRIPTION
Reads: the vendor's export of logs where its tools run, else the agent's trace folder and event channels; services and versions. Changes: a folder of
its own below the product's, which it removes; one object in the bucket. Leaves: verbose tracing off (-SkipVerboseTrace: the vendor's default would turn
it on and restart the agent), everything on the host. Nothing leaves the host before it went through redaction; what is no text is left out.
Redaction knows forms: private keys, JSON web tokens, bearer headers, values behind a name like password or secret, access keys of AWS. A secret without
a form and without a name beside it is not found; that is why no step writes one anywhere.
Safe at any point: the folder is made anew; the key is the operation's, so a second upload replaces the first.
Sources: agent-host 5.4 (Export-AADCloudSyncToolsLogs), 4 (trace folder, channels), 14; aws.md 6.2 (bulk goes to S3).
[unverified]: that the vendor's tools import without MSAL.PS; when they do not, the product collects by itself and says so.
#>
$script:FilesMax = 200
$script:FileBytesMax = 5242880
$script:TotalBytesMax = 52428800
$script:ArchiveBytesMax = 104857600
$script:EventsMax = 2000
$script:TextFiles = '\.(log|txt|csv|xml|json|config|reg)$'
$script:Channels = @('Microsoft-AzureADConnect-ProvisioningAgent/Admin', 'Microsoft-AzureADConnect-AgentUpdater/Admin', 'Microsoft-AzureADConnect-AuthenticationAgent/Admin')
# Group "kept" stays in the text; each form has it, since .NET prints the name of a group that a form lacks.
$script:Forms = @(
    '(?s)(?<kept>)-{5}BEGIN[A-Z ]* PRIVATE KEY-{5}.*?(-{5}END[A-Z ]* PRIVATE KEY-{5}|\z)'
    '(?<kept>)\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(\.[A-Za-z0-9_-]*)?'
    '(?i)(?<kept>\bbearer\s+)[A-Za-z0-9._~+/=-]{8,}'
    '(?i)(?<kept>\b(password|passwd|pwd|secret|client_?secret|access_?token|refresh_?token|id_?token|shared_?access_?key|account_?key|api_?key|authorization|sig)["'']?\s*[:=]\s*["'']?)[^\s"'',;&<>]+'
    '(?<kept>)\b(AKIA|ASIA)[0-9A-Z]{16}\b'
)

function Get-WorkFolder {
    <# A folder of this operation; it may hold what a run that died has left. #>
    return Join-Path -Path (Get-CloudSyncFolder -Name diagnostics) -ChildPath (Get-CloudSyncParameter -Name 'operationID')
}

function Remove-WorkFolder {
    <# Removes the folder of this operation below the product's own, nothing else. #>
    $path = Get-WorkFolder
    if ((Split-Path -Path $path -Parent) -ne (Get-CloudSyncFolder -Name diagnostics) -or -not (Test-Path -LiteralPath $path -PathType Container)) { return }
    Remove-Item -LiteralPath $path -Recurse -Force
}

function Export-VendorLog {
    <# The vendor's archive, taken apart; false when its tools are not there or fail. They want a running, finished agent. #>
    param([Parameter(Mandatory = $true)][string]$Folder)
    $module = Get-CloudSyncAgentFile -Name 'Utility\AADCloudSyncTools'
    $isFinished = (Get-CloudSyncServiceState -Name $script:AgentService) -eq 'Running' -and (Get-CloudSyncTenantID) -ne ''
    if (-not $isFinished -or -not (Test-Path -LiteralPath $module)) { return $false }
    try {
        Import-Module -Name $module
        $null = Export-AADCloudSyncToolsLogs -SkipVerboseTrace -OutputPath $Folder
        $archives = @(Get-ChildItem -LiteralPath $Folder -File | Where-Object -FilterScript { $_.Extension -eq '.zip' } | Sort-Object -Property LastWriteTimeUtc -Descending)
        if ($archives.Count -eq 0) { return $false }
        Expand-Archive -LiteralPath $archives[0].FullName -DestinationPath (Join-Path -Path $Folder -ChildPath 'vendor')
        return $true
    } catch {
        $fault = Get-CloudSyncFault -ErrorRecord $_
        Write-CloudSyncNote -Kind found -Text ('the vendor''s tools failed: {0}' -f $fault.Text)
        return $false
    }
}

function Export-ProductLog {
    <# Newest traces and events, when the vendor's tools do not run. #>
    param([Parameter(Mandatory = $true)][string]$Folder)
    foreach ($product in @('Microsoft\Azure AD Connect Provisioning Agent\Trace', 'Microsoft\Azure AD Connect Authentication Agent\Trace')) {
        $traces = Join-Path -Path $env:ProgramData -ChildPath $product
        if (-not (Test-Path -LiteralPath $traces -PathType Container)) { continue }
        $newest = @(Get-ChildItem -LiteralPath $traces -File | Sort-Object -Property LastWriteTimeUtc -Descending | Select-Object -First 20)
        foreach ($file in $newest) { Copy-Item -LiteralPath $file.FullName -Destination $Folder }
    }
    foreach ($channel in $script:Channels) {
        $events = @(Get-WinEvent -LogName $channel -MaxEvents $script:EventsMax -ErrorAction SilentlyContinue)
        $lines = @($events | ForEach-Object -Process { '{0:o} {1} {2} {3}' -f $_.TimeCreated.ToUniversalTime(), $_.Id, $_.LevelDisplayName, $_.Message })
        $file = Join-Path -Path $Folder -ChildPath ('events-{0}.log' -f $channel.Replace('/', '-'))
        [System.IO.File]::WriteAllLines($file, [string[]]$lines)
    }
}

function Export-State {
    <# What the host is, in one file. #>
    param([Parameter(Mandatory = $true)][string]$Folder)
    $state = [ordered]@{
        computerName = [string]$env:COMPUTERNAME; agentVersion = (Get-CloudSyncAgentVersion); agentService = (Get-CloudSyncServiceState -Name $script:AgentService)
        passThroughVersion = (Get-CloudSyncPassThroughVersion); passThroughService = (Get-CloudSyncServiceState -Name $script:PassThroughService)
        tenantID = (Get-CloudSyncTenantID); collectedAt = (Format-CloudSyncTime -Time ([datetime]::UtcNow))
    }
    [System.IO.File]::WriteAllText((Join-Path -Path $Folder -ChildPath 'states.json'), (ConvertTo-Json -InputObject $state -Compress))
}

function Read-FileEnd {
    <# The text of a file, from its end when it is longer than the bound. #>
    param([Parameter(Mandatory = $true)][string]$Path)
    $stream = New-Object -TypeName System.IO.FileStream -ArgumentList $Path, 'Open', 'Read', 'ReadWrite'
    try {
        if ($stream.Length -gt $script:FileBytesMax) { $null = $stream.Seek(-$script:FileBytesMax, 'End') }
        $reader = New-Object -TypeName System.IO.StreamReader -ArgumentList $stream
        return $reader.ReadToEnd()
    } finally {
        $stream.Dispose()
    }
}

function Copy-Redacted {
    <# Puts the text files of one folder into another, newest first, redacted and bounded; returns counts. #>
    param([Parameter(Mandatory = $true)][string]$From, [Parameter(Mandatory = $true)][string]$To)
    $counts = @{ files = 0; redactions = 0; bytes = 0; isTruncated = $false }
    $files = @(Get-ChildItem -LiteralPath $From -File -Recurse | Where-Object -FilterScript { $_.Name -match $script:TextFiles } | Sort-Object -Property LastWriteTimeUtc -Descending)
    foreach ($file in $files) {
        if ($counts.files -ge $script:FilesMax -or $counts.bytes -ge $script:TotalBytesMax) { $counts.isTruncated = $true; break }
        if ($file.Length -gt $script:FileBytesMax) { $counts.isTruncated = $true }
        $text = Read-FileEnd -Path $file.FullName
        foreach ($form in $script:Forms) {
            $counts.redactions += [regex]::Matches($text, $form).Count
            $text = [regex]::Replace($text, $form, '${kept}[redacted]')
        }
        $counts.files += 1
        $counts.bytes += $text.Length
        $copy = Join-Path -Path $To -ChildPath ('redacted-{0:d3}-{1}' -f $counts.files, $file.Name)
        [System.IO.File]::WriteAllText($copy, $text)
    }
    return $counts
}

function Send-Archive {
    <# Uploads to the bucket of the expected owner; S3 answers another account's bucket and a missing right alike. #>
    param([Parameter(Mandatory = $true)][string]$Path, [Parameter(Mandatory = $true)][string]$Key)
    $bucket = Get-CloudSyncParameter -Name 'bucket'
    $owner = Get-CloudSyncParameter -Name 'bucketOwner'
    $command = Get-Command -Name Write-S3Object -ErrorAction SilentlyContinue
    if ($null -eq $command -or -not $command.Parameters.ContainsKey('ExpectedBucketOwner')) {
        Stop-CloudSyncStep -Class Permanent -Reason 'AWSToolsMissing' -Message 'The host''s AWS Tools cannot check who owns a bucket.' -Fix 'Use a later image or install AWS.Tools.S3.'
    }
    try {
        $null = Write-S3Object -BucketName $bucket -Key $Key -File $Path -ExpectedBucketOwner $owner -Region $env:AWS_SSM_REGION_NAME
    } catch {
        $fault = Get-CloudSyncFault -ErrorRecord $_
        switch -Regex ($fault.Code) {
            '^(NotFound|NoSuchBucket)' { Stop-CloudSyncStep -Class Permanent -Reason 'OutputBucketNotFound' -Message "There is no bucket $bucket." -Fix 'Name the output bucket.' -Evidence $fault.Text }
            '^(Forbidden|AccessDenied)' { Stop-CloudSyncStep -Class Person -Reason 'OutputBucketDenied' -Message 'The host may not write there.' -Fix 'Allow s3:PutObject under the prefix; check the owner.' -Evidence $fault.Text }
            default { Stop-CloudSyncStep -Class Transient -Reason 'OutputBucketUnavailable' -Message 'S3 did not take the archive.' -Fix 'Check the way to S3; tried again.' -Evidence $fault.Text }
        }
    }
    Write-CloudSyncChange -Text "uploaded $Key"
}

Invoke-CloudSyncStep -Name 'CollectDiagnostics' -InChildPowerShell -Probe {
    # Every operation collects anew; what a run that died has left is removed by the change.
    Write-CloudSyncNote -Kind found -Text ('agent service {0}' -f (Get-CloudSyncServiceState -Name $script:AgentService))
} -Change {
    Remove-WorkFolder
    try {
        $folder = Get-WorkFolder
        $raw = Join-Path -Path $folder -ChildPath 'raw'
        $clean = Join-Path -Path $folder -ChildPath 'clean'
        foreach ($path in @($folder, $raw, $clean)) { $null = New-Item -Path $path -ItemType Directory }
        $source = 'VendorTools'
        if (-not (Export-VendorLog -Folder $raw)) {
            $source = 'Product'
            Export-ProductLog -Folder $raw
        }
        Export-State -Folder $raw
        $counts = Copy-Redacted -From $raw -To $clean
        $archive = Join-Path -Path $folder -ChildPath 'diagnostics.zip'
        Compress-Archive -Path (Join-Path -Path $clean -ChildPath '*') -DestinationPath $archive
        $size = (Get-Item -LiteralPath $archive).Length
        if ($size -gt $script:ArchiveBytesMax) {
            Stop-CloudSyncStep -Class Permanent -Reason 'ArchiveTooLarge' -Message 'The archive is larger than its bound.' -Fix 'Report this; the step has to collect less.'
        }
        $key = '{0}{1}/{2}.zip' -f (Get-CloudSyncParameter -Name 'keyPrefix'), $env:COMPUTERNAME, (Get-CloudSyncParameter -Name 'operationID')
        $sha256 = (Get-FileHash -LiteralPath $archive -Algorithm SHA256).Hash.ToLowerInvariant()
        Send-Archive -Path $archive -Key $key
    } finally {
        Remove-WorkFolder
    }
    return [ordered]@{
        bucket = (Get-CloudSyncParameter -Name 'bucket'); key = $key; sizeBytes = [long]$size; sha256 = $sha256
        fileCount = $counts.files; redactionCount = $counts.redactions; isTruncated = $counts.isTruncated; source = $source
    }
}
