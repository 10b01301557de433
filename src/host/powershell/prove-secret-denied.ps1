<#
.SYNOPSIS
ProveSecretDenied: says which secrets of the set-up the instance's role, as it is now, is not refused. Changes nothing.
.DESCRIPTION
Reads: asks Secrets Manager for each named secret with the credentials that instance metadata gives now, as the steps of the set-up did. A value
that is given all the same is dropped unread. Changes, leaves: nothing. Only AccessDeniedException counts as a denial: a missing secret could be
created again, and any other answer proves nothing, so that it ends the step as Transient.
Sources: Secrets Manager API Reference, GetSecretValue and "Common Errors" (AccessDeniedException, ResourceNotFoundException); aws.md 6 (role).
#>
function Test-SecretDenied {
    <# Whether the role is refused the secret. Ends the step when the answer says nothing about it. #>
    param([Parameter(Mandatory = $true)][string]$SecretARN)
    try {
        # Not passed on: what reaches the pipeline could reach an event log.
        $null = Get-SECSecretValue -SecretId $SecretARN -Region ($SecretARN.Split(':')[3])
        return $false
    } catch {
        $fault = Get-CloudSyncFault -ErrorRecord $_
        if ($fault.Code -match '^AccessDenied') { return $true }
        if ($fault.Code -match '^ResourceNotFound') { return $false }
        Stop-CloudSyncStep -Class Transient -Reason 'SecretsManagerUnreachable' -Message 'Secrets Manager did not say whether the role is refused.' -Fix 'Check the way to Secrets Manager; asked again.' -Evidence $fault.Text
    }
}

Invoke-CloudSyncStep -Name 'ProveSecretDenied' -ReadOnly -Probe {
    if ($null -eq (Get-Command -Name Get-SECSecretValue -ErrorAction SilentlyContinue)) {
        Stop-CloudSyncStep -Class Permanent -Reason 'AWSToolsMissing' -Message 'The host has no AWS Tools for PowerShell.' -Fix 'Use an image of AWS or install AWS.Tools.SecretsManager.'
    }
    $open = @()
    foreach ($secretARN in @(Get-CloudSyncParameter -Name 'secretARNs' -Type List)) {
        if (Test-SecretDenied -SecretARN $secretARN) { continue }
        $open += $secretARN
        Write-CloudSyncNote -Kind found -Text "not refused: $secretARN"
    }
    return @{ isDenied = ($open.Count -eq 0); openSecretARNs = [string[]]$open }
}
