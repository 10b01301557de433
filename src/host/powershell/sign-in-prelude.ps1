<#
.SYNOPSIS
Tells a refused sign-in to Entra from one that did not get through. Follows the prelude.
.DESCRIPTION
Reads: the number behind "AADSTS" in the vendor's words, which are not printed. Changes: nothing. What is no Entra code and no network failure counts
as refused: an account is not to be locked by retries.
Sources: Microsoft Entra authentication and authorization error codes [general]; agent-host 5.2 and 5.3.
#>
# Entra authentication error codes (learn.microsoft.com, "Microsoft Entra authentication and authorization error codes") [general].
$script:SignInRefusals = @{
    '50034' = 'CredentialRefused'; '50126' = 'CredentialRefused'; '50053' = 'CredentialRefused'; '50055' = 'CredentialRefused'; '50056' = 'CredentialRefused'
    '50057' = 'AccountDisabled'; '50072' = 'MFARequired'; '50074' = 'MFARequired'; '50076' = 'MFARequired'; '50079' = 'MFARequired'
    '50158' = 'MFARequired'; '53003' = 'MFARequired'; '53004' = 'MFARequired'; '530035' = 'MFARequired'; '50020' = 'GuestAccount'
    '70043' = 'TokenExpired'; '700082' = 'TokenExpired'; '700084' = 'TokenExpired'
}
$script:RefusalWords = @{
    CredentialRefused = @('Entra refused the sign-in.', 'Correct the secret; the account needs the role too.')
    MFARequired = @('The account has to answer an MFA challenge.', 'Register by hand, or by an access token where the agent takes one.')
    GuestAccount = @('A guest cannot register agents.', 'Use a member account of the tenant.')
    AccountDisabled = @('The account is disabled.', 'Enable it or use another.')
    TokenRefused = @('Entra refused the access token.', 'Store a token of this tenant.')
    TokenExpired = @('The access token has expired.', 'Store a fresh one.')
}

function Stop-CloudSyncRefusedSignIn {
    <# Ends the step after a failed sign-in. #>
    param([Parameter(Mandatory = $true)][System.Management.Automation.ErrorRecord]$ErrorRecord, [Parameter(Mandatory = $true)][string]$Mode)
    $fault = Get-CloudSyncFault -ErrorRecord $ErrorRecord
    $code = ''
    $exception = $ErrorRecord.Exception
    for ($depth = 0; $null -ne $exception -and $depth -lt 5 -and $code -eq ''; $depth++) {
        $code = [regex]::Match([string]$exception.Message, 'AADSTS([0-9]{4,7})').Groups[1].Value
        $exception = $exception.InnerException
    }
    $evidence = "AADSTS $code; " + $fault.Text
    if ($code -eq '90002') {
        Stop-CloudSyncStep -Class Permanent -Reason 'TenantNotFound' -Message 'Entra does not know the tenant.' -Fix 'Correct the tenant id.' -Evidence $evidence
    }
    if ($code -eq '' -and $fault.Types -match 'WebException|HttpRequestException|SocketException|TimeoutException') {
        Stop-CloudSyncStep -Class Transient -Reason 'EntraUnreachable' -Message 'Entra does not answer.' -Fix 'Check the way out and the proxy.' -Evidence $evidence
    }
    $reason = 'CredentialRefused'
    if ($Mode -eq 'AccessToken') { $reason = 'TokenRefused' }
    if ($script:SignInRefusals.ContainsKey($code) -and ($Mode -ne 'AccessToken' -or $script:SignInRefusals[$code] -ne 'CredentialRefused')) { $reason = $script:SignInRefusals[$code] }
    Stop-CloudSyncStep -Class Credential -Reason $reason -Message $script:RefusalWords[$reason][0] -Fix $script:RefusalWords[$reason][1] -Evidence $evidence
}
