<#
.SYNOPSIS
Install: takes the catalogue's setup from S3, proves what it is, runs it silently from where it was proven; writes the proxy into the agent's file.
.DESCRIPTION
Reads: installed version, the object's version and owner, the file's hash, signature, product name and version. Changes: a folder that only
SYSTEM writes, the agent by its setup, the agent's .exe.config. Leaves: an agent of this or a later version (it updates itself), the updater.
A wrong hash is never run, whatever the signature says; a valid signature of somebody else is not run either. Nothing is downloaded twice:
the file that was checked is the file that runs, and nobody but SYSTEM can change it in between.
[unverified]: product name and signer of the real setup: both come from the catalogue. That the bundle heeds /norestart is WiX's rule [general].
Sources: agent-host 3 (switches, exit codes, ENVIRONMENTNAME), 4 (files), 8.3 (proxy), 11 (versions only move up).
#>
# Roots under which Microsoft alone signs (SHA-1 thumbprints; seen in many public lists [general], the setup's own chain is [unverified]). Not in
# the list, on purpose: "Microsoft Identity Verification Root Certificate Authority 2020", under which anybody can buy a certificate.
$script:MicrosoftRoots = @(
    '3B1EFD3A66EA28B16697394703A72CA340A05BD5' # Microsoft Root Certificate Authority 2010
    '8F43288AD272F3103B6FB1428485EA3014C0BCFE' # Microsoft Root Certificate Authority 2011
    'CDD4EEAE6000AC7F40C3802C171E30148030C072' # Microsoft Root Certificate Authority
)

function Test-InstalledVersion {
    <# Whether an agent of the wanted version, or of a later one, is there. #>
    $installed = Get-CloudSyncAgentVersion
    Write-CloudSyncNote -Kind found -Text "agent version '$installed'"
    return $installed -ne '' -and [version]$installed -ge [version](Get-CloudSyncParameter -Name 'version')
}

function Stop-BadInstaller {
    <# Removes the file that failed a check and ends the step. #>
    param([Parameter(Mandatory = $true)][string]$Path, [Parameter(Mandatory = $true)][string]$Reason, [Parameter(Mandatory = $true)][string]$Message, [Parameter(Mandatory = $true)][string]$Fix, [string]$Evidence = '')
    Remove-Installer -Path $Path
    Stop-CloudSyncStep -Class Permanent -Reason $Reason -Message $Message -Fix $Fix -Evidence $Evidence
}

function Remove-Installer {
    <# Removes a file of the product's own installer folder, nothing else. #>
    param([Parameter(Mandatory = $true)][string]$Path)
    $folder = Get-CloudSyncFolder -Name installer -SystemOnly
    if ((Split-Path -Path $Path -Parent) -eq $folder -and (Test-Path -LiteralPath $Path -PathType Leaf)) { Remove-Item -LiteralPath $Path }
}

function Save-Installer {
    <# Downloads the named version of the object and returns the file's path; a file of the right hash is not downloaded again. #>
    $sha256 = Get-CloudSyncParameter -Name 'sha256'
    $path = Join-Path -Path (Get-CloudSyncFolder -Name installer -SystemOnly) -ChildPath ($sha256 + '.exe')
    if ((Test-Path -LiteralPath $path -PathType Leaf) -and (Get-FileHash -LiteralPath $path -Algorithm SHA256).Hash -eq $sha256) { return $path }
    $bucket = Get-CloudSyncParameter -Name 'bucket'
    $key = Get-CloudSyncParameter -Name 'key'
    $versionID = Get-CloudSyncParameter -Name 'versionID'
    $owner = Get-CloudSyncParameter -Name 'bucketOwner'
    $object = @{ BucketName = $bucket; Key = $key; Region = $env:AWS_SSM_REGION_NAME }
    try {
        # Read-S3Object knows no owner in the versions seen (aws-tools-for-powershell, Read-S3Object-Cmdlet.cs): the HEAD before it does.
        $null = Get-S3ObjectMetadata @object -VersionId $versionID -ExpectedBucketOwner $owner
        if ((Get-Command -Name Read-S3Object).Parameters.ContainsKey('ExpectedBucketOwner')) { $object['ExpectedBucketOwner'] = $owner }
        $null = Read-S3Object @object -Version $versionID -File $path
    } catch {
        $fault = Get-CloudSyncFault -ErrorRecord $_
        Remove-Installer -Path $path
        switch -Regex ($fault.Code) {
            '^(NotFound|NoSuch)' { Stop-CloudSyncStep -Class Permanent -Reason 'InstallerNotFound' -Message "No object $key of version $versionID." -Fix 'Correct the catalogue.' -Evidence $fault.Text }
            '^(Forbidden|AccessDenied)' { Stop-CloudSyncStep -Class Person -Reason 'InstallerAccessDenied' -Message "The host's role may not read $key." -Fix 'Allow s3:GetObjectVersion to it.' -Evidence ("expected bucket owner $owner; " + $fault.Text) }
            default { Stop-CloudSyncStep -Class Transient -Reason 'InstallerUnavailable' -Message 'S3 did not give the setup.' -Fix 'Check the way to S3 and the bucket''s Region; tried again.' -Evidence $fault.Text }
        }
    }
    if ((Get-FileHash -LiteralPath $path -Algorithm SHA256).Hash -ne $sha256) {
        Stop-BadInstaller -Path $path -Reason 'InstallerHashMismatch' -Message 'The object''s SHA-256 is another.' -Fix 'Compare the object with the catalogue.'
    }
    Write-CloudSyncChange -Text 'downloaded the setup; its SHA-256 is the catalogue''s'
    return $path
}

function Assert-Installer {
    <# Ends the step unless signature, signer, root, product name and version are what the catalogue says. #>
    param([Parameter(Mandatory = $true)][string]$Path)
    $signature = Get-AuthenticodeSignature -LiteralPath $Path
    if ([string]$signature.Status -ne 'Valid') {
        Stop-BadInstaller -Path $Path -Reason 'InstallerSignatureInvalid' -Message 'Authenticode: not valid.' -Fix 'Use the vendor''s file.' -Evidence ([string]$signature.Status)
    }
    $chain = New-Object -TypeName System.Security.Cryptography.X509Certificates.X509Chain
    try {
        # Time was judged by Authenticode through the time stamp; revocation is judged here as far as the lists can be reached.
        $chain.ChainPolicy.VerificationFlags = 'IgnoreNotTimeValid'
        $chain.ChainPolicy.RevocationMode = 'Online'
        $chain.ChainPolicy.RevocationFlag = 'ExcludeRoot'
        $chain.ChainPolicy.UrlRetrievalTimeout = [timespan]::FromSeconds(15)
        $null = $chain.Build($signature.SignerCertificate)
        $problems = @($chain.ChainStatus | ForEach-Object -Process { [string]$_.Status } | Where-Object -FilterScript { $_ -notin @('NotTimeValid', 'RevocationStatusUnknown', 'OfflineRevocation') })
        $root = [string]$chain.ChainElements[$chain.ChainElements.Count - 1].Certificate.Thumbprint
    } finally {
        $chain.Reset()
    }
    $signer = $signature.SignerCertificate.GetNameInfo('SimpleName', $false)
    if ($problems.Count -gt 0 -or $root -notin $script:MicrosoftRoots -or $signer -ne (Get-CloudSyncParameter -Name 'signer')) {
        Stop-BadInstaller -Path $Path -Reason 'InstallerSignatureInvalid' -Message 'Authenticode: valid, but not of the expected signer under a Microsoft root.' -Fix 'Use the vendor''s file.' -Evidence ('signer {0}, root {1}, chain {2}' -f $signer, $root, ($problems -join ' '))
    }
    $product = ([string](Get-Item -LiteralPath $Path).VersionInfo.ProductName).Trim()
    $version = Get-CloudSyncFileVersion -Path $Path
    if ($product -ne (Get-CloudSyncParameter -Name 'productName') -or $version -eq '' -or [version]$version -ne [version](Get-CloudSyncParameter -Name 'version')) {
        Stop-BadInstaller -Path $Path -Reason 'InstallerProductMismatch' -Message 'The setup''s product name or version is another than the catalogue''s.' -Fix 'Compare the file''s details with the catalogue.' -Evidence "product $product, version $version"
    }
}

function Install-Agent {
    <# Runs the setup and judges its exit code (MSI and WiX codes [general], agent-host 3). A restart that it wants is asked for by exit code 3010. #>
    param([Parameter(Mandatory = $true)][string]$Path)
    $arguments = @('/quiet', '/norestart')
    $cloud = Get-CloudSyncParameter -Name 'tenantCloud'
    # agent-host 3 documents AzureUSGovernment; DoD takes the same [inferred]; for China the name is [unverified]. Public takes none.
    if ($cloud -in @('USGovernment', 'USGovernmentDoD')) { $arguments = @('/quiet', '/norestart', 'ENVIRONMENTNAME=AzureUSGovernment') }
    if ($cloud -eq 'China') { $arguments = @('/quiet', '/norestart', 'ENVIRONMENTNAME=AzureChinaCloud') }
    $process = Start-Process -FilePath $Path -ArgumentList $arguments -WindowStyle Hidden -PassThru
    # Without the handle, ExitCode stays empty after the end (Start-Process -PassThru) [general].
    $null = $process.Handle
    if (-not $process.WaitForExit([Math]::Max(1, (Get-CloudSyncSecondsLeft) - 60) * 1000)) {
        # An MSI that is killed half-way leaves a broken product: it goes on, and the next run finds what it did.
        Stop-CloudSyncStep -Class Transient -Reason 'InstallStillRuns' -Message 'The setup has not ended in time; it goes on.' -Fix 'None: looked at again.'
    }
    $code = $process.ExitCode
    if ($code -eq 1618) { Stop-CloudSyncStep -Class Transient -Reason 'AnotherInstallRuns' -Message 'msiexec exit code 1618.' -Fix 'Try again later.' }
    if ($code -notin @(0, 3010, 1641)) {
        Stop-CloudSyncStep -Class Transient -Reason 'InstallFailed' -Message "The setup ended with exit code $code." -Fix 'Read the setup''s log on the host; tried again.' -Evidence "exit code $code"
    }
    Write-CloudSyncChange -Text "ran the setup, exit code $code"
    if ($code -ne 0) { Request-CloudSyncReboot }
}

function Get-ProxyElement {
    <# The child element of that name, made when it is absent. #>
    param([Parameter(Mandatory = $true)][System.Xml.XmlElement]$Parent, [Parameter(Mandatory = $true)][string]$Name)
    $child = $Parent.SelectSingleNode($Name)
    if ($null -eq $child) { $child = $Parent.AppendChild($Parent.OwnerDocument.CreateElement($Name)) }
    return $child
}

function Set-AgentProxy {
    <# Whether the agent's file names the proxy; with -IsWriting it is written, as XML, and the service restarted (agent-host 8.3). #>
    param([switch]$IsWriting)
    $proxyURL = Get-CloudSyncParameter -Name 'proxyURL' -AllowEmpty
    $path = Get-CloudSyncAgentFile -Name 'AADConnectProvisioningAgent.exe.config'
    # Taking a proxy out again is the Proxy step's.
    if ($proxyURL -eq '') { return $true }
    $document = New-Object -TypeName System.Xml.XmlDocument
    $document.XmlResolver = $null
    $document.PreserveWhitespace = $true
    if (Test-Path -LiteralPath $path -PathType Leaf) { $document.Load($path) }
    elseif (-not $IsWriting) { return $false }
    if ($null -eq $document.DocumentElement) { $null = $document.AppendChild($document.CreateElement('configuration')) }
    $wanted = @(
        @('system.net/defaultProxy', 'enabled', 'true'), @('system.net/defaultProxy', 'useDefaultCredentials', 'true'),
        @('system.net/defaultProxy/proxy', 'usesystemdefault', 'true'), @('system.net/defaultProxy/proxy', 'proxyaddress', $proxyURL), @('system.net/defaultProxy/proxy', 'bypassonlocal', 'true')
    )
    $isChanged = $false
    foreach ($item in $wanted) {
        $element = $document.DocumentElement
        foreach ($name in $item[0].Split('/')) { $element = Get-ProxyElement -Parent $element -Name $name }
        if ($element.GetAttribute($item[1]) -ceq $item[2]) { continue }
        $element.SetAttribute($item[1], $item[2])
        $isChanged = $true
    }
    if (-not $isChanged -or -not $IsWriting) { return -not $isChanged }
    # The service never meets half a file, and the replaced file keeps its rights.
    $document.Save($path + '.new')
    if (Test-Path -LiteralPath $path -PathType Leaf) { [System.IO.File]::Replace($path + '.new', $path, [NullString]::Value) }
    else { [System.IO.File]::Move($path + '.new', $path) }
    Write-CloudSyncChange -Text 'wrote the proxy into the agent''s configuration file'
    Restart-CloudSyncAgentService
    return $true
}

Invoke-CloudSyncStep -Name 'Install' -Probe {
    if ((Test-InstalledVersion) -and (Set-AgentProxy)) { return @{ agentVersion = Get-CloudSyncAgentVersion } }
} -Change {
    if (-not (Test-InstalledVersion)) {
        $path = Save-Installer
        Assert-Installer -Path $path
        Install-Agent -Path $path
        Remove-Installer -Path $path
    }
    $null = Set-AgentProxy -IsWriting
}
