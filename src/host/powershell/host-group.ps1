<#
.SYNOPSIS
HostGroup: puts the computer account of a new host into the gMSA's host group. Runs on a healthy member of the domain.
.DESCRIPTION
Reads: the group, the computer and its place, as the host's own account. Changes: one member of the group, with the account of the secret. Leaves: the
computer, every other member. Nothing but a computer of the declared unit comes into the group: its members can read the gMSA's password.
Safe at any point: a member is found by the probe, and no secret is read.
Sources: agent-host 6.1 (host group; membership before the restart), 17.3 (from a healthy member or by the join account).
#>
function Get-CandidateComputer {
    <# The computer to add; ends the step when it is not there yet or stands elsewhere. #>
    param([Parameter(Mandatory = $true)][hashtable]$Connection)
    $name = Get-CloudSyncParameter -Name 'computerName'
    $computer = Find-CloudSyncComputer -Name $name -Connection $Connection
    if ($null -eq $computer) {
        Stop-CloudSyncStep -Class Transient -Reason 'ComputerNotFound' -Message "There is no computer $name yet." -Fix 'Wait for its join or for replication.'
    }
    Assert-CloudSyncComputerPlace -Computer $computer -Connection $Connection
    return $computer
}

Invoke-CloudSyncStep -Name 'HostGroup' -Probe {
    $connection = @{ Server = (Get-CloudSyncOwnController) }
    $hostGroup = Get-CloudSyncHostGroup -Connection $connection
    $computer = Get-CandidateComputer -Connection $connection
    Write-CloudSyncNote -Kind found -Text ('{0}, member of {1} groups' -f $computer.DistinguishedName, @($computer.MemberOf).Count)
    if (@($computer.MemberOf) -contains $hostGroup) { return @{ computerName = (Get-CloudSyncParameter -Name 'computerName'); isHostGroupMember = $true } }
} -Change {
    $server = Get-CloudSyncOwnController
    $credential = Get-CloudSyncDirectoryCredential -Server $server -SecretARN (Get-CloudSyncParameter -Name 'credentialSecretARN')
    $connection = @{ Server = $server; Credential = $credential }
    $hostGroup = Get-CloudSyncHostGroup -Connection $connection
    $computer = Get-CandidateComputer -Connection $connection
    try {
        Add-ADGroupMember @connection -Identity $hostGroup -Members $computer.DistinguishedName
    } catch {
        $fault = Get-CloudSyncFault -ErrorRecord $_
        if (-not (Test-CloudSyncDenial -Fault $fault)) { throw }
        Stop-CloudSyncStep -Class Person -Reason 'HostGroupDenied' -Message "The account may not change $hostGroup." -Fix 'Delegate the group''s members to it.' -Evidence $fault.Text
    }
    Write-CloudSyncChange -Text ('added {0} to the host group' -f $computer.Name)
    return @{ computerName = (Get-CloudSyncParameter -Name 'computerName'); isHostGroupMember = $true }
}
