<#
.SYNOPSIS
Shared by Permissions and VendorPermissions: effective rights of the gMSA, by name, on the objects that a step looks at. Follows directory-prelude.ps1.
.DESCRIPTION
Reads: the gMSA, the groups of its token, access-control lists. Changes: nothing. Objects under AdminSDHolder inherit nothing from their container
(agent-host 6.3); they are not judged.
Sources: agent-host 6.3 (rights of each permission type). [general]: GUIDs of rights and classes (MS-ADTS, MS-ADSC), constructed attributes.
#>
$script:Classes = @{
    User = 'bf967aba-0de6-11d0-a285-00aa003049e2'; Group = 'bf967a9c-0de6-11d0-a285-00aa003049e2'; Computer = 'bf967a86-0de6-11d0-a285-00aa003049e2'
    Contact = '5cb41ed0-0e4c-11d0-a286-00aa003049e2'; InetOrgPerson = '4828cc14-1437-45bc-9b07-ad6f015e5f28'; Device = 'bf967a8e-0de6-11d0-a285-00aa003049e2'
    ForeignSecurityPrincipal = '89e31c12-8530-11d0-afda-00c04fd930c9'; PublicFolder = 'f0f8ffac-1191-11d0-a060-00aa006c33ed'
}
# Bits of ActiveDirectoryRights: CreateChild, DeleteChild, ReadProperty, WriteProperty; 256: ExtendedRight.
$script:Masks = @{ Create = 1; Delete = 2; Read = 16; Write = 32 }
# Rights that are no verb and class: mask, GUID of the right or attribute, class below (empty: the object itself).
$script:Rights = @{
    ReplicatingDirectoryChanges = @(256, '1131f6aa-9c07-11d1-f79f-00c04fc2dcd2', ''); ReplicatingDirectoryChangesAll = @(256, '1131f6ad-9c07-11d1-f79f-00c04fc2dcd2', '')
    ResetPassword = @(256, '00299570-246d-11d0-a768-00aa006e0529', 'User'); UnexpirePassword = @(256, 'ccc2dc7d-a6ad-4a7a-8846-c04e3cc53501', '')
    WriteLockoutTime = @(32, '28630ebf-41d5-11d1-a9c1-0000f80367c1', 'User'); WritePwdLastSet = @(32, 'bf967a0a-0de6-11d0-a285-00aa003049e2', 'User')
}

function Get-CloudSyncRightEntry {
    <# What the entry of a right holds. CreateGroups and DeleteGroups name the class on the object; ReadGroups and WriteGroups are for groups below it. #>
    param([Parameter(Mandatory = $true)][string]$Right)
    if ($script:Rights.ContainsKey($Right)) {
        $mask, $named, $below = $script:Rights[$Right]
    } else {
        $words = [regex]::Match($Right, '^(Create|Delete|Read|Write)([A-Za-z]+)s$')
        $mask = $script:Masks[$words.Groups[1].Value]
        $named = ''
        $below = $words.Groups[2].Value
        if ($mask -lt 16) { $named = $script:Classes[$below]; $below = '' }
    }
    $object = [guid]::Empty
    $class = [guid]::Empty
    if ($named -ne '') { $object = [guid]$named }
    if ($below -ne '') { $class = [guid]$script:Classes[$below] }
    return @{ Mask = $mask; Object = $object; Below = $class; IsBelow = $below -ne '' }
}

function Get-CloudSyncGMSA {
    <# The gMSA of the parameter, with the SIDs that its token carries; ends the step when there is none. #>
    param([Parameter(Mandatory = $true)][hashtable]$Connection)
    $name = Get-CloudSyncParameter -Name 'gmsaName'
    $account = Get-ADServiceAccount @Connection -Filter ("sAMAccountName -eq '{0}'" -f $name)
    if ($null -eq $account) {
        Stop-CloudSyncStep -Class Permanent -Reason 'GMSANotFound' -Message "There is no gMSA $name." -Fix 'Create it or correct its name.'
    }
    # Everyone and Authenticated Users are in every token.
    $token = Find-CloudSyncObject -Identity $account.DistinguishedName -Connection $Connection -Properties @('tokenGroups')
    $trustees = @([string]$account.SID.Value) + @($token.tokenGroups | ForEach-Object -Process { [string]$_.Value }) + @('S-1-1-0', 'S-1-5-11')
    return @{ DistinguishedName = [string]$account.DistinguishedName; SID = $account.SID; Trustees = $trustees }
}

function Get-CloudSyncVerdict {
    <#
    effective, missing or denied, by the first entry that decides, in the list's own order, which is the canonical one (Windows documentation, "Order of
    ACEs in a DACL"): an allow entry gives all of the mask, a deny entry takes any of it.
    #>
    param([Parameter(Mandatory = $true)][string]$Right, [Parameter(Mandatory = $true)][object[]]$Rules, [Parameter(Mandatory = $true)][string[]]$Trustees)
    $entry = Get-CloudSyncRightEntry -Right $Right
    foreach ($rule in $Rules) {
        if ($Trustees -notcontains [string]$rule.IdentityReference.Value -or $rule.ObjectType -notin @([guid]::Empty, $entry.Object)) { continue }
        $isFor = -not ([string]$rule.PropagationFlags).Contains('InheritOnly')
        if ($entry.IsBelow) { $isFor = ([string]$rule.InheritanceFlags).Contains('ContainerInherit') -and $rule.InheritedObjectType -in @([guid]::Empty, $entry.Below) }
        $given = [int]$rule.ActiveDirectoryRights -band $entry.Mask
        if (-not $isFor -or $given -eq 0) { continue }
        if ([string]$rule.AccessControlType -eq 'Deny') { return 'denied' }
        if ($given -eq $entry.Mask) { return 'effective' }
    }
    return 'missing'
}

function Get-CloudSyncFinding {
    <# What is effective, missing and denied on one object. #>
    param([Parameter(Mandatory = $true)][string]$Identity, [Parameter(Mandatory = $true)][AllowEmptyCollection()][string[]]$Wanted, [Parameter(Mandatory = $true)][hashtable]$Account, [Parameter(Mandatory = $true)][hashtable]$Connection)
    $target = Find-CloudSyncObject -Identity $Identity -Connection $Connection -Properties @('nTSecurityDescriptor')
    $rules = @($target.nTSecurityDescriptor.GetAccessRules($true, $true, [System.Security.Principal.SecurityIdentifier]))
    $finding = @{ distinguishedName = $Identity; effective = @(); granted = @(); missing = @(); denied = @() }
    foreach ($right in $Wanted) { $finding[(Get-CloudSyncVerdict -Right $right -Rules $rules -Trustees $Account.Trustees)] += $right }
    return $finding
}

function Set-CloudSyncGranted {
    <# Moves what this run has set from effective to granted. #>
    param([Parameter(Mandatory = $true)][hashtable]$Finding, [Parameter(Mandatory = $true)][AllowEmptyCollection()][string[]]$Set)
    $Finding.granted = @($Finding.effective | Where-Object -FilterScript { $Set -contains $_ })
    $Finding.effective = @($Finding.effective | Where-Object -FilterScript { $Set -notcontains $_ })
}

function Assert-CloudSyncNothingDenied {
    <# Ends the step when a right is denied, or (IsAfter) missing after it was set; names right and object. #>
    param([Parameter(Mandatory = $true)][AllowEmptyCollection()][object[]]$Findings, [switch]$IsAfter)
    foreach ($finding in $Findings) {
        if ($finding.denied.Count -gt 0) {
            Stop-CloudSyncStep -Class Person -Reason 'RightsDenied' -Message ('{0}: denied on {1}.' -f ($finding.denied -join ', '), $finding.distinguishedName) -Fix 'Remove the entry.'
        }
        if ($IsAfter -and $finding.missing.Count -gt 0) {
            Stop-CloudSyncStep -Class Transient -Reason 'RightsNotEffective' -Message ('{0}: not effective on {1}.' -f ($finding.missing -join ', '), $finding.distinguishedName) -Fix 'Rights replicate within an hour; tried again.'
        }
    }
}

function Get-CloudSyncPermissionFact {
    param([Parameter(Mandatory = $true)][AllowEmptyCollection()][object[]]$Findings)
    foreach ($finding in $Findings) { foreach ($key in @('effective', 'granted', 'missing', 'denied')) { $finding[$key] = [string[]]@($finding[$key]) } }
    $open = @($Findings | Where-Object -FilterScript { $_.missing.Count + $_.denied.Count -gt 0 })
    return @{ isSufficient = $open.Count -eq 0; findings = [object[]]$Findings }
}

function Get-CloudSyncSetupCredential {
    <# The set-up account, which may write the access-control list of every object named, or the step ends. #>
    param([Parameter(Mandatory = $true)][string]$Server, [Parameter(Mandatory = $true)][string[]]$Identities)
    $secretARN = Get-CloudSyncParameter -Name 'setupSecretARN' -AllowEmpty
    if ($secretARN -eq '') {
        Stop-CloudSyncStep -Class Permanent -Reason 'SetupCredentialRequired' -Message 'Mode Grant needs a set-up credential.' -Fix 'Name setupCredential.'
    }
    $credential = Get-CloudSyncDirectoryCredential -Server $Server -SecretARN $secretARN
    $connection = @{ Server = $Server; Credential = $credential }
    foreach ($name in $Identities) {
        # sDRightsEffective of the bound account; bit 4: DACL_SECURITY_INFORMATION.
        $target = Find-CloudSyncObject -Identity $name -Connection $connection -Properties @('sDRightsEffective')
        if (([int]$target.sDRightsEffective -band 4) -eq 0) { Stop-CloudSyncSetupDenied -Identity $name }
    }
    return $credential
}

function Stop-CloudSyncSetupDenied {
    param([Parameter(Mandatory = $true)][string]$Identity, [string]$Evidence = '')
    Stop-CloudSyncStep -Class Person -Reason 'SetupAccountDenied' -Message "The set-up account may not change the rights on $Identity." -Fix 'Delegate that to it.' -Evidence $Evidence
}
