<#
.SYNOPSIS
Reads secrets with the role of the host.
.DESCRIPTION
Reads: one secret of Secrets Manager, by its ARN. Changes: the marker, which pins the version that was read first. A secret goes into a
SecureString by .NET calls alone, because module logging writes bound parameters of cmdlets into event 4103.
Sources: aws.md 6.4 (secrets by name, read on the host).
#>
function Get-CloudSyncSecret {
    <#
    Reads {"username": "...", "password": "..."} (or "accessToken" in place of the password) with the instance role. Returns a PSCredential;
    without a user name, the token alone as SecureString. The version read first is pinned for this operation, restarts included.
    #>
    param([Parameter(Mandatory = $true)][string]$SecretARN)
    if ($null -eq (Get-Command -Name Get-SECSecretValue -ErrorAction SilentlyContinue)) {
        Stop-CloudSyncStep -Class Permanent -Reason 'AWSToolsMissing' -Message 'The host has no AWS Tools for PowerShell.' -Fix 'Use an image of AWS or install AWS.Tools.SecretsManager.'
    }
    $request = @{ SecretId = $SecretARN; Region = $SecretARN.Split(':')[3] }
    if ($script:Run.State.secretVersions.ContainsKey($SecretARN)) { $request['VersionId'] = $script:Run.State.secretVersions[$SecretARN] }
    try {
        $answer = Get-SECSecretValue @request
    } catch {
        $fault = Get-CloudSyncFault -ErrorRecord $_
        switch -Regex ($fault.Code) {
            '^ResourceNotFound' { Stop-CloudSyncStep -Class Permanent -Reason 'SecretNotFound' -Message "There is no secret $SecretARN." -Fix 'Name an existing secret.' -Evidence $fault.Text }
            '^(AccessDenied|DecryptionFailure)' { Stop-CloudSyncStep -Class Person -Reason 'SecretAccessDenied' -Message "The host's role may not read $SecretARN." -Fix 'Allow secretsmanager:GetSecretValue on it to the instance profile''s role.' -Evidence $fault.Text }
            default { Stop-CloudSyncStep -Class Transient -Reason 'SecretUnavailable' -Message "Secrets Manager did not give $SecretARN." -Fix 'Check the way to Secrets Manager; tried again.' -Evidence $fault.Text }
        }
    }
    if (-not $script:Run.State.secretVersions.ContainsKey($SecretARN)) {
        $script:Run.State.secretVersions[$SecretARN] = [string]$answer.VersionId
        Save-CloudSyncState
    }
    # A flat JSON object of texts. No cmdlet and no function sees the text: see the note on module logging above.
    $pattern = '^\s*\{\s*(?:"(?<key>[A-Za-z]{1,40})"\s*:\s*"(?<value>(?:[^"\\]|\\.)*)"\s*,?\s*)+\}\s*$'
    $match = [regex]::Match([string]$answer.SecretString, $pattern)
    $answer = $null
    $userName = ''
    $secure = $null
    for ($index = 0; $index -lt $match.Groups['key'].Captures.Count; $index++) {
        $key = $match.Groups['key'].Captures[$index].Value
        if ($key -cne 'username' -and $key -cne 'password' -and $key -cne 'accessToken') { continue }
        # The escapes of JSON are a part of those that Regex.Unescape knows.
        $text = [regex]::Unescape($match.Groups['value'].Captures[$index].Value)
        if ($key -ceq 'username') { $userName = $text; continue }
        $secure = New-Object -TypeName System.Security.SecureString
        foreach ($character in $text.ToCharArray()) { $secure.AppendChar($character) }
        $secure.MakeReadOnly()
        $script:Run.Secrets = @($script:Run.Secrets) + @($secure)
    }
    $text = $null
    $match = $null
    if ($null -eq $secure -or $secure.Length -eq 0) {
        Stop-CloudSyncStep -Class Permanent -Reason 'SecretMalformed' -Message "$SecretARN holds no account or token." -Fix 'Store {"username": "...", "password": "..."} or {"username": "...", "accessToken": "..."}.'
    }
    if ($userName -eq '') { return $secure }
    return New-Object -TypeName System.Management.Automation.PSCredential -ArgumentList $userName, $secure
}
