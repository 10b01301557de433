<#
.SYNOPSIS
Proxy: one proxy for the agent's configuration file, the updater's and WinHTTP, or none.
.DESCRIPTION
Reads: the two files as XML, the WinHTTP setting, the age of the service's process. Changes: the element system.net/defaultProxy of both files, the
WinHTTP setting; restarts the agent's service if it runs and is older than its file. Leaves: every other element, a stopped service, a file that is
no XML (it is never rewritten), the updater's service, which reads its file at its next start.
Safe at any point: a file is replaced in one step; a run that died between file and restart is seen by the age of the process.
Sources: agent-host 8.3 (element and attributes; as XML, never by text), 11 (the updater keeps running); WinHttpSettings: SUP, proxy-server page.
[inferred]: that the updater takes the same element in its own file. [unverified]: the updater's service name: found by display name and path.
#>
$script:Connections = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\Connections'
$script:StartWaitSeconds = 120

function Get-KindConfiguration {
    <# Path of the configuration file of the agent that the parameter agentKind names. #>
    if ((Get-CloudSyncParameter -Name 'agentKind') -eq 'PassThroughAuthentication') {
        return Get-CloudSyncPassThroughFile -Name 'AzureADConnectAuthenticationAgentService.exe.config'
    }
    return Get-CloudSyncAgentFile -Name 'AADConnectProvisioningAgent.exe.config'
}

function Get-UpdaterConfiguration {
    <# Path of the updater's configuration file; empty when no updater below Program Files is found. #>
    $services = @(Get-CimInstance -ClassName Win32_Service -Filter 'DisplayName LIKE ''%Agent Updater%''')
    foreach ($service in $services) {
        $program = [regex]::Match([string]$service.PathName, '^"?([A-Za-z]:\\[^"<>|?*]+?\.exe)').Groups[1].Value
        $isProduct = $program.StartsWith($env:ProgramFiles + '\', [System.StringComparison]::OrdinalIgnoreCase)
        if ($isProduct -and (Test-Path -LiteralPath ($program + '.config') -PathType Leaf)) { return $program + '.config' }
    }
    return ''
}

function Read-Configuration {
    <# The file as XML; ends the step when it is none, and leaves it as it is. #>
    param([Parameter(Mandatory = $true)][string]$Path)
    $document = New-Object -TypeName System.Xml.XmlDocument
    $document.XmlResolver = $null
    $document.PreserveWhitespace = $true
    if (-not (Test-Path -LiteralPath $Path -PathType Leaf)) {
        $null = $document.AppendChild($document.CreateElement('configuration'))
        return , $document
    }
    try {
        $document.Load($Path)
        $isKnown = $document.DocumentElement.Name -eq 'configuration'
    } catch {
        $isKnown = $false
    }
    if (-not $isKnown) {
        Stop-CloudSyncStep -Class Person -Reason 'ConfigurationMalformed' -Message 'A configuration file is no XML.' -Fix 'Repair it by hand or replace the host.' -Evidence $Path
    }
    return , $document
}

function Get-FileProxy {
    <# The proxy of a configuration file; empty: none. #>
    param([Parameter(Mandatory = $true)][AllowEmptyString()][string]$Path)
    if ($Path -eq '') { return '' }
    $proxy = (Read-Configuration -Path $Path).SelectSingleNode('/configuration/system.net/defaultProxy/proxy')
    if ($null -eq $proxy) { return '' }
    return [string]$proxy.GetAttribute('proxyaddress')
}

function Find-ProxyElement {
    <# The child element of that name, made when it is absent. #>
    param([Parameter(Mandatory = $true)][System.Xml.XmlElement]$Parent, [Parameter(Mandatory = $true)][string]$Name)
    $child = $Parent.SelectSingleNode($Name)
    if ($null -eq $child) { $child = $Parent.AppendChild($Parent.OwnerDocument.CreateElement($Name)) }
    return $child
}

function Set-FileProxy {
    <# Writes the proxy into a file, or takes it out; a file that has it is left alone. #>
    param([Parameter(Mandatory = $true)][AllowEmptyString()][string]$Path, [Parameter(Mandatory = $true)][AllowEmptyString()][string]$ProxyURL)
    if ($Path -eq '' -or (Get-FileProxy -Path $Path) -ceq $ProxyURL) { return }
    $document = Read-Configuration -Path $Path
    if ($ProxyURL -eq '') {
        $proxy = $document.SelectSingleNode('/configuration/system.net/defaultProxy/proxy')
        $default = $proxy.ParentNode
        $null = $default.RemoveChild($proxy)
        if ($null -eq $default.SelectSingleNode('*')) { $null = $default.ParentNode.RemoveChild($default) }
    } else {
        $proxy = $document.DocumentElement
        foreach ($name in 'system.net/defaultProxy/proxy'.Split('/')) { $proxy = Find-ProxyElement -Parent $proxy -Name $name }
        $default = $proxy.ParentNode
        $default.SetAttribute('enabled', 'true')
        $default.SetAttribute('useDefaultCredentials', 'true')
        $proxy.SetAttribute('usesystemdefault', 'true')
        $proxy.SetAttribute('proxyaddress', $ProxyURL)
        $proxy.SetAttribute('bypassonlocal', 'true')
    }
    # The service never meets half a file, and the replaced file keeps its rights.
    $document.Save($Path + '.new')
    if (Test-Path -LiteralPath $Path -PathType Leaf) { [System.IO.File]::Replace($Path + '.new', $Path, [NullString]::Value) }
    else { [System.IO.File]::Move($Path + '.new', $Path) }
    Write-CloudSyncChange -Text ('wrote the proxy of {0}' -f (Split-Path -Path $Path -Leaf))
}

function Get-WinHttpProxy {
    <# host:port of WinHTTP; empty: direct. Little-endian flags at byte 8 (2: a proxy is named), length at 12, then the text. #>
    $value = Get-CloudSyncRegistryValue -Path $script:Connections -Name 'WinHttpSettings'
    if ($null -eq $value -or $value.Length -lt 16 -or ($value[8] -band 2) -eq 0) { return '' }
    $length = [System.BitConverter]::ToInt32($value, 12)
    if ($length -le 0 -or $length -gt $value.Length - 16) { return '' }
    return [System.Text.Encoding]::ASCII.GetString($value, 16, $length)
}

function Set-WinHttpProxy {
    param([Parameter(Mandatory = $true)][AllowEmptyString()][string]$Address)
    if ((Get-WinHttpProxy) -eq $Address) { return }
    if ($Address -eq '') { $null = netsh.exe winhttp reset proxy }
    else { $null = netsh.exe winhttp set proxy "proxy-server=$Address" 'bypass-list=<local>' }
    if ($LASTEXITCODE -ne 0 -or (Get-WinHttpProxy) -ne $Address) {
        Stop-CloudSyncStep -Class Transient -Reason 'WinHTTPNotSet' -Message 'WinHTTP did not take the proxy.' -Fix 'Look for a policy that sets it; tried again.' -Evidence "netsh exit code $LASTEXITCODE"
    }
    Write-CloudSyncChange -Text 'set the proxy of WinHTTP'
}

function Test-RestartNeeded {
    <# Whether the service runs with an older file than the one on the disk. #>
    $service = Get-CimInstance -ClassName Win32_Service -Filter ("Name='{0}'" -f (Get-CloudSyncKindService))
    if ([string]$service.State -ne 'Running' -or -not (Test-Path -LiteralPath (Get-KindConfiguration) -PathType Leaf)) { return $false }
    $process = Get-Process -Id $service.ProcessId -ErrorAction SilentlyContinue
    return $null -ne $process -and $process.StartTime.ToUniversalTime() -lt (Get-Item -LiteralPath (Get-KindConfiguration)).LastWriteTimeUtc
}

function Get-ProxyFact {
    $agent = Get-FileProxy -Path (Get-KindConfiguration)
    $updater = Get-FileProxy -Path (Get-UpdaterConfiguration)
    $winHTTP = Get-WinHttpProxy
    return @{
        agentProxy = $(if ($agent -ne '') { $agent } else { $null }); updaterProxy = $(if ($updater -ne '') { $updater } else { $null })
        isUpdaterConfigurationFound = (Get-UpdaterConfiguration) -ne ''
        winHTTPProxy = $(if ($winHTTP -ne '') { $winHTTP } else { $null }); agentService = (Get-CloudSyncServiceState -Name (Get-CloudSyncKindService))
    }
}

function Get-WinHttpAddress {
    <# host:port of the parameter: WinHTTP knows no scheme. #>
    return ((Get-CloudSyncParameter -Name 'proxyURL' -AllowEmpty) -replace '^https?://', '') -replace '/$', ''
}

Invoke-CloudSyncStep -Name 'Proxy' -Probe {
    if ((Get-CloudSyncServiceState -Name (Get-CloudSyncKindService)) -eq 'Missing') {
        Stop-CloudSyncStep -Class Permanent -Reason 'AgentNotInstalled' -Message 'No such agent is installed.' -Fix 'Install it first.'
    }
    $proxyURL = Get-CloudSyncParameter -Name 'proxyURL' -AllowEmpty
    $updater = Get-UpdaterConfiguration
    $isWritten = (Get-FileProxy -Path (Get-KindConfiguration)) -ceq $proxyURL -and ($updater -eq '' -or (Get-FileProxy -Path $updater) -ceq $proxyURL)
    if ($updater -eq '') { Write-CloudSyncNote -Kind left -Text 'the updater''s configuration file was not found' }
    if ($isWritten -and (Get-WinHttpProxy) -eq (Get-WinHttpAddress) -and -not (Test-RestartNeeded)) { return Get-ProxyFact }
} -Change {
    $proxyURL = Get-CloudSyncParameter -Name 'proxyURL' -AllowEmpty
    Set-FileProxy -Path (Get-KindConfiguration) -ProxyURL $proxyURL
    Set-FileProxy -Path (Get-UpdaterConfiguration) -ProxyURL $proxyURL
    Set-WinHttpProxy -Address (Get-WinHttpAddress)
    if (Test-RestartNeeded) {
        $name = Get-CloudSyncKindService
        try {
            Restart-Service -Name $name
        } catch {
            $fault = Get-CloudSyncFault -ErrorRecord $_
            Stop-CloudSyncStep -Class Transient -Reason 'ServiceNotStarted' -Message 'The service did not come back.' -Fix 'Look at the host''s events.' -Evidence $fault.Text
        }
        Write-CloudSyncChange -Text 'restarted the agent''s service'
        if (-not (Wait-CloudSyncCondition -Seconds $script:StartWaitSeconds -Condition { (Get-CloudSyncServiceState -Name $name) -eq 'Running' })) {
            Stop-CloudSyncStep -Class Transient -Reason 'ServiceNotStarted' -Message 'The service did not come back.' -Fix 'Look at the host''s events.'
        }
    }
    return Get-ProxyFact
}
