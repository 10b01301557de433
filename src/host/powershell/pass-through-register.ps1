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
# Entra authentication error codes (learn.microsoft.com, "Microsoft Entra authentication and authorization error codes") [general].
$script:SignInRefusals = @{ '50057' = 'AccountDisabled'; '50020' = 'GuestAccount'; '50072' = 'MFARequired'; '50074' = 'MFARequired'; '50076' = 'MFARequired'; '50079' = 'MFARequired'; '50158' = 'MFARequired'; '53003' = 'MFARequired'; '530035' = 'MFARequired' }
$script:RefusalWords = @{
    CredentialRefused = @('Entra refused the sign-in.', 'Correct the secret.')
    MFARequired = @('The account has to answer an MFA challenge.', 'Register by hand.')
    GuestAccount = @('A guest cannot register agents.', 'Use a member account of the tenant.')
    AccountDisabled = @('The account is disabled.', 'Enable it or use another.')
}

function Get-RegistrationFact {
    <# The facts when the agent is registered with the tenant and holds a certificate; nothing otherwise. #>
    param([Parameter(Mandatory = $true)][string]$TenantID)
    if ((Get-CloudSyncPassThroughTenantID) -ne $TenantID) { return }
    $certificate = Get-CloudSyncAgentCertificate -TenantID $TenantID
    if ($null -ne $certificate) { return @{ tenantID = $TenantID; certificateNotAfter = (Format-CloudSyncTime -Time $certificate.NotAfter) } }
}

function Stop-RefusedSignIn {
    <# Ends the step after a failed sign-in. #>
    param([Parameter(Mandatory = $true)][System.Management.Automation.ErrorRecord]$ErrorRecord)
    $fault = Get-CloudSyncFault -ErrorRecord $ErrorRecord
    $code = ''
    $exception = $ErrorRecord.Exception
    for ($depth = 0; $null -ne $exception -and $depth -lt 5 -and $code -eq ''; $depth++) {
        $code = [regex]::Match([string]$exception.Message, 'AADSTS([0-9]{4,7})').Groups[1].Value
        $exception = $exception.InnerException
    }
    $evidence = "AADSTS $code; " + $fault.Text
    if ($code -eq '' -and $fault.Types -match 'WebException|HttpRequestException|SocketException|TimeoutException') {
        Stop-CloudSyncStep -Class Transient -Reason 'EntraUnreachable' -Message 'Entra does not answer.' -Fix 'Check the way out and the proxy.' -Evidence $evidence
    }
    $reason = 'CredentialRefused'
    if ($script:SignInRefusals.ContainsKey($code)) { $reason = $script:SignInRefusals[$code] }
    Stop-CloudSyncStep -Class Credential -Reason $reason -Message $script:RefusalWords[$reason][0] -Fix $script:RefusalWords[$reason][1] -Evidence $evidence
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
        Stop-RefusedSignIn -ErrorRecord $_
    }
    Write-CloudSyncChange -Text 'signed in to register the agent'
    $isSeen = Wait-CloudSyncCondition -Seconds $script:SeenWaitSeconds -Condition { $null -ne (Get-RegistrationFact -TenantID $tenantID) }
    if (-not $isSeen) {
        Stop-CloudSyncStep -Class Transient -Reason 'RegistrationNotSeen' -Message 'The sign-in went well, but registry and certificate do not show the tenant.' -Fix 'Read the agent''s trace; tried again.'
    }
}
