<#
.SYNOPSIS
LeaveDomain: takes this host out of service: stops its agents, leaves the gMSA's host group, deletes the own computer object.
.DESCRIPTION
Reads: the own name, the own computer object, the secure channel. Changes: stops the agents' services; the host group and the computer object, with the
leave account. Leaves: the host itself, which is to be terminated next (it keeps its name and its local state), DNS, the agent's record in Entra,
which ages out. Everything is looked at before the first change. Only the object that the domain binds to this very host is deleted.
Safe at any point: after the deletion the domain does not know the host any more, so the probe too reads with the leave account.
Sources: agent-host 12 (order of a removal; the record in Entra); aws.md 6.5 (delete the old object on removal).
#>
$script:StopWaitSeconds = 120

function Assert-OwnName {
    $name = Get-CloudSyncParameter -Name 'computerName'
    if ($env:COMPUTERNAME -ne $name) {
        Stop-CloudSyncStep -Class Permanent -Reason 'WrongHost' -Message "The host is called $env:COMPUTERNAME." -Fix 'Send the step to the right host.'
    }
}

function Get-RunningAgent {
    <# Names of the agents' services that are not at rest. #>
    foreach ($name in @($script:AgentService, $script:PassThroughService)) {
        if ((Get-CloudSyncServiceState -Name $name) -notin @('Stopped', 'Missing')) { $name }
    }
}

function Stop-Agent {
    <# Stops the agents, so that a peer takes over at once. #>
    foreach ($name in @(Get-RunningAgent)) {
        Stop-Service -Name $name -NoWait
        Write-CloudSyncChange -Text "asked the service $name to stop"
    }
    if (-not (Wait-CloudSyncCondition -Seconds $script:StopWaitSeconds -Condition { @(Get-RunningAgent).Count -eq 0 })) {
        Stop-CloudSyncStep -Class Transient -Reason 'ServiceNotStopped' -Message 'An agent''s service does not stop.' -Fix 'Read the host''s System event log; tried again.'
    }
}

function Get-LeaveFact {
    return @{
        computerName = (Get-CloudSyncParameter -Name 'computerName'); agentService = (Get-CloudSyncServiceState -Name $script:AgentService)
        isHostGroupMember = $false; isComputerObjectPresent = $false
    }
}

Invoke-CloudSyncStep -Name 'LeaveDomain' -Probe {
    Assert-OwnName
    $server = Get-CloudSyncOwnController -AnyTrust
    $credential = Get-CloudSyncDirectoryCredential -Server $server -SecretARN (Get-CloudSyncParameter -Name 'credentialSecretARN')
    $computer = Find-CloudSyncComputer -Name $env:COMPUTERNAME -Connection @{ Server = $server; Credential = $credential }
    Write-CloudSyncNote -Kind found -Text ('computer object {0}, running services {1}' -f ($null -ne $computer), (@(Get-RunningAgent) -join ', '))
    if ($null -eq $computer -and @(Get-RunningAgent).Count -eq 0) { return Get-LeaveFact }
} -Change {
    $server = Get-CloudSyncOwnController -AnyTrust
    $credential = Get-CloudSyncSecret -SecretARN (Get-CloudSyncParameter -Name 'credentialSecretARN')
    $connection = @{ Server = $server; Credential = $credential }
    $computer = Find-CloudSyncComputer -Name $env:COMPUTERNAME -Connection $connection
    $hostGroup = ''
    if ($null -ne $computer) {
        if (-not (Test-ComputerSecureChannel -Server $server)) {
            Stop-CloudSyncStep -Class Person -Reason 'ComputerTakenOver' -Message "$env:COMPUTERNAME belongs to another host now." -Fix 'Find out which, and clean up by hand.'
        }
        Assert-CloudSyncComputerPlace -Computer $computer -Connection $connection
        $hostGroup = Get-CloudSyncHostGroup -Connection $connection
    }
    Stop-Agent
    if ($null -ne $computer) { Remove-CloudSyncComputer -Computer $computer -HostGroup $hostGroup -Connection $connection }
    return Get-LeaveFact
}
