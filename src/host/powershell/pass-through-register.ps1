<#
.SYNOPSIS
PassThroughRegister: registers the installed Pass-through Authentication agent with the tenant, by RegisterConnector.ps1 and a stored credential.
.DESCRIPTION
Reads: the agent's version, its registry value TenantID, its certificate. Changes: the agent's registration, at most one sign-in a run. Leaves: the
service, AD, the secret. A refused sign-in is class Credential and is never tried again by itself; the vendor's words are not printed, of them only the
number behind "AADSTS" is read. What is no Entra code and no network failure counts as refused: an account is not to be locked by retries.
Only a credential: no token form is documented for this agent. Only the public cloud and the US government's: no source names it for China.
Safe at any point: a registered agent is found by the probe, and no secret is read.
Sources: agent-host 14 (RegisterConnector.ps1 and its parameters), 5.2 (authority).
[unverified]: the registry value and that the certificate's subject is the tenant id, as it is for the provisioning agent.
#>
$script:SeenWaitSeconds = 90
function Get-RegistrationFact {
    <# The facts when the agent is registered with the tenant and holds a certificate; nothing otherwise. #>
    param([Parameter(Mandatory = $true)][string]$TenantID)
    if ((Get-CloudSyncPassThroughTenantID) -ne $TenantID) { return }
    $certificate = Get-CloudSyncAgentCertificate -TenantID $TenantID
    if ($null -ne $certificate) { return @{ tenantID = $TenantID; certificateNotAfter = (Format-CloudSyncTime -Time $certificate.NotAfter) } }
}

Invoke-CloudSyncStep -Name 'PassThroughRegister' -InChildPowerShell -Probe {
    if ((Get-CloudSyncPassThroughVersion) -eq '') {
        Stop-CloudSyncStep -Class Permanent -Reason 'AgentNotInstalled' -Message 'No agent is installed.' -Fix 'Install it first.'
    }
    $wanted = Get-CloudSyncParameter -Name 'tenantID'
    $known = Get-CloudSyncPassThroughTenantID
    if ($known -ne '' -and $known -ne $wanted) {
        Stop-CloudSyncStep -Class Permanent -Reason 'RegisteredElsewhere' -Message "The agent belongs to tenant $known." -Fix 'Replace the host.'
    }
    Get-RegistrationFact -TenantID $wanted
} -Change {
    $tenantID = Get-CloudSyncParameter -Name 'tenantID'
    if ((Get-CloudSyncParameter -Name 'tenantCloud') -eq 'China') {
        Stop-CloudSyncStep -Class Permanent -Reason 'CloudUnsupported' -Message 'No agent is known for this cloud.' -Fix 'Use another sign-in method.'
    }
    $credential = Get-CloudSyncSecret -SecretARN (Get-CloudSyncParameter -Name 'secretARN')
    if ($credential -isnot [System.Management.Automation.PSCredential]) {
        Stop-CloudSyncStep -Class Permanent -Reason 'SecretMalformed' -Message 'The secret holds no account.' -Fix 'Store {"username": "...", "password": "..."}.'
    }
    try {
        $null = & 'C:\Program Files\Microsoft Azure AD Connect Authentication Agent\RegisterConnector.ps1' -modulePath 'C:\Program Files\Microsoft Azure AD Connect Authentication Agent\Modules\' -moduleName 'PassthroughAuthPSModule' -Authenticationmode 'Credentials' -Usercredentials $credential -Feature 'PassthroughAuthentication'
    } catch {
        Stop-CloudSyncRefusedSignIn -ErrorRecord $_ -Mode 'Credential'
    }
    Write-CloudSyncChange -Text 'signed in to register the agent'
    $isSeen = Wait-CloudSyncCondition -Seconds $script:SeenWaitSeconds -Condition { $null -ne (Get-RegistrationFact -TenantID $tenantID) }
    if (-not $isSeen) {
        Stop-CloudSyncStep -Class Transient -Reason 'RegistrationNotSeen' -Message 'The sign-in went well, but registry and certificate do not show the tenant.' -Fix 'Read the agent''s trace; tried again.'
    }
}
