<#
.SYNOPSIS
Stand-ins of the ActiveDirectory module, of AWS Tools and of the agent's sign-in and set-up. See common.psm1 for what has been run: nothing.
.DESCRIPTION
Reads, changes: the state. A refused account is an LDAP result 49, a missing right an ADException 8344, a missing secret an AWS error code: as the vendors
tell it (docs/host-steps.md, agent-host 5.3 and 6.5). Leaves: everything outside the state.
#>
Set-StrictMode -Version 3.0
Add-Type -AssemblyName 'System.IO.Compression.FileSystem'

function Assert-Controller {
    param($State)
    if ($State.trouble -eq 'controllersDown') { throw [System.InvalidOperationException]::new('stand-in: no controller answers') }
}
function Get-DirectoryName {
    param($State, [string]$Name)
    if ($State.directory.computers.ContainsKey($Name)) { return "CN=$Name,$($State.directory.computers[$Name].organizationalUnit)" }
    return "CN=$Name,$($State.directory.organizationalUnit)"
}
function Get-ComputerOf {
    <# The name in a list's member: CSA1, CSA1$ or CN=CSA1,OU=... #>
    param([string]$Member)
    return [regex]::Match($Member, '^(?:CN=)?([^,$]+)').Groups[1].Value
}

function Use-GetADDomainController {
    param($Bound, $State)
    Assert-Controller -State $State
    $names = @("dc1.$($State.directory.dnsName)", "dc2.$($State.directory.dnsName)")
    if ($Bound.Contains('Filter')) { foreach ($name in $names) { [pscustomobject]@{ HostName = $name; Site = 'Default-First-Site-Name' } }; return }
    if ($Bound.Contains('Identity')) { return [pscustomobject]@{ HostName = [string]$Bound['Identity']; Site = 'Default-First-Site-Name' } }
    return [pscustomobject]@{ HostName = @($names[0]) }
}
function Use-GetADDomain {
    param($Bound, $State)
    Assert-Controller -State $State; return [pscustomobject]@{ NetBIOSName = $State.directory.netBIOSName; DistinguishedName = $State.directory.root }
}
function Use-GetADRootDSE {
    param($Bound, $State)
    $configuration = "CN=Configuration,$($State.directory.root)"
    return [pscustomobject]@{ defaultNamingContext = [string]$State.directory.root; configurationNamingContext = $configuration; schemaNamingContext = "CN=Schema,$configuration" }
}

function Use-GetADObject {
    param($Bound, $State)
    Assert-Controller -State $State
    if ($Bound.Contains('LDAPFilter')) { return Find-StandInObject -Filter ([string]$Bound['LDAPFilter']) -State $State }
    $entry = Get-StandInEntry -Identity ([string]$Bound['Identity']) -State $State
    if ($null -eq $entry) { throw [Microsoft.ActiveDirectory.Management.ADIdentityNotFoundException]::new([string]$Bound['Identity']) }
    return $entry
}

function Find-StandInObject {
    <# What a filter finds: KDS root keys, the schema's anchor attribute, members of the group that ReadGroup looks at. #>
    param([string]$Filter, $State)
    if ($Filter -match 'msKds') { if ($State.trouble -eq 'kdsRootKeyYoung') { [pscustomobject]@{ Name = 'key' } }; return }
    if ($Filter -match '^\(memberOf=') {
        $group = @($State.directory.groups)[0]
        if ($group.hasHiddenMembers) { return }
        foreach ($guid in @($group.memberGUIDs)) { [pscustomobject]@{ ObjectGUID = [guid]$guid } }
        return
    }
    if ($State.trouble -ne 'anchorAttributeMissing') { [pscustomobject]@{ Name = 'attribute' } }
}

function Use-GetADGroup {
    param($Bound, $State)
    Assert-Controller -State $State
    foreach ($group in @($State.directory.groups)) {
        if ([string]$Bound['LDAPFilter'] -ne "(msDS-ExternalDirectoryObjectId=$($group.anchor))") { continue }
        $members = @(foreach ($guid in @($group.memberGUIDs)) { "CN=$guid,$($State.directory.root)" })
        [pscustomobject]@{ DistinguishedName = $group.distinguishedName; SID = [pscustomobject]@{ Value = $group.sid }; ObjectGUID = [guid]$group.guid; member = $members }
    }
}

function Use-GetADComputer {
    param($Bound, $State)
    Assert-Controller -State $State
    if ($State.trouble -eq 'oneControllerDown' -and [string]$Bound['Server'] -match '^dc2\.') { throw [System.InvalidOperationException]::new('stand-in: this controller does not answer') }
    $name = $(if ($Bound.Contains('LDAPFilter')) { [regex]::Match([string]$Bound['LDAPFilter'], '=([^)$]+)').Groups[1].Value }
        elseif ($Bound.Contains('Filter')) { [regex]::Match([string]$Bound['Filter'], "'([^']+)'").Groups[1].Value }
        else { [string]$Bound['Identity'] })
    if (-not $State.directory.computers.ContainsKey($name)) {
        if (-not $Bound.Contains('Identity')) { return }
        throw [Microsoft.ActiveDirectory.Management.ADIdentityNotFoundException]::new($name)
    }
    $computer = $State.directory.computers[$name]
    $groups = @(if (@($State.directory.members) -contains $name) { $State.directory.hostGroup })
    $logon = [long]0
    if ($null -ne $computer.lastLogonAt) { $logon = ([datetime]$computer.lastLogonAt).ToUniversalTime().ToFileTimeUtc() }
    return [pscustomobject]@{
        Name = $name; DistinguishedName = (Get-DirectoryName -State $State -Name $name); MemberOf = $groups; ObjectGUID = [guid]$computer.guid
        whenCreated = ([datetime]$computer.createdAt).ToUniversalTime(); lastLogon = $logon
    }
}

function Use-AddADGroupMember {
    param($Bound, $State)
    if ($State.trouble -in @('joinAccountGroup', 'leaveAccountGroupless')) { throw [Microsoft.ActiveDirectory.Management.ADException]::new(8344) }
    $State.directory.members = @(@($State.directory.members) + @(Get-ComputerOf -Member ([string]$Bound['Members'])))
}

function Use-RemoveADGroupMember {
    param($Bound, $State)
    if ($State.trouble -eq 'leaveAccountGroupless') { throw [Microsoft.ActiveDirectory.Management.ADException]::new(8344) }
    $gone = Get-ComputerOf -Member ([string]$Bound['Members'])
    $State.directory.members = @(@($State.directory.members) | Microsoft.PowerShell.Core\Where-Object -FilterScript { $_ -ne $gone })
}

function Use-RemoveADComputer {
    param($Bound, $State)
    if ($State.trouble -eq 'leaveAccountDeletionless') { throw [Microsoft.ActiveDirectory.Management.ADException]::new(8344) }
    foreach ($name in @($State.directory.computers.Keys)) {
        $computer = $State.directory.computers[$name]
        if ([guid]$computer.guid -ne [guid][string]$Bound['Identity']) { continue }
        # ERROR_DS_CHILDREN_EXIST
        if ($computer.hasChildren) { throw [Microsoft.ActiveDirectory.Management.ADException]::new(8332) }
        $State.directory.computers.Remove($name)
        $State.directory.members = @(@($State.directory.members) | Microsoft.PowerShell.Core\Where-Object -FilterScript { $_ -ne $name })
    }
}

function Use-GetADServiceAccount {
    param($Bound, $State)
    Assert-Controller -State $State
    $name = [regex]::Match([string]$Bound['Filter'], "'([^']+)'").Groups[1].Value
    if (-not $State.directory.serviceAccounts.ContainsKey($name)) { return }
    return [pscustomobject]@{
        SamAccountName = $name; DistinguishedName = "CN=$name,CN=Managed Service Accounts,$($State.directory.root)"
        SID = (Get-StandInAccountSid); PrincipalsAllowedToRetrieveManagedPassword = @($State.directory.serviceAccounts[$name])
    }
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
    return Test-StandInAccount -Name ([string]$Bound['Identity']) -State $State
}

function Test-StandInAccount {
    <# Whether this host may read the password of a gMSA. The agent's own (pGMSA_) has let it in. #>
    param([string]$Name, $State)
    $name = $Name.TrimEnd('$') + '$'
    if ($name -like 'pGMSA_*') { return $State.trouble -ne 'controllersDown' }
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
    $isRight = $null -ne $known -and $known.password -ceq $Account.Password
    if ($isRight -and $known.state -notin @('expired', 'disabled')) { return }
    # 532: the password has expired; 533: the account is disabled; 52e: wrong password. Only the last counts as a bad one.
    $causes = @{ expired = '532'; disabled = '533' }
    $cause = $(if ($isRight) { $causes[[string]$known.state] } else { '52e' })
    if ($cause -eq '52e') {
        $state.directory.badBinds = [int]$state.directory.badBinds + 1
        Write-StandInState -State $state
    }
    throw [System.DirectoryServices.Protocols.LdapException]::new(49, 'stand-in', "80090308: LdapErr: DSID-0C09, comment: AcceptSecurityContext error, data $cause, v4f7c")
}

function Use-GetSECSecretValue {
    param($Bound, $State)
    if ($State.trouble -eq 'ailmentSecretsManagerUnreachable') { throw [StandIn.ServiceException]::new('RequestTimeout') }
    $secret = $State.secrets[[string]$Bound['SecretId']]
    if ($null -eq $secret) { throw [StandIn.ServiceException]::new('ResourceNotFoundException') }
    if ($secret.isDenied) { throw [StandIn.ServiceException]::new('AccessDeniedException') }
    return [pscustomobject]@{ SecretString = $secret.text; VersionId = 'version1' }
}

function Use-GetS3ObjectMetadata {
    param($Bound, $State)
    if ($State.trouble -eq 'installerMissing') { throw [StandIn.ServiceException]::new('NotFound') }
    if ($State.trouble -eq 'installerDenied' -or [string]$Bound['ExpectedBucketOwner'] -ne '111122223333') { throw [StandIn.ServiceException]::new('AccessDenied') }
    return [pscustomobject]@{ VersionId = [string]$Bound['VersionId'] }
}

function Use-ReadS3Object {
    param($Bound, $State)
    # The file holds its own hash: Get-FileHash reads it from there.
    [System.IO.File]::WriteAllText([string]$Bound['File'], $(if ($State.trouble -eq 'installerOtherHash') { '0' * 64 } else { [string]$State.installer.sha256 }))
}

function Use-WriteS3Object {
    param($Bound, $State)
    if ($State.trouble -eq 'ailmentBucketUnreachable') { throw [StandIn.ServiceException]::new('RequestTimeout') }
    $bucket = [string]$Bound['BucketName']
    $key = [string]$Bound['Key']
    if ($bucket -ne 'cloudsync-output') { throw [StandIn.ServiceException]::new('NoSuchBucket') }
    # S3 answers another account's bucket and a missing right alike.
    $isDenied = $State.trouble -in @('outputBucketOtherOwner', 'outputBucketDenied') -or [string]$Bound['ExpectedBucketOwner'] -ne '111122223333'
    if ($isDenied -or -not $key.StartsWith('diagnostics/', [System.StringComparison]::Ordinal)) { throw [StandIn.ServiceException]::new('AccessDenied') }
    # Kept open, because the scan for secrets does not see into a compressed file.
    $kept = [System.IO.Path]::Combine($env:STANDIN_FOLDER, 'uploads', [string]@($State.archives).Count)
    [System.IO.Compression.ZipFile]::ExtractToDirectory([string]$Bound['File'], $kept)
    $State.archives = @(@($State.archives) + @('{0}/{1}' -f $bucket, $key.Substring(0, $key.LastIndexOf('/'))))
}

function Assert-EntraAccount {
    <# What Entra says of an account before it looks at the password. #>
    param($State)
    if ($State.trouble -eq 'entraUnreachable') { throw [System.Net.WebException]::new('stand-in: no answer') }
    $codes = @{ registrationAccountMfa = '50076'; registrationAccountGuest = '50020'; registrationAccountDisabled = '50057' }
    if ($codes.ContainsKey([string]$State.trouble)) { throw [System.InvalidOperationException]::new("AADSTS$($codes[[string]$State.trouble]): stand-in") }
    # Neither has a code of its own: the vendor's cmdlet says it in words, which nobody reads.
    if ($State.trouble -eq 'registrationAccountRoleMissing') { throw [System.InvalidOperationException]::new('stand-in: refused') }
}

function Assert-EntraPassword {
    param([System.Management.Automation.PSCredential]$Credential, $State)
    if ($Credential.GetNetworkCredential().Password -cne $State.entra.password) { throw [System.InvalidOperationException]::new('AADSTS50126: stand-in') }
}

function Use-ConnectAADCloudSyncAzureAD {
    param($Bound, $State)
    Assert-EntraAccount -State $State
    if ($Bound.Contains('TenantId') -and [string]$Bound['TenantId'] -ne $State.entra.tenantID) { throw [System.InvalidOperationException]::new('AADSTS90002: stand-in') }
    if ($Bound.Contains('Credential')) { Assert-EntraPassword -Credential $Bound['Credential'] -State $State }
    elseif ([string]$Bound['AccessToken'] -cne $State.entra.token) { throw [System.InvalidOperationException]::new('AADSTS50126: stand-in') }
    $State.tenantID = $State.entra.tenantID
    $State.registry['HKLM:\SOFTWARE\Microsoft\Azure AD Connect Agents\Azure AD Connect Provisioning Agent'] = @{ TenantID = $State.entra.tenantID }
}

function Use-AddAADCloudSyncGMSA {
    param($Bound, $State)
    if ($State.trouble -eq 'ailmentVendorCmdletFails') { throw [System.InvalidOperationException]::new('stand-in: the cmdlet fails') }
    if ($State.trouble -eq 'ailmentAccountNotSet') { return }
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

Export-ModuleMember -Function 'Use-*', 'Assert-EntraAccount', 'Assert-EntraPassword', 'Test-DirectoryAccount', 'Test-StandInAccount', 'Get-DirectoryName'
