<#
.SYNOPSIS
ReadGroup: one provisioned group by its anchor msDS-ExternalDirectoryObjectId, as the host's own account. The proof that a group really arrived.
.DESCRIPTION
Reads: the schema, the group, its direct members. Changes: nothing; what is left is as it was found. The hash of the members is the one that contracts/host/read-group.json defines.
A schema without the anchor, two groups with one anchor and members that cannot be read are never told as "not found" or as a wrong hash (S5).
[general]: members are found by the back link memberOf, which shows those of the domain; when it shows fewer than the group's member attribute
has values, count and hash are null.
Sources: agent-host 15 (the attribute, how to look for it in the schema); entra-graph (value Group_ and the object id).
#>
# Groups have at most 50,000 members in cloud sync (agent-host 2, "Service limits").
$script:MembersMax = 50000
$script:PageSize = 1000

function Assert-AnchorAttribute {
    <# An LDAP filter on an attribute that the schema lacks finds nothing and says nothing: looked for before. #>
    param([Parameter(Mandatory = $true)][hashtable]$Connection)
    $schema = [string](Get-ADRootDSE @Connection).schemaNamingContext
    $found = @(Get-ADObject @Connection -SearchBase $schema -LDAPFilter '(lDAPDisplayName=msDS-ExternalDirectoryObjectId)')
    if ($found.Count -eq 0) {
        Stop-CloudSyncStep -Class Permanent -Reason 'AnchorAttributeMissing' -Message 'The schema lacks msDS-ExternalDirectoryObjectId.' -Fix 'Run adprep of Server 2016 or later.'
    }
}

function Get-MemberGUID {
    <# objectGUID of every direct member, in lower case; $null when not all of them can be read. #>
    param([Parameter(Mandatory = $true)]$Group, [Parameter(Mandatory = $true)][hashtable]$Connection)
    $count = @($Group.member).Count
    if ($count -gt $script:MembersMax) { return $null }
    # RFC 4515: these five are escaped in a filter.
    $name = [regex]::Replace([string]$Group.DistinguishedName, '[\\*()\x00]', { param($found) '\{0:x2}' -f [int][char]$found.Value })
    $members = @(Get-ADObject @Connection -LDAPFilter ('(memberOf={0})' -f $name) -ResultPageSize $script:PageSize -ResultSetSize ($script:MembersMax + 1))
    if ($members.Count -ne $count) { return $null }
    $guids = [string[]]@($members | ForEach-Object -Process { $_.ObjectGUID.ToString('D').ToLowerInvariant() })
    [array]::Sort($guids, [System.StringComparer]::Ordinal)
    # The comma keeps an empty list a list.
    return , $guids
}

function Get-MemberHash {
    <# SHA-256 over one line a member; see the contract. #>
    param([Parameter(Mandatory = $true)][AllowEmptyCollection()][string[]]$GUIDs)
    $text = -join @($GUIDs | ForEach-Object -Process { $_ + "`n" })
    $algorithm = [System.Security.Cryptography.SHA256]::Create()
    try {
        return -join @($algorithm.ComputeHash([System.Text.Encoding]::ASCII.GetBytes($text)) | ForEach-Object -Process { $_.ToString('x2') })
    } finally {
        $algorithm.Dispose()
    }
}

Invoke-CloudSyncStep -Name 'ReadGroup' -ReadOnly -Probe {
    $server = Get-CloudSyncOwnController
    $connection = @{ Server = $server }
    Assert-AnchorAttribute -Connection $connection
    $anchor = Get-CloudSyncParameter -Name 'anchor'
    $found = @(Get-ADGroup @connection -LDAPFilter ('(msDS-ExternalDirectoryObjectId={0})' -f $anchor) -Properties @('member'))
    if ($found.Count -gt 1) {
        $names = @($found | ForEach-Object -Process { $_.DistinguishedName }) -join ' | '
        Stop-CloudSyncStep -Class Person -Reason 'AnchorAmbiguous' -Message ('{0} groups carry {1}.' -f $found.Count, $anchor) -Fix 'Clear the value on all but the right one.' -Evidence $names
    }
    $facts = [ordered]@{
        domainController = $server; isFound = $found.Count -eq 1; anchor = $anchor
        distinguishedName = $null; sid = $null; objectGUID = $null; memberCount = $null; memberHash = $null
    }
    if ($found.Count -eq 0) { return $facts }
    $group = $found[0]
    $facts['distinguishedName'] = [string]$group.DistinguishedName
    $facts['sid'] = [string]$group.SID.Value
    $facts['objectGUID'] = $group.ObjectGUID.ToString('D').ToLowerInvariant()
    $guids = Get-MemberGUID -Group $group -Connection $connection
    if ($null -ne $guids) {
        $facts['memberCount'] = $guids.Count
        $facts['memberHash'] = Get-MemberHash -GUIDs $guids
    }
    return $facts
}
