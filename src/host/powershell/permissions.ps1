<#
.SYNOPSIS
Permissions: verifies that the gMSA may create, delete and write group objects in the provisioning containers; under mode Grant sets what is missing.
.DESCRIPTION
Reads: the gMSA, the containers and everything above them up to the root. Changes, under Grant alone: adds allow entries for the gMSA to the containers'
lists. Leaves: every entry that is there, owners, inheritance, the domain's root (VendorPermissions alone touches it), and everything when a right
is denied: a deny entry is never overridden. A container that AD marks as critical, or one below it (CN=Users, CN=System, OU=Domain Controllers), is
refused: powerful groups stand there. Verify changes nothing and reads no secret. All is judged before anything is set, and read back after.
Safe at any point: only what is missing is set.
Sources: agent-host 6.3 (group writeback), 7 (per-OU grants). [unverified]: that a delegate may write a list by Set-ADObject.
#>
$script:ContainerRights = @('CreateGroups', 'DeleteGroups', 'WriteGroups')

function Get-Container {
    <# The containers; ends the step on one of another domain, one that is not there, or one of the directory's own. #>
    param([Parameter(Mandatory = $true)][hashtable]$Connection)
    $root = [string](Get-ADRootDSE @Connection).defaultNamingContext
    $containers = @((Get-CloudSyncParameter -Name 'provisioningContainers').Split('|'))
    foreach ($container in $containers) {
        if (-not $container.EndsWith(',' + $root, [System.StringComparison]::OrdinalIgnoreCase)) {
            Stop-CloudSyncStep -Class Permanent -Reason 'ContainerOutsideDomain' -Message "$container lies in another domain." -Fix 'Correct provisioningContainers.'
        }
        for ($name = $container; $name -ne '' -and $name -ne $root; $name = Get-CloudSyncParentName -DistinguishedName $name) {
            $found = Find-CloudSyncObject -Identity $name -Connection $Connection -Properties @('isCriticalSystemObject')
            if ($null -eq $found) {
                Stop-CloudSyncStep -Class Permanent -Reason 'ContainerNotFound' -Message "There is no $name." -Fix 'Create it or correct provisioningContainers.'
            }
            if ($found.isCriticalSystemObject -eq $true) {
                Stop-CloudSyncStep -Class Permanent -Reason 'ContainerCritical' -Message "$container belongs to the directory itself." -Fix 'Provision into a unit of its own.' -Evidence $name
            }
        }
    }
    return $containers
}

function Get-AllFinding {
    param([Parameter(Mandatory = $true)][string[]]$Containers, [Parameter(Mandatory = $true)][hashtable]$Account, [Parameter(Mandatory = $true)][hashtable]$Connection)
    foreach ($container in $Containers) { Get-CloudSyncFinding -Identity $container -Wanted $script:ContainerRights -Account $Account -Connection $Connection }
}

function Add-ContainerRight {
    <# Adds allow entries for the gMSA to the list of one container, as it is now; everything else in it stays. #>
    param([Parameter(Mandatory = $true)][hashtable]$Finding, [Parameter(Mandatory = $true)][hashtable]$Account, [Parameter(Mandatory = $true)][hashtable]$Connection)
    $name = $Finding.distinguishedName
    $list = (Find-CloudSyncObject -Identity $name -Connection $Connection -Properties @('nTSecurityDescriptor')).nTSecurityDescriptor
    foreach ($right in $Finding.missing) {
        $entry = Get-CloudSyncRightEntry -Right $right
        $inheritance = 'All'
        if ($entry.IsBelow) { $inheritance = 'Descendents' }
        $list.AddAccessRule((New-Object -TypeName System.DirectoryServices.ActiveDirectoryAccessRule -ArgumentList @($Account.SID, $entry.Mask, 'Allow', $entry.Object, $inheritance, $entry.Below)))
    }
    try {
        Set-ADObject @Connection -Identity $name -Replace @{ nTSecurityDescriptor = $list }
    } catch {
        $fault = Get-CloudSyncFault -ErrorRecord $_
        if (-not (Test-CloudSyncDenial -Fault $fault)) { throw }
        Stop-CloudSyncSetupDenied -Identity $name -Evidence $fault.Text
    }
    Write-CloudSyncChange -Text ('{0} on {1}' -f ($Finding.missing -join ', '), $name)
}

Invoke-CloudSyncStep -Name 'Permissions' -Probe {
    $connection = @{ Server = (Get-CloudSyncOwnController) }
    $account = Get-CloudSyncGMSA -Connection $connection
    $containers = @(Get-Container -Connection $connection)
    $findings = @(Get-AllFinding -Containers $containers -Account $account -Connection $connection)
    $facts = Get-CloudSyncPermissionFact -Findings $findings
    if ((Get-CloudSyncParameter -Name 'mode') -eq 'Verify') { return $facts }
    Assert-CloudSyncNothingDenied -Findings $findings
    if ($facts.isSufficient) { return $facts }
} -Change {
    $server = Get-CloudSyncOwnController
    $account = Get-CloudSyncGMSA -Connection @{ Server = $server }
    $containers = @(Get-Container -Connection @{ Server = $server })
    $before = @(Get-AllFinding -Containers $containers -Account $account -Connection @{ Server = $server })
    $missing = @($before | Where-Object -FilterScript { $_.missing.Count -gt 0 })
    $names = [string[]]@($missing | ForEach-Object -Process { $_.distinguishedName })
    $credential = Get-CloudSyncSetupCredential -Server $server -Identities $names
    $connection = @{ Server = $server; Credential = $credential }
    foreach ($finding in $missing) { Add-ContainerRight -Finding $finding -Account $account -Connection $connection }
    $after = @(Get-AllFinding -Containers $containers -Account $account -Connection $connection)
    Assert-CloudSyncNothingDenied -Findings $after -IsAfter
    for ($index = 0; $index -lt $after.Count; $index++) { Set-CloudSyncGranted -Finding $after[$index] -Set ([string[]]@($before[$index].missing)) }
    return Get-CloudSyncPermissionFact -Findings $after
}
