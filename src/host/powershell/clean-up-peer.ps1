<#
.SYNOPSIS
CleanUpPeer: what LeaveDomain does in the directory, for a host that is gone, run on another healthy one.
.DESCRIPTION
Reads: the peer's computer object, its last logon on every controller of this site, TCP 445 and 135 of its name. Changes: the host group and the
peer's computer object, with the leave account. Leaves: everything else; a peer that shows any sign of life is not touched at all.
That the peer is dead is EC2's word, carried by deadSince. This host can only disprove it, and never takes silence for death: a computer object that
was created later belongs to a newer host; a logon later than five minutes after it comes from a living one (clocks of a domain agree within
five minutes, else Kerberos fails); a name that answers is in use. A controller that does not answer may have seen the peer: then nothing is done.
Safe at any point: an object that is gone ends the step.
Sources: agent-host 12 (clean-up belongs to a script that any healthy member can run), 9 (clock offset below 300 s); lastLogon is not replicated,
so each controller is asked (MS-ADA1) [general].
#>
$script:ClockSkewSeconds = 300
$script:PeerPorts = @(445, 135)
$script:PortSeconds = 3

function Get-DeadSince {
    <# The instant of the parameter, in UTC; ends the step when it lies ahead, where it would switch the question for logons off. #>
    $text = Get-CloudSyncParameter -Name 'deadSince'
    try {
        $instant = [datetime]::ParseExact($text, 'yyyy-MM-dd\THH\:mm\:ss\Z', [System.Globalization.CultureInfo]::InvariantCulture, 'AssumeUniversal, AdjustToUniversal')
    } catch {
        # The pattern of the contract admits the 31st of every month.
        Stop-CloudSyncStep -Class Permanent -Reason 'DeadSinceMalformed' -Message 'deadSince is no instant.' -Fix 'Send when the instance was terminated.'
    }
    if ($instant -gt [datetime]::UtcNow.AddSeconds($script:ClockSkewSeconds)) {
        Stop-CloudSyncStep -Class Permanent -Reason 'DeadSinceInFuture' -Message 'deadSince lies ahead.' -Fix 'Send when the instance was terminated.'
    }
    return $instant
}

function Get-LastLogon {
    <# The newest logon of the computer that a controller of this host's site has seen, in UTC; ends the step when one of them does not answer. #>
    param([Parameter(Mandatory = $true)][string]$Name, [Parameter(Mandatory = $true)][string]$Server)
    $site = [string](Get-ADDomainController -Identity $Server -Server $Server).Site
    $controllers = @(Get-ADDomainController -Filter ("Site -eq '{0}'" -f $site.Replace('''', '''''')) -Server $Server)
    $newest = [datetime]::MinValue
    foreach ($controller in $controllers) {
        try {
            $seen = @(Get-ADComputer -LDAPFilter ('(sAMAccountName={0}$)' -f $Name) -Server $controller.HostName -Properties lastLogon)
        } catch {
            $fault = Get-CloudSyncFault -ErrorRecord $_
            Stop-CloudSyncStep -Class Transient -Reason 'SignsOfLifeUnknown' -Message ('{0}, which may have seen the peer, does not answer.' -f $controller.HostName) -Fix 'Try again when it does.' -Evidence $fault.Text
        }
        # 0 and absent: this controller has seen none.
        if ($seen.Count -eq 0 -or $null -eq $seen[0].lastLogon -or [long]$seen[0].lastLogon -eq 0) { continue }
        $logon = [datetime]::FromFileTimeUtc([long]$seen[0].lastLogon)
        if ($logon -gt $newest) { $newest = $logon }
    }
    return $newest
}

function Assert-NoSignOfLife {
    <# Ends the step on any sign that the peer lives. #>
    param([Parameter(Mandatory = $true)]$Computer, [Parameter(Mandatory = $true)][string]$Server)
    $deadSince = Get-DeadSince
    $name = Get-CloudSyncParameter -Name 'computerName'
    $logon = Get-LastLogon -Name $name -Server $Server
    $created = ([datetime]$Computer.whenCreated).ToUniversalTime()
    $evidence = 'created {0}, last logon {1}, dead since {2}' -f (Format-CloudSyncTime -Time $created), (Format-CloudSyncTime -Time $logon), (Format-CloudSyncTime -Time $deadSince)
    Write-CloudSyncNote -Kind found -Text $evidence
    if ($created -gt $deadSince) {
        Stop-CloudSyncStep -Class Person -Reason 'PeerIsNewer' -Message "$name was created after the peer's end." -Fix 'Another host has the name: leave it.' -Evidence $evidence
    }
    if ($logon -gt $deadSince.AddSeconds($script:ClockSkewSeconds)) {
        Stop-CloudSyncStep -Class Person -Reason 'PeerLoggedOn' -Message "$name logged on after the peer's end." -Fix 'Find the host that uses the account.' -Evidence $evidence
    }
    $address = '{0}.{1}' -f $name, (Get-CloudSyncParameter -Name 'domainName')
    foreach ($port in $script:PeerPorts) {
        if (Test-CloudSyncPort -Address $address -Port $port -Seconds $script:PortSeconds) {
            Stop-CloudSyncStep -Class Transient -Reason 'PeerAnswers' -Message "$name answers on the network." -Fix 'End the host, or wait until its address is free.' -Evidence "TCP $port of $address"
        }
    }
}

function Get-CleanUpFact {
    return @{ computerName = (Get-CloudSyncParameter -Name 'computerName'); isHostGroupMember = $false; isComputerObjectPresent = $false }
}

Invoke-CloudSyncStep -Name 'CleanUpPeer' -Probe {
    $name = Get-CloudSyncParameter -Name 'computerName'
    if ($env:COMPUTERNAME -eq $name) {
        Stop-CloudSyncStep -Class Permanent -Reason 'PeerIsSelf' -Message "$name is this host." -Fix 'Send the step to another host.'
    }
    $server = Get-CloudSyncOwnController
    $null = Get-DeadSince
    $connection = @{ Server = $server }
    $computer = Find-CloudSyncComputer -Name $name -Connection $connection
    if ($null -eq $computer) { return Get-CleanUpFact }
    Assert-CloudSyncComputerPlace -Computer $computer -Connection $connection
    $null = Get-CloudSyncHostGroup -Connection $connection
    Assert-NoSignOfLife -Computer $computer -Server $server
} -Change {
    $server = Get-CloudSyncOwnController
    $credential = Get-CloudSyncDirectoryCredential -Server $server -SecretARN (Get-CloudSyncParameter -Name 'credentialSecretARN')
    $connection = @{ Server = $server; Credential = $credential }
    $computer = Find-CloudSyncComputer -Name (Get-CloudSyncParameter -Name 'computerName') -Connection $connection
    if ($null -eq $computer) { return Get-CleanUpFact }
    # What the probe saw may be another object by now: place and signs of life are asked once more, of the object that is deleted.
    Assert-CloudSyncComputerPlace -Computer $computer -Connection $connection
    Assert-NoSignOfLife -Computer $computer -Server $server
    Remove-CloudSyncComputer -Computer $computer -HostGroup (Get-CloudSyncHostGroup -Connection $connection) -Connection $connection
    return Get-CleanUpFact
}
