<#
.SYNOPSIS
Finds a writable controller of a domain, and proves a directory account by exactly one bind.
.DESCRIPTION
Reads: DNS, the directory. Changes: nothing; a refused bind counts as one bad password of the account.
Sources: agent-host 5.3 (never retry a bad credential); RFC 4511, appendix A (result codes).
#>
function Get-CloudSyncDomainController {
    <# Host name of a writable controller of the domain that answers on LDAP. Ends the step when there is none. #>
    param([Parameter(Mandatory = $true)][string]$DomainName)
    $records = @(Resolve-DnsName -Name ('_ldap._tcp.dc._msdcs.' + $DomainName) -Type SRV -ErrorAction SilentlyContinue | Where-Object -FilterScript { $_.Type -eq 'SRV' })
    if ($records.Count -eq 0) {
        Stop-CloudSyncStep -Class Transient -Reason 'DomainNotFound' -Message "$DomainName does not resolve." -Fix 'Check the host''s DNS.'
    }
    try {
        $found = Get-ADDomainController -Discover -DomainName $DomainName -Writable
        return [string]@($found.HostName)[0]
    } catch {
        $fault = Get-CloudSyncFault -ErrorRecord $_
        Stop-CloudSyncStep -Class Transient -Reason 'DomainControllerUnreachable' -Message "No controller of $DomainName answers." -Fix 'Check routes and security groups.' -Evidence $fault.Text
    }
}

function Assert-CloudSyncDirectoryAccount {
    <#
    Exactly one signed and sealed LDAP bind: a refused account ends the step as Credential, so a bad password counts once (agent-host 5.3).
    The code behind "data" in the server's words names the cause; user name and words are not printed.
    #>
    param(
        [Parameter(Mandatory = $true)][string]$Server,
        [Parameter(Mandatory = $true)][System.Management.Automation.PSCredential]$Credential
    )
    Add-Type -AssemblyName System.DirectoryServices.Protocols
    $connection = New-Object -TypeName System.DirectoryServices.Protocols.LdapConnection -ArgumentList $Server
    try {
        $connection.AuthType = 'Negotiate'
        $connection.AutoBind = $false
        $connection.SessionOptions.Signing = $true
        $connection.SessionOptions.Sealing = $true
        $connection.Bind($Credential.GetNetworkCredential())
    } catch {
        $fault = Get-CloudSyncFault -ErrorRecord $_
        # LDAP result 49: invalid credentials (RFC 4511, appendix A).
        if ($fault.Code -ne '49') {
            Stop-CloudSyncStep -Class Transient -Reason 'DomainControllerUnreachable' -Message "$Server did not answer the bind." -Fix 'Check routes and security groups.' -Evidence $fault.Text
        }
        $words = $_.Exception.GetBaseException().PSObject.Properties['ServerErrorMessage']
        $cause = ''
        if ($null -ne $words) { $cause = [regex]::Match([string]$words.Value, 'data ([0-9a-f]{1,8})\b').Groups[1].Value }
        $reason = 'CredentialRefused'
        if ($cause -eq '775') { $reason = 'AccountLockedOut' }
        if ($cause -eq '533') { $reason = 'AccountDisabled' }
        if ($cause -eq '532' -or $cause -eq '773') { $reason = 'PasswordExpired' }
        Stop-CloudSyncStep -Class Credential -Reason $reason -Message "$Server refused the account." -Fix 'Correct the secret or the account; it is not tried again by itself.' -Evidence "LDAP 49, data $cause"
    } finally {
        $connection.Dispose()
    }
}
