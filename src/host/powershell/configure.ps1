<#
.SYNOPSIS
Configure: selects the gMSA, adds the domain to the agent, restarts the service.
.DESCRIPTION
Reads: agent version, registration, domain, gMSA and who may use it, configured domains. Changes: the gMSA's list of principals and, in mode
Create, the gMSA itself; the agent's service account and domain list by the vendor's cmdlets; restarts the service. Leaves: permissions in AD
(Permissions step), other principals of the gMSA (read, merge, write), other domains. One bind a run.
[unverified]: that the vendor's cmdlets work in a session without Connect-AADCloudSyncAzureAD once the agent is registered; documented is one
session (connect, gMSA, domain, restart). A failure of theirs is told as ConfigureFailed with its type and codes.
Sources: agent-host 5.1 (cmdlets, order), 6.1 to 6.5 (gMSA, failures), 4 (service), 11 (1.1.2505.0: no Domain Admin for a custom gMSA).
#>
$script:CustomAccountVersion = [version]'1.1.2505.0'
# NTE_NO_KEY: "Key does not exist", no effective KDS root key (agent-host 6.5; code [general]).
$script:NoKeyCode = '-2146893811'

function Get-WantedAccount {
    <# NETBIOS\name of the gMSA; in mode AgentDefault a pattern, since the agent picks the name (agent-host 6.2). #>
    if ((Get-CloudSyncParameter -Name 'gmsaMode') -eq 'AgentDefault') { return '^[A-Za-z0-9-]{1,15}\\pGMSA_[0-9a-f]{8}\$$' }
    return '^' + [regex]::Escape((Get-CloudSyncParameter -Name 'netBIOSName') + '\' + (Get-CloudSyncParameter -Name 'gmsaName')) + '$'
}

function Assert-Readiness {
    <# Ends the step when agent, registration or membership are not as far; returns nothing. #>
    if ((Get-CloudSyncAgentVersion) -eq '') { Stop-CloudSyncStep -Class Permanent -Reason 'AgentNotInstalled' -Message 'No agent is installed.' -Fix 'Install it.' }
    if ((Get-CloudSyncTenantID) -eq '') { Stop-CloudSyncStep -Class Permanent -Reason 'NotRegistered' -Message 'The agent is not registered.' -Fix 'Register it.' }
    $system = Get-CimInstance -ClassName Win32_ComputerSystem
    if (-not $system.PartOfDomain) { Stop-CloudSyncStep -Class Permanent -Reason 'NotJoined' -Message 'The host is in no domain.' -Fix 'Join it first.' }
}

function Select-Controller {
    <# A controller that answers: of the preferred ones when some are named. Ends the step when none does, or when the domain's name is another. #>
    param([Parameter(Mandatory = $true)][string]$DomainName)
    $server = Get-CloudSyncDomainController -DomainName $DomainName
    $preferred = @(Get-CloudSyncParameter -Name 'preferredDomainControllers' -Type List -AllowEmpty)
    if ($preferred.Count -gt 0) {
        $answering = @($preferred | Where-Object -FilterScript { Test-CloudSyncPort -Address $_ -Port 389 -Seconds 3 })
        if ($answering.Count -eq 0) {
            Stop-CloudSyncStep -Class Transient -Reason 'DomainControllerUnreachable' -Message "No preferred controller of $DomainName answers." -Fix 'Check routes.'
        }
        $server = [string]$answering[0]
    }
    $netBIOSName = [string](Get-ADDomain -Identity $DomainName -Server $server).NetBIOSName
    if ($netBIOSName -ne (Get-CloudSyncParameter -Name 'netBIOSName')) {
        Stop-CloudSyncStep -Class Permanent -Reason 'NetBIOSNameMismatch' -Message "The domain is $netBIOSName." -Fix 'Correct netBIOSName.'
    }
    return $server
}

function Get-SetupCredential {
    <# The set-up account after its one bind, when this mode or this agent version needs it; nothing otherwise. #>
    param([Parameter(Mandatory = $true)][string]$Server, [Parameter(Mandatory = $true)][string]$DomainName)
    $isNeeded = (Get-CloudSyncParameter -Name 'gmsaMode') -ne 'Existing' -or [version](Get-CloudSyncAgentVersion) -lt $script:CustomAccountVersion
    if (-not $isNeeded) { return }
    $secretARN = Get-CloudSyncParameter -Name 'setupSecretARN' -AllowEmpty
    if ($secretARN -eq '') {
        Stop-CloudSyncStep -Class Permanent -Reason 'SetupCredentialRequired' -Message 'This needs a set-up credential.' -Fix 'Name setupCredential.'
    }
    $credential = Get-CloudSyncSecret -SecretARN $secretARN
    Assert-CloudSyncDirectoryAccount -Server $Server -Credential $credential
    # allowedChildClassesEffective: classes that the bound account may create there (MS-ADTS, constructed attributes) [general].
    $container = [string](Get-ADDomain -Identity $DomainName -Server $Server).DistinguishedName
    $effective = Get-ADObject -Identity ('CN=Managed Service Accounts,' + $container) -Server $Server -Credential $credential -Properties allowedChildClassesEffective
    if (@($effective.allowedChildClassesEffective) -notcontains 'msDS-GroupManagedServiceAccount') {
        Stop-CloudSyncStep -Class Person -Reason 'SetupAccountDenied' -Message 'The set-up account may not manage gMSAs.' -Fix 'Delegate that to it.'
    }
    return $credential
}

function Find-ServiceAccount {
    <# The gMSA with its principals, $null when there is none. #>
    param([Parameter(Mandatory = $true)][string]$Name, [Parameter(Mandatory = $true)][string]$Server)
    return Get-ADServiceAccount -Filter ("sAMAccountName -eq '{0}'" -f $Name) -Server $Server -Properties PrincipalsAllowedToRetrieveManagedPassword
}

function Add-Principal {
    <# Lets this computer read the gMSA's password, beside those who may already: the parameter replaces the whole list. #>
    param([Parameter(Mandatory = $true)]$Account, [Parameter(Mandatory = $true)][string]$Server, [Parameter(Mandatory = $true)][System.Management.Automation.PSCredential]$Credential)
    if (Test-Principal -Account $Account -Server $Server) { return }
    $computer = Get-ADComputer -Identity $env:COMPUTERNAME -Server $Server
    $principals = @($Account.PrincipalsAllowedToRetrieveManagedPassword) + @($computer.DistinguishedName) | Where-Object -FilterScript { $_ }
    Set-ADServiceAccount -Identity $Account.DistinguishedName -PrincipalsAllowedToRetrieveManagedPassword $principals -Server $Server -Credential $Credential
    Write-CloudSyncChange -Text 'added this computer to the principals of the gMSA'
}

function Test-Principal {
    <# Whether this computer, or a group that it is a direct member of, may read the gMSA's password. #>
    param([Parameter(Mandatory = $true)]$Account, [Parameter(Mandatory = $true)][string]$Server)
    $computer = Get-ADComputer -Identity $env:COMPUTERNAME -Server $Server -Properties MemberOf
    $names = @($computer.DistinguishedName) + @($computer.MemberOf)
    return @(@($Account.PrincipalsAllowedToRetrieveManagedPassword) | Where-Object -FilterScript { $names -contains $_ }).Count -gt 0
}

function New-ServiceAccount {
    <# Makes the gMSA for this computer. Without an effective KDS root key AD refuses it: waiting ten hours helps only when there is a key. #>
    param([Parameter(Mandatory = $true)][string]$Name, [Parameter(Mandatory = $true)][string]$Server, [Parameter(Mandatory = $true)][System.Management.Automation.PSCredential]$Credential, [Parameter(Mandatory = $true)][string]$DomainName)
    $short = $Name.TrimEnd('$')
    $computer = Get-ADComputer -Identity $env:COMPUTERNAME -Server $Server
    try {
        New-ADServiceAccount -Name $short -SamAccountName $short -DNSHostName "$short.$DomainName" -PrincipalsAllowedToRetrieveManagedPassword @($computer.DistinguishedName) -Server $Server -Credential $Credential
    } catch {
        $fault = Get-CloudSyncFault -ErrorRecord $_
        if ($fault.Code -ne $script:NoKeyCode -and $fault.Text -notmatch '0x8009000d') { throw }
        $configuration = [string](Get-ADRootDSE -Server $Server).configurationNamingContext
        $keys = @(Get-ADObject -LDAPFilter '(objectClass=msKds-ProvRootKey)' -SearchBase "CN=Master Root Keys,CN=Group Key Distribution Service,CN=Services,$configuration" -Server $Server -Credential $Credential)
        $class = 'Person'
        if ($keys.Count -gt 0) { $class = 'Transient' }
        Stop-CloudSyncStep -Class $class -Reason 'KDSRootKeyMissing' -Message 'The domain has no effective KDS root key.' -Fix 'Add one and wait ten hours.' -Evidence $fault.Text
    }
    Write-CloudSyncChange -Text "made the gMSA $Name"
}

function Assert-AccountUsable {
    <# Ends the step when this host cannot use the gMSA now, and says why. #>
    param([Parameter(Mandatory = $true)]$Account, [Parameter(Mandatory = $true)][string]$Server)
    if (Test-ADServiceAccount -Identity $Account.SamAccountName) { return }
    if (-not (Test-ComputerSecureChannel)) {
        Stop-CloudSyncStep -Class Permanent -Reason 'TestADServiceAccountFalse' -Message 'The domain does not trust the host any more.' -Fix 'Replace the host.'
    }
    if (Test-Principal -Account $Account -Server $Server) {
        # A membership counts only with a fresh ticket (agent-host 6.1).
        Stop-CloudSyncStep -Class Transient -Reason 'TestADServiceAccountFalse' -Message 'The host''s ticket is older than its membership.' -Fix 'Restart the host.'
    }
    Stop-CloudSyncStep -Class Person -Reason 'TestADServiceAccountFalse' -Message 'The host may not read the gMSA''s password.' -Fix 'Add it to the host group.'
}

function Invoke-VendorSetup {
    <# Add-AADCloudSyncGMSA, then Add-AADCloudSyncADDomain (agent-host 5.1). Account: the custom gMSA, or $null for the agent's own. #>
    param($Account, $Credential, [Parameter(Mandatory = $true)][string]$DomainName)
    Import-CloudSyncAgentModule
    $gmsa = @{}
    if ($null -eq $Account) { $gmsa['Credential'] = $Credential } else { $gmsa['CustomGMSAName'] = $Account.SamAccountName }
    $domain = @{ DomainName = $DomainName }
    if ($null -ne $Credential) { $domain['Credential'] = $Credential }
    $preferred = @(Get-CloudSyncParameter -Name 'preferredDomainControllers' -Type List -AllowEmpty)
    if ($preferred.Count -gt 0) { $domain['PreferredDomainControllers'] = [string[]]$preferred }
    try {
        $null = Add-AADCloudSyncGMSA @gmsa
        Write-CloudSyncChange -Text 'set the agent''s gMSA'
        $null = Add-AADCloudSyncADDomain @domain
        Write-CloudSyncChange -Text "added $DomainName to the agent"
    } catch {
        $fault = Get-CloudSyncFault -ErrorRecord $_
        Stop-CloudSyncStep -Class Transient -Reason 'ConfigureFailed' -Message 'The vendor''s cmdlet failed.' -Fix 'Read the evidence and the agent''s trace; tried again.' -Evidence $fault.Text
    }
    [System.IO.File]::WriteAllText((Get-CloudSyncDomainRecord), (ConvertTo-Json -InputObject ([string[]]@(@(Get-CloudSyncConfiguredDomain) + @($DomainName) | Sort-Object -Unique)) -Compress))
}

Invoke-CloudSyncStep -Name 'Configure' -InChildPowerShell -Probe {
    Assert-Readiness
    $account = Get-CloudSyncServiceAccount -Name $script:AgentService
    $domains = @(Get-CloudSyncConfiguredDomain)
    Write-CloudSyncNote -Kind found -Text ('service account {0}, domains {1}' -f $account, ($domains -join ', '))
    $isSet = $account -match (Get-WantedAccount) -and $domains -contains (Get-CloudSyncParameter -Name 'domainName')
    if (-not $isSet -or (Get-CloudSyncServiceState -Name $script:AgentService) -ne 'Running') { return }
    $null = Select-Controller -DomainName (Get-CloudSyncParameter -Name 'domainName')
    if (Test-ADServiceAccount -Identity $account.Substring($account.LastIndexOf('\') + 1)) {
        return @{ serviceAccount = $account; configuredDomains = [string[]]$domains }
    }
} -Change {
    $domainName = Get-CloudSyncParameter -Name 'domainName'
    $mode = Get-CloudSyncParameter -Name 'gmsaMode'
    $server = Select-Controller -DomainName $domainName
    $credential = Get-SetupCredential -Server $server -DomainName $domainName
    $account = $null
    if ($mode -ne 'AgentDefault') {
        $name = Get-CloudSyncParameter -Name 'gmsaName'
        $account = Find-ServiceAccount -Name $name -Server $server
        if ($null -eq $account -and $mode -eq 'Existing') {
            Stop-CloudSyncStep -Class Permanent -Reason 'GMSANotFound' -Message "There is no gMSA $name." -Fix 'Create it or correct its name.'
        }
        if ($null -eq $account) {
            New-ServiceAccount -Name $name -Server $server -Credential $credential -DomainName $domainName
            $account = Find-ServiceAccount -Name $name -Server $server
        }
        if ($mode -eq 'Create') { Add-Principal -Account $account -Server $server -Credential $credential }
        Assert-AccountUsable -Account $account -Server $server
    }
    Invoke-VendorSetup -Account $account -Credential $credential -DomainName $domainName
    Restart-CloudSyncAgentService
    $used = Get-CloudSyncServiceAccount -Name $script:AgentService
    if ($used -notmatch (Get-WantedAccount)) {
        Stop-CloudSyncStep -Class Transient -Reason 'ServiceAccountNotSet' -Message 'The service does not run under the gMSA.' -Fix 'Read the agent''s trace; tried again.' -Evidence "account $used"
    }
    return @{ serviceAccount = $used; configuredDomains = [string[]]@(Get-CloudSyncConfiguredDomain) }
}
