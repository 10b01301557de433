<#
.SYNOPSIS
Stand-ins of what the scripts call that is no cmdlet: a program of Windows, and the vendor's script by its full path. See common.psm1 for what has been run: nothing.
.DESCRIPTION
An alias bears the name that a script calls: PowerShell looks for aliases first, also when the name is a path (about_Command_Precedence), so nothing is put
where the script looks for it. Reads, changes: the state. Sources: docs/host-steps.md, files and programs; agent-host 8.3 and 14.
#>
Set-StrictMode -Version 3.0

function Invoke-StandInNetworkShell {
    <# netsh.exe: whatever goes wrong is an exit code. Its arguments have no names. #>
    try {
        $null = Invoke-StandInCall -Name 'netsh.exe' -Bound @{ arguments = ($args -join ' ') } -Implementation 'Set-StandInWinHttp'
        $global:LASTEXITCODE = 0
    } catch {
        $global:LASTEXITCODE = 1
    }
}

function Set-StandInWinHttp {
    param($Bound, $State)
    if ($State.trouble -eq 'ailmentWinHTTPLocked') { throw 'stand-in: a policy holds the setting' }
    $words = [regex]::Match([string]$Bound['arguments'], '^winhttp (?:reset proxy|set proxy proxy-server=(?<address>[^ ]+) bypass-list=<local>)$')
    if (-not $words.Success) { throw 'stand-in: netsh.exe does not know these arguments' }
    $State.winHTTPProxy = $(if ($words.Groups['address'].Success) { $words.Groups['address'].Value } else { $null })
}

function Invoke-StandInRegisterConnector {
    <# RegisterConnector.ps1: the parameters that the page names, all of them, and none by its place. #>
    [CmdletBinding(PositionalBinding = $false)]
    param(
        [Parameter(Mandatory = $true)][ValidatePattern('\\Microsoft Azure AD Connect Authentication Agent\\Modules\\$')][string]$modulePath,
        [Parameter(Mandatory = $true)][ValidateSet('PassthroughAuthPSModule')][string]$moduleName,
        [Parameter(Mandatory = $true)][ValidateSet('Credentials')][string]$Authenticationmode,
        [Parameter(Mandatory = $true)][System.Management.Automation.PSCredential]$Usercredentials,
        [Parameter(Mandatory = $true)][ValidateSet('PassthroughAuthentication')][string]$Feature
    )
    Invoke-StandInCall -Name 'RegisterConnector.ps1' -Bound $PSBoundParameters -Implementation 'Register-StandInConnector'
}

function Register-StandInConnector {
    <# The account says which tenant it is. #>
    param($Bound, $State)
    Assert-EntraAccount -State $State
    Assert-EntraPassword -Credential $Bound['Usercredentials'] -State $State
    $State.passThroughTenantID = $State.entra.tenantID
    $State.registry['HKLM:\SOFTWARE\Microsoft\Azure AD Connect Agents\Azure AD Connect Authentication Agent'] = @{ TenantID = $State.entra.tenantID }
}

Set-Alias -Name 'netsh.exe' -Value 'Invoke-StandInNetworkShell' -Scope Global
Set-Alias -Name 'C:\Program Files\Microsoft Azure AD Connect Authentication Agent\RegisterConnector.ps1' -Value 'Invoke-StandInRegisterConnector' -Scope Global
Export-ModuleMember -Function 'Invoke-StandIn*', 'Set-StandInWinHttp', 'Register-StandInConnector'
