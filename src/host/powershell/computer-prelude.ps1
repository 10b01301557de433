<#
.SYNOPSIS
Shared by HostGroup, LeaveDomain and CleanUpPeer: a computer account, its place and the gMSA's host group. Follows directory-prelude.ps1.
.DESCRIPTION
Reads: one computer account, the declared unit, the host group. Changes: nothing. A computer that does not stand directly in the declared unit is never
touched, whoever asks. Sources: agent-host 6.1 (host group), aws.md 6.5 (computer accounts in one OU).
#>
function Find-CloudSyncComputer {
    <# The computer account of a name, with its groups and its time of creation; $null: there is none. The name is letters, digits and hyphens. #>
    param([Parameter(Mandatory = $true)][string]$Name, [Parameter(Mandatory = $true)][hashtable]$Connection)
    $found = @(Get-ADComputer @Connection -LDAPFilter ('(sAMAccountName={0}$)' -f $Name) -Properties @('MemberOf', 'whenCreated'))
    if ($found.Count -eq 0) { return $null }
    return $found[0]
}

function Assert-CloudSyncComputerPlace {
    <# Ends the step unless the computer stands directly in the unit of the parameter: nothing of somebody else's is ever touched. #>
    param([Parameter(Mandatory = $true)]$Computer, [Parameter(Mandatory = $true)][hashtable]$Connection)
    $unit = Find-CloudSyncObject -Identity (Get-CloudSyncParameter -Name 'organizationalUnit') -Connection $Connection
    if ($null -eq $unit -or (Get-CloudSyncParentName -DistinguishedName $Computer.DistinguishedName) -ne $unit.DistinguishedName) {
        Stop-CloudSyncStep -Class Permanent -Reason 'ComputerElsewhere' -Message ('{0} does not stand in the declared unit.' -f $Computer.Name) -Fix 'Correct the unit, or act by hand.' -Evidence $Computer.DistinguishedName
    }
}

function Get-CloudSyncHostGroup {
    <# Distinguished name of the host group as the directory spells it; empty when the parameter is. Ends the step when there is no such group. #>
    param([Parameter(Mandatory = $true)][hashtable]$Connection)
    $hostGroup = Get-CloudSyncParameter -Name 'hostGroup' -AllowEmpty
    if ($hostGroup -eq '') { return '' }
    $group = Find-CloudSyncObject -Identity $hostGroup -Connection $Connection
    if ($null -eq $group) {
        Stop-CloudSyncStep -Class Permanent -Reason 'HostGroupNotFound' -Message "There is no group $hostGroup." -Fix 'Create it or correct it.'
    }
    return [string]$group.DistinguishedName
}
