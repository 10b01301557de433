<#
.SYNOPSIS
Shared by LeaveDomain and CleanUpPeer: takes one computer out of the host group and deletes its object. Follows computer-prelude.ps1.
.DESCRIPTION
Reads: the computer once more, just before each change. Changes: one member of the host group, then one computer object, by its GUID. Leaves: every
object below a computer, every other group (memberships go with the object), what stands in another unit. Safe at any point: what is gone is left alone.
Sources: agent-host 12 (out of the gMSA group, delete the computer object), 6.1 (a stale host keeps the right to read the password).
#>
# ERROR_DS_CANT_ON_NON_LEAF, ERROR_DS_CHILDREN_EXIST (system error codes) [general].
$script:NotLeafCodes = @('8213', '8332')

function Remove-CloudSyncGroupMember {
    <# Takes the computer out of the host group, when it is a member. #>
    param([Parameter(Mandatory = $true)]$Computer, [Parameter(Mandatory = $true)][string]$HostGroup, [Parameter(Mandatory = $true)][hashtable]$Connection)
    if (@($Computer.MemberOf) -notcontains $HostGroup) { return }
    try {
        Remove-ADGroupMember @Connection -Identity $HostGroup -Members $Computer.DistinguishedName -Confirm:$false
    } catch {
        $fault = Get-CloudSyncFault -ErrorRecord $_
        if (-not (Test-CloudSyncDenial -Fault $fault)) { throw }
        Stop-CloudSyncStep -Class Person -Reason 'HostGroupDenied' -Message "The account may not change $HostGroup." -Fix 'Delegate the group''s members to it.' -Evidence $fault.Text
    }
    Write-CloudSyncChange -Text ('took {0} out of the host group' -f $Computer.Name)
}

function Remove-CloudSyncComputer {
    <# Leaves the group, then deletes the object: a refusal in between leaves no right behind without its object. The GUID cannot name a newer one. #>
    param([Parameter(Mandatory = $true)]$Computer, [Parameter(Mandatory = $true)][AllowEmptyString()][string]$HostGroup, [Parameter(Mandatory = $true)][hashtable]$Connection)
    if ($HostGroup -ne '') { Remove-CloudSyncGroupMember -Computer $Computer -HostGroup $HostGroup -Connection $Connection }
    $present = Find-CloudSyncObject -Identity ([string]$Computer.ObjectGUID) -Connection $Connection
    if ($null -eq $present) { return }
    if ($present.DistinguishedName -ne $Computer.DistinguishedName) {
        Stop-CloudSyncStep -Class Transient -Reason 'ComputerMoved' -Message ('{0} was moved meanwhile.' -f $Computer.Name) -Fix 'None: looked at again.'
    }
    try {
        Remove-ADComputer @Connection -Identity $present.ObjectGUID -Confirm:$false
    } catch {
        $fault = Get-CloudSyncFault -ErrorRecord $_
        if ($fault.Code -in $script:NotLeafCodes) {
            Stop-CloudSyncStep -Class Person -Reason 'ComputerHasChildren' -Message ('Objects stand below {0}.' -f $Computer.Name) -Fix 'Look at them and delete by hand.' -Evidence $fault.Text
        }
        if (-not (Test-CloudSyncDenial -Fault $fault)) { throw }
        Stop-CloudSyncStep -Class Person -Reason 'ComputerDeletionDenied' -Message ('The account may not delete {0}.' -f $Computer.Name) -Fix 'Delegate deletion in the unit to it.' -Evidence $fault.Text
    }
    Write-CloudSyncChange -Text ('deleted the computer object {0}' -f $Computer.Name)
}
