<#
.SYNOPSIS
Shared by Install and PassThroughInstall: a setup from S3 that is what the catalogue says, and the judgement of its run. Follows prelude.ps1.
.DESCRIPTION
Reads: the object's version and owner, the file's hash, signature, chain, product name and version. Changes: the product's installer folder, which only
SYSTEM can write. A wrong hash is never run, whatever the signature says; a valid signature of somebody else is not run either.
Sources: agent-host 3 (hash, signature, exit codes).
#>
# Roots under which Microsoft alone signs (SHA-1 thumbprints; seen in many public lists [general], the setup's own chain is [unverified]). Not in
# the list, on purpose: "Microsoft Identity Verification Root Certificate Authority 2020", under which anybody can buy a certificate.
$script:MicrosoftRoots = @(
    '3B1EFD3A66EA28B16697394703A72CA340A05BD5' # Microsoft Root Certificate Authority 2010
    '8F43288AD272F3103B6FB1428485EA3014C0BCFE' # Microsoft Root Certificate Authority 2011
    'CDD4EEAE6000AC7F40C3802C171E30148030C072' # Microsoft Root Certificate Authority
)

function Stop-CloudSyncBadInstaller {
    <# Removes the file that failed a check and ends the step. #>
    param([Parameter(Mandatory = $true)][string]$Path, [Parameter(Mandatory = $true)][string]$Reason, [Parameter(Mandatory = $true)][string]$Message, [Parameter(Mandatory = $true)][string]$Fix, [string]$Evidence = '')
    Remove-CloudSyncInstaller -Path $Path
    Stop-CloudSyncStep -Class Permanent -Reason $Reason -Message $Message -Fix $Fix -Evidence $Evidence
}

function Remove-CloudSyncInstaller {
    <# Removes a file of the product's own installer folder, nothing else. #>
    param([Parameter(Mandatory = $true)][string]$Path)
    $folder = Get-CloudSyncFolder -Name installer -SystemOnly
    if ((Split-Path -Path $Path -Parent) -eq $folder -and (Test-Path -LiteralPath $Path -PathType Leaf)) { Remove-Item -LiteralPath $Path }
}

function Save-CloudSyncInstaller {
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
        Remove-CloudSyncInstaller -Path $path
        switch -Regex ($fault.Code) {
            '^(NotFound|NoSuch)' { Stop-CloudSyncStep -Class Permanent -Reason 'InstallerNotFound' -Message "No object $key of version $versionID." -Fix 'Correct the catalogue.' -Evidence $fault.Text }
            '^(Forbidden|AccessDenied)' { Stop-CloudSyncStep -Class Person -Reason 'InstallerAccessDenied' -Message "The host's role may not read $key." -Fix 'Allow s3:GetObjectVersion to it.' -Evidence ("expected bucket owner $owner; " + $fault.Text) }
            default { Stop-CloudSyncStep -Class Transient -Reason 'InstallerUnavailable' -Message 'S3 did not give the setup.' -Fix 'Check the way to S3 and the bucket''s Region; tried again.' -Evidence $fault.Text }
        }
    }
    if ((Get-FileHash -LiteralPath $path -Algorithm SHA256).Hash -ne $sha256) {
        Stop-CloudSyncBadInstaller -Path $path -Reason 'InstallerHashMismatch' -Message 'The object''s SHA-256 is another.' -Fix 'Compare the object with the catalogue.'
    }
    Write-CloudSyncChange -Text 'downloaded the setup; its SHA-256 is the catalogue''s'
    return $path
}

function Assert-CloudSyncInstaller {
    <# Ends the step unless signature, signer, root, product name and version are what the catalogue says. #>
    param([Parameter(Mandatory = $true)][string]$Path)
    $signature = Get-AuthenticodeSignature -LiteralPath $Path
    if ([string]$signature.Status -ne 'Valid') {
        Stop-CloudSyncBadInstaller -Path $Path -Reason 'InstallerSignatureInvalid' -Message 'Authenticode: not valid.' -Fix 'Use the vendor''s file.' -Evidence ([string]$signature.Status)
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
        Stop-CloudSyncBadInstaller -Path $Path -Reason 'InstallerSignatureInvalid' -Message 'Authenticode: valid, but not of the expected signer under a Microsoft root.' -Fix 'Use the vendor''s file.' -Evidence ('signer {0}, root {1}, chain {2}' -f $signer, $root, ($problems -join ' '))
    }
    $product = ([string](Get-Item -LiteralPath $Path).VersionInfo.ProductName).Trim()
    $version = Get-CloudSyncFileVersion -Path $Path
    if ($product -ne (Get-CloudSyncParameter -Name 'productName') -or $version -eq '' -or [version]$version -ne [version](Get-CloudSyncParameter -Name 'version')) {
        Stop-CloudSyncBadInstaller -Path $Path -Reason 'InstallerProductMismatch' -Message 'The setup''s product name or version is another than the catalogue''s.' -Fix 'Compare the file''s details with the catalogue.' -Evidence "product $product, version $version"
    }
}

function Wait-CloudSyncInstaller {
    <# Waits for the setup and judges its exit code (MSI and WiX codes [general], agent-host 3). A restart that it wants is asked for by exit code 3010. #>
    param([Parameter(Mandatory = $true)]$Process)
    # Without the handle, ExitCode stays empty after the end (Start-Process -PassThru) [general].
    $null = $Process.Handle
    if (-not $Process.WaitForExit([Math]::Max(1, (Get-CloudSyncSecondsLeft) - 60) * 1000)) {
        # An MSI that is killed half-way leaves a broken product: it goes on, and the next run finds what it did.
        Stop-CloudSyncStep -Class Transient -Reason 'InstallStillRuns' -Message 'The setup has not ended in time; it goes on.' -Fix 'None: looked at again.'
    }
    $code = $Process.ExitCode
    if ($code -eq 1618) { Stop-CloudSyncStep -Class Transient -Reason 'AnotherInstallRuns' -Message 'msiexec exit code 1618.' -Fix 'Try again later.' }
    if ($code -notin @(0, 3010, 1641)) {
        Stop-CloudSyncStep -Class Transient -Reason 'InstallFailed' -Message "The setup ended with exit code $code." -Fix 'Read the setup''s log on the host; tried again.' -Evidence "exit code $code"
    }
    Write-CloudSyncChange -Text "ran the setup, exit code $code"
    if ($code -ne 0) { Request-CloudSyncReboot }
}
