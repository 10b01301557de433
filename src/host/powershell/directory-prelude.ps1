<#
.SYNOPSIS
Shared by the steps that work in Active Directory: the way into the host's own domain, and what is found there. Follows prelude.ps1.
.DESCRIPTION
Reads: the host's membership and secure channel, objects of the directory. Changes: nothing; it binds once with an account that a step names.
Reasons and classes are the same in every step. Nothing here is told by the words of an exception: they may quote a name or a secret.
Sources: agent-host 6.1 (RSAT-AD-PowerShell), 9 (secure channel), 5.3 (one bind with a bad credential).
#>
function Get-CloudSyncOwnController {
    <# Host name of a controller of the domain in the parameter domainName, which has to be the host's own; unless AnyTrust, it has to trust the host. #>
    param([switch]$AnyTrust)
    $domainName = Get-CloudSyncParameter -Name 'domainName'
    $system = Get-CimInstance -ClassName Win32_ComputerSystem
    if (-not $system.PartOfDomain) {
        Stop-CloudSyncStep -Class Permanent -Reason 'NotJoined' -Message 'The host is in no domain.' -Fix 'Join it first.'
    }
    $own = ([string]$system.Domain).ToLowerInvariant()
    if ($own -ne $domainName) {
        Stop-CloudSyncStep -Class Permanent -Reason 'JoinedElsewhere' -Message "The host belongs to $own." -Fix 'Use one of the domain.'
    }
    if ($null -eq (Get-Module -Name ActiveDirectory -ListAvailable)) {
        Stop-CloudSyncStep -Class Permanent -Reason 'DirectoryModuleMissing' -Message 'The feature RSAT-AD-PowerShell is not installed.' -Fix 'Run the Join step again; it installs the feature.'
    }
    $server = Get-CloudSyncDomainController -DomainName $domainName
    if (-not $AnyTrust -and -not (Test-ComputerSecureChannel -Server $server)) {
        Stop-CloudSyncStep -Class Permanent -Reason 'DomainNotTrusted' -Message 'The domain does not trust the host any more.' -Fix 'Replace the host.'
    }
    return $server
}

function Get-CloudSyncDirectoryCredential {
    <# The account of a secret, after its one bind. #>
    param([Parameter(Mandatory = $true)][string]$Server, [Parameter(Mandatory = $true)][string]$SecretARN)
    $credential = Get-CloudSyncSecret -SecretARN $SecretARN
    if ($credential -isnot [System.Management.Automation.PSCredential]) {
        Stop-CloudSyncStep -Class Permanent -Reason 'SecretMalformed' -Message "$SecretARN holds no account." -Fix 'Store {"username": "...", "password": "..."}.'
    }
    Assert-CloudSyncDirectoryAccount -Server $Server -Credential $credential
    return $credential
}

function Find-CloudSyncObject {
    <# An object by its distinguished name, with the attributes asked for; $null: there is none. #>
    param(
        [Parameter(Mandatory = $true)][string]$Identity,
        [Parameter(Mandatory = $true)][hashtable]$Connection,
        [string[]]$Properties = @('distinguishedName')
    )
    try {
        return Get-ADObject @Connection -Identity $Identity -Properties $Properties
    } catch {
        if ((Get-CloudSyncFault -ErrorRecord $_).Types -match 'ADIdentityNotFoundException') { return $null }
        throw
    }
}

function Get-CloudSyncParentName {
    <# Distinguished name of the container of an object: what follows the first comma that no backslash precedes (RFC 4514). #>
    param([Parameter(Mandatory = $true)][string]$DistinguishedName)
    return [regex]::Match($DistinguishedName, '^(?:[^,\\]|\\.)+,(.+)$').Groups[1].Value
}

function Test-CloudSyncDenial {
    <# Whether a failure says that the account has too few rights (8344 insufficient access rights, 5 access denied: system error codes). #>
    param([Parameter(Mandatory = $true)][pscustomobject]$Fault)
    return $Fault.Code -in @('8344', '5') -or $Fault.Types -match 'UnauthorizedAccessException'
}
