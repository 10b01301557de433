<#
.SYNOPSIS
Stand-ins of .NET objects that reach outside: an LDAP connection, a TCP client, a certificate chain. See common.psm1 for what has been run: nothing.
.DESCRIPTION
Reads: the state. Changes: nothing by itself. Every other type is made by the real New-Object. Sources: docs/host-steps.md, .NET types.
#>
Set-StrictMode -Version 3.0

function Get-FakeConnection {
    $fake = [pscustomobject]@{ AuthType = ''; AutoBind = $true; SessionOptions = [pscustomobject]@{ Signing = $false; Sealing = $false } }
    $fake | Add-Member -MemberType ScriptMethod -Name 'Bind' -Value { param($Account) Test-DirectoryAccount -Account $Account }
    $fake | Add-Member -MemberType ScriptMethod -Name 'Dispose' -Value { $this.AutoBind = $false }
    return $fake
}

function Get-FakeClient {
    $fake = [pscustomobject]@{ Connected = $false }
    $fake | Add-Member -MemberType ScriptMethod -Name 'ConnectAsync' -Value {
        param($Address, $Port)
        $state = Read-StandInState
        $trouble = [string]$state.trouble
        $isEntra = $Port -in @(443, 80)
        # The ports by which a peer shows that it lives.
        $isPeer = $Port -in @(445, 135)
        $isSilent = ($isPeer -and -not $state.directory.peerAnswers) -or ($trouble -eq 'controllersDown') -or ($Port -eq 9389 -and $trouble -eq 'webServicesClosed')
        $this.Connected = -not (($isEntra -and $trouble -eq 'entraUnreachable') -or (-not $isEntra -and $isSilent))
        $task = [pscustomobject]@{ IsOpen = $this.Connected }
        $task | Add-Member -MemberType ScriptMethod -Name 'Wait' -Value { return $this.IsOpen }
        return $task
    }
    $fake | Add-Member -MemberType ScriptMethod -Name 'Close' -Value { $this.Connected = $false }
    return $fake
}

function Get-FakeChain {
    $root = [pscustomobject]@{ Certificate = [pscustomobject]@{ Thumbprint = '8F43288AD272F3103B6FB1428485EA3014C0BCFE' } }
    $policy = [pscustomobject]@{ VerificationFlags = ''; RevocationMode = ''; RevocationFlag = ''; UrlRetrievalTimeout = $null }
    $fake = [pscustomobject]@{ ChainPolicy = $policy; ChainStatus = @(); ChainElements = @($root) }
    $fake | Add-Member -MemberType ScriptMethod -Name 'Build' -Value { return $true }
    $fake | Add-Member -MemberType ScriptMethod -Name 'Reset' -Value { $this.ChainStatus = @() }
    return $fake
}

function New-Object {
    [CmdletBinding(PositionalBinding = $false)]
    param([Parameter(Mandatory = $true)][string]$TypeName, [object[]]$ArgumentList)
    switch -Regex ($TypeName) {
        'LdapConnection$' { return Get-FakeConnection }
        'TcpClient$' { return Get-FakeClient }
        'X509Chain$' { return Get-FakeChain }
        'ActiveDirectoryAccessRule$' { return Get-FakeRule -Values $ArgumentList }
        default { return , (Microsoft.PowerShell.Utility\New-Object @PSBoundParameters) }
    }
}

Export-ModuleMember -Function 'New-Object'
