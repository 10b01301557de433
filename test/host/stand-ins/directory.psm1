<#
.SYNOPSIS
Stand-ins of the ActiveDirectory module, of AWS Tools and of the agent's own cmdlets. See common.psm1 for what has been run: nothing.
.DESCRIPTION
Reads, changes: the state. A refused account is an LDAP result 49, a missing right an ADException 8344, a missing secret an AWS error code: as the vendors
tell it (docs/host-steps.md, agent-host 5.3 and 6.5). Leaves: everything outside the state.
#>
Set-StrictMode -Version 3.0

function Assert-Controller {
    param($State)
    if ($State.trouble -eq 'controllersDown') { throw [System.InvalidOperationException]::new('stand-in: no controller answers') }
}
function Get-DirectoryName {
    param($State, [string]$Name)
    return "CN=$Name,OU=CloudSync,OU=Servers,DC=corp,DC=example,DC=com"
}

function Use-GetADDomainController {
    param($Bound, $State)
    Assert-Controller -State $State; return [pscustomobject]@{ HostName = @("dc1.$($State.directory.dnsName)") }
}
function Use-GetADDomain {
    param($Bound, $State)
    Assert-Controller -State $State; return [pscustomobject]@{ NetBIOSName = $State.directory.netBIOSName; DistinguishedName = 'DC=corp,DC=example,DC=com' }
}
function Use-GetADRootDSE {
    param($Bound, $State)
    return [pscustomobject]@{ configurationNamingContext = 'CN=Configuration,DC=corp,DC=example,DC=com'; schemaNamingContext = 'CN=Schema,CN=Configuration,DC=corp,DC=example,DC=com' }
}

function Use-GetADObject {
    param($Bound, $State)
    Assert-Controller -State $State
    if ($Bound.Contains('LDAPFilter')) {
        if ([string]$Bound['LDAPFilter'] -match 'msKds') { if ($State.trouble -eq 'kdsRootKeyYoung') { return [pscustomobject]@{ Name = 'key' } } else { return } }
        return [pscustomobject]@{ Name = 'attribute' }
    }
    $identity = [string]$Bound['Identity']
    if ($identity -like 'CN=Managed Service Accounts,*') {
        return [pscustomobject]@{ allowedChildClassesEffective = $(if ($State.trouble -eq 'setupAccountDenied') { @() } else { @('msDS-GroupManagedServiceAccount') }) }
    }
    if ($identity -eq $State.directory.hostGroup) {
        return [pscustomobject]@{ allowedAttributesEffective = $(if ($State.trouble -eq 'joinAccountGroup') { @() } else { @('member') }); allowedChildClassesEffective = @() }
    }
    if ($identity -eq $State.directory.organizationalUnit) {
        return [pscustomobject]@{ allowedChildClassesEffective = $(if ($State.trouble -eq 'joinAccountUnit') { @() } else { @('computer') }); allowedAttributesEffective = @() }
    }
    throw [Microsoft.ActiveDirectory.Management.ADIdentityNotFoundException]::new($identity)
}

function Use-GetADComputer {
    param($Bound, $State)
    Assert-Controller -State $State
    $name = $(if ($Bound.Contains('Filter')) { [regex]::Match([string]$Bound['Filter'], "'([^']+)'").Groups[1].Value } else { [string]$Bound['Identity'] })
    if (-not $State.directory.computers.ContainsKey($name)) {
        if ($Bound.Contains('Filter')) { return }
        throw [Microsoft.ActiveDirectory.Management.ADIdentityNotFoundException]::new($name)
    }
    $groups = @(if (@($State.directory.members) -contains $name) { $State.directory.hostGroup })
    return [pscustomobject]@{ Name = $name; DistinguishedName = (Get-DirectoryName -State $State -Name $name); MemberOf = $groups }
}

function Use-AddADGroupMember {
    param($Bound, $State)
    if ($State.trouble -eq 'joinAccountGroup') { throw [Microsoft.ActiveDirectory.Management.ADException]::new(8344) }
    $State.directory.members = @(@($State.directory.members) + @([string]$Bound['Members'] -replace '\$$', ''))
}

function Use-GetADServiceAccount {
    param($Bound, $State)
    Assert-Controller -State $State
    $name = [regex]::Match([string]$Bound['Filter'], "'([^']+)'").Groups[1].Value
    if (-not $State.directory.serviceAccounts.ContainsKey($name)) { return }
    return [pscustomobject]@{ SamAccountName = $name; DistinguishedName = "CN=$name,CN=Managed Service Accounts,DC=corp,DC=example,DC=com"; PrincipalsAllowedToRetrieveManagedPassword = @($State.directory.serviceAccounts[$name]) }
}

function Use-NewADServiceAccount {
    param($Bound, $State)
    # NTE_NO_KEY: there is no effective KDS root key.
    if ([string]$State.trouble -like 'kdsRootKey*') { throw [Microsoft.ActiveDirectory.Management.ADException]::new(-2146893811) }
    $State.directory.serviceAccounts[[string]$Bound['SamAccountName'] + '$'] = @($Bound['PrincipalsAllowedToRetrieveManagedPassword'])
}

function Use-SetADServiceAccount {
    param($Bound, $State)
    $name = [regex]::Match([string]$Bound['Identity'], '^CN=([^,]+),').Groups[1].Value
    $State.directory.serviceAccounts[$name] = @($Bound['PrincipalsAllowedToRetrieveManagedPassword'])
}

function Use-TestADServiceAccount {
    param($Bound, $State)
    $name = ([string]$Bound['Identity']).TrimEnd('$') + '$'
    if (-not $State.directory.serviceAccounts.ContainsKey($name) -or $State.trouble -eq 'controllersDown') { return $false }
    $allowed = @($State.directory.serviceAccounts[$name])
    $isMember = @($State.directory.members) -contains $State.computerName -and $allowed -contains $State.directory.hostGroup
    return $isMember -or $allowed -contains (Get-DirectoryName -State $State -Name $State.computerName)
}

function Test-DirectoryAccount {
    <# The bind of a fake LdapConnection. Counts refusals as a controller does. #>
    param([System.Net.NetworkCredential]$Account)
    $state = Read-StandInState
    $known = $state.directory.accounts[$Account.UserName]
    if ($null -ne $known -and $known.password -ceq $Account.Password) { return }
    $state.directory.badBinds = [int]$state.directory.badBinds + 1
    Write-StandInState -State $state
    throw [System.DirectoryServices.Protocols.LdapException]::new(49, 'stand-in', '80090308: LdapErr: DSID-0C09, comment: AcceptSecurityContext error, data 52e, v4f7c')
}

function Use-GetSECSecretValue {
    param($Bound, $State)
    $secret = $State.secrets[[string]$Bound['SecretId']]
    if ($null -eq $secret) { throw [StandIn.ServiceException]::new('ResourceNotFoundException') }
    if ($secret.isDenied) { throw [StandIn.ServiceException]::new('AccessDeniedException') }
    return [pscustomobject]@{ SecretString = $secret.text; VersionId = 'version1' }
}

function Use-GetS3ObjectMetadata {
    param($Bound, $State)
    if ($State.trouble -eq 'installerMissing') { throw [StandIn.ServiceException]::new('NotFound') }
    if ($State.trouble -eq 'installerDenied') { throw [StandIn.ServiceException]::new('AccessDenied') }
    return [pscustomobject]@{ VersionId = [string]$Bound['VersionId'] }
}

function Use-ReadS3Object {
    param($Bound, $State)
    # The file holds its own hash: Get-FileHash reads it from there.
    [System.IO.File]::WriteAllText([string]$Bound['File'], $(if ($State.trouble -eq 'installerOtherHash') { '0' * 64 } else { [string]$State.installer.sha256 }))
}

function Use-ConnectAADCloudSyncAzureAD {
    param($Bound, $State)
    if ($State.trouble -eq 'entraUnreachable') { throw [System.Net.WebException]::new('stand-in: no answer') }
    $codes = @{ registrationAccountMfa = '50076'; registrationAccountGuest = '50020'; registrationAccountDisabled = '50057' }
    if ($codes.ContainsKey([string]$State.trouble)) { throw [System.InvalidOperationException]::new("AADSTS$($codes[[string]$State.trouble]): stand-in") }
    if ($Bound.Contains('Credential')) { $isRight = $Bound['Credential'].GetNetworkCredential().Password -ceq $State.entra.password }
    else { $isRight = [string]$Bound['AccessToken'] -ceq $State.entra.token }
    if (-not $isRight) { throw [System.InvalidOperationException]::new('AADSTS50126: stand-in') }
    $State.tenantID = $State.entra.tenantID
    $State.registry['HKLM:\SOFTWARE\Microsoft\Azure AD Connect Agents\Azure AD Connect Provisioning Agent'] = @{ TenantID = $State.entra.tenantID }
}

function Use-AddAADCloudSyncGMSA {
    param($Bound, $State)
    $name = $(if ($Bound.Contains('CustomGMSAName')) { [string]$Bound['CustomGMSAName'] } else { 'pGMSA_00000001$' })
    $State.services['AADConnectProvisioningAgent'].account = "$($State.directory.netBIOSName)\$name"
}

function Use-AddAADCloudSyncADDomain {
    param($Bound, $State)
    $State.configuredDomains = @(@($State.configuredDomains) + @([string]$Bound['DomainName']))
}
function Use-GetAADCloudSyncDomains {
    param($Bound, $State)
    return @($State.configuredDomains)
}

Export-ModuleMember -Function 'Use-*', 'Test-DirectoryAccount'
