<#
.SYNOPSIS
Register: registers the installed agent with the tenant, by a stored credential or a stored delegated token. Never run for mode Manual.
.DESCRIPTION
Reads: agent version, registry TenantID, the agent's certificate, module logging policy. Changes: the agent's registration, by
Connect-AADCloudSyncAzureAD, at most one sign-in a run. Leaves: the service, AD, the secret.
A refused sign-in is class Credential and is never tried again by itself. The vendor's words are not printed; of them only the number behind
"AADSTS" is read (Entra error codes). What is no Entra code and no network failure counts as refused: an account is not to be locked by retries.
AccessToken is undocumented and public cloud only [unverified]: its parameters are looked for at run time. Its cmdlet takes plain text, which
module logging would write into event 4103, so that policy has to be off.
Sources: agent-host 5.1 (cmdlet), 5.2 (authority, token form), 5.3 (traps), 4 (TenantID and certificate tell that it is registered).
#>
$script:SeenWaitSeconds = 90
function Get-RegistrationFact {
    <# The facts when the agent is registered with the tenant and holds its certificate; nothing otherwise. #>
    param([Parameter(Mandatory = $true)][string]$TenantID)
    if ((Get-CloudSyncTenantID) -ne $TenantID) { return }
    $certificate = Get-CloudSyncAgentCertificate -TenantID $TenantID
    if ($null -ne $certificate) { return @{ tenantID = $TenantID; certificateNotAfter = (Format-CloudSyncTime -Time $certificate.NotAfter) } }
}

function Connect-ByToken {
    <# One sign-in with a stored token. #>
    param([Parameter(Mandatory = $true)]$Secret, [Parameter(Mandatory = $true)][string]$TenantID)
    $parameters = (Get-Command -Name Connect-AADCloudSyncAzureAD).Parameters
    $isKnown = $parameters.ContainsKey('AccessToken') -and $parameters.ContainsKey('TenantId') -and $parameters.ContainsKey('UserPrincipalName')
    if (-not $isKnown -or (Get-CloudSyncParameter -Name 'tenantCloud') -ne 'Public') {
        Stop-CloudSyncStep -Class Permanent -Reason 'AccessTokenUnsupported' -Message 'This agent, or this cloud, takes no access token.' -Fix 'Use mode Credential or Manual.'
    }
    $policy = Get-CloudSyncRegistryValue -Path 'HKLM:\SOFTWARE\Policies\Microsoft\Windows\PowerShell\ModuleLogging' -Name 'EnableModuleLogging'
    if ($policy -eq 1) {
        Stop-CloudSyncStep -Class Person -Reason 'ModuleLoggingOn' -Message 'PowerShell module logging would write the token into the event log.' -Fix 'Turn that policy off while the host registers, or register by hand.'
    }
    if ($Secret -isnot [System.Management.Automation.PSCredential]) {
        Stop-CloudSyncStep -Class Permanent -Reason 'SecretMalformed' -Message 'The token''s secret names no user.' -Fix 'Store {"username": "...", "accessToken": "..."}.'
    }
    $request = @{ AccessToken = $Secret.GetNetworkCredential().Password; TenantId = $TenantID; UserPrincipalName = $Secret.UserName }
    try { Connect-AADCloudSyncAzureAD @request } finally { $request.Clear() }
}

Invoke-CloudSyncStep -Name 'Register' -InChildPowerShell -Probe {
    if ((Get-CloudSyncAgentVersion) -eq '') {
        Stop-CloudSyncStep -Class Permanent -Reason 'AgentNotInstalled' -Message 'No agent is installed.' -Fix 'Install it first.'
    }
    $wanted = Get-CloudSyncParameter -Name 'tenantID'
    $known = Get-CloudSyncTenantID
    if ($known -ne '' -and $known -ne $wanted) {
        Stop-CloudSyncStep -Class Permanent -Reason 'RegisteredElsewhere' -Message "The agent belongs to tenant $known." -Fix 'Replace the host.'
    }
    Get-RegistrationFact -TenantID $wanted
} -Change {
    $tenantID = Get-CloudSyncParameter -Name 'tenantID'
    $mode = Get-CloudSyncParameter -Name 'mode'
    $secret = Get-CloudSyncSecret -SecretARN (Get-CloudSyncParameter -Name 'secretARN')
    Import-CloudSyncAgentModule
    if ($mode -eq 'Credential' -and $secret -isnot [System.Management.Automation.PSCredential]) {
        Stop-CloudSyncStep -Class Permanent -Reason 'SecretMalformed' -Message 'The secret holds no account.' -Fix 'Store {"username": "...", "password": "..."}.'
    }
    try {
        if ($mode -eq 'AccessToken') { $null = Connect-ByToken -Secret $secret -TenantID $tenantID }
        else { $null = Connect-AADCloudSyncAzureAD -Credential $secret }
    } catch {
        # What this step ended itself is no refused sign-in.
        if ($_.Exception.Data.Contains('CloudSyncError')) { throw }
        Stop-CloudSyncRefusedSignIn -ErrorRecord $_ -Mode $mode
    }
    Write-CloudSyncChange -Text 'signed in to register the agent'
    $isSeen = Wait-CloudSyncCondition -Seconds $script:SeenWaitSeconds -Condition { $null -ne (Get-RegistrationFact -TenantID $tenantID) }
    if (-not $isSeen) {
        Stop-CloudSyncStep -Class Transient -Reason 'RegistrationNotSeen' -Message 'The sign-in went well, but registry and certificate do not show the tenant.' -Fix 'Read the agent''s trace; tried again.'
    }
}
