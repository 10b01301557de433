<#
.SYNOPSIS
Install: takes the catalogue's setup from S3, proves what it is, runs it silently from where it was proven; writes the proxy into the agent's file.
.DESCRIPTION
Reads: installed version, the object's version and owner, the file's hash, signature, product name and version. Changes: a folder that only
SYSTEM writes, the agent by its setup, the agent's .exe.config. Leaves: an agent of this or a later version (it updates itself), the updater.
A wrong hash is never run, whatever the signature says; a valid signature of somebody else is not run either. Nothing is downloaded twice:
the file that was checked is the file that runs, and nobody but SYSTEM can change it in between.
[unverified]: product name and signer of the real setup: both come from the catalogue. That the bundle heeds /norestart is WiX's rule [general].
Sources: agent-host 3 (switches, exit codes, ENVIRONMENTNAME), 4 (files), 8.3 (proxy), 11 (versions only move up).
#>
function Test-InstalledVersion {
    <# Whether an agent of the wanted version, or of a later one, is there. #>
    $installed = Get-CloudSyncAgentVersion
    Write-CloudSyncNote -Kind found -Text "agent version '$installed'"
    return $installed -ne '' -and [version]$installed -ge [version](Get-CloudSyncParameter -Name 'version')
}

function Install-Agent {
    <# Runs the setup and judges its exit code (MSI and WiX codes [general], agent-host 3). A restart that it wants is asked for by exit code 3010. #>
    param([Parameter(Mandatory = $true)][string]$Path)
    $arguments = @('/quiet', '/norestart')
    $cloud = Get-CloudSyncParameter -Name 'tenantCloud'
    # agent-host 3 documents AzureUSGovernment; DoD takes the same [inferred]; for China the name is [unverified]. Public takes none.
    if ($cloud -in @('USGovernment', 'USGovernmentDoD')) { $arguments = @('/quiet', '/norestart', 'ENVIRONMENTNAME=AzureUSGovernment') }
    if ($cloud -eq 'China') { $arguments = @('/quiet', '/norestart', 'ENVIRONMENTNAME=AzureChinaCloud') }
    $process = Start-Process -FilePath $Path -ArgumentList $arguments -WindowStyle Hidden -PassThru
    Wait-CloudSyncInstaller -Process $process
}

function Get-ProxyElement {
    <# The child element of that name, made when it is absent. #>
    param([Parameter(Mandatory = $true)][System.Xml.XmlElement]$Parent, [Parameter(Mandatory = $true)][string]$Name)
    $child = $Parent.SelectSingleNode($Name)
    if ($null -eq $child) { $child = $Parent.AppendChild($Parent.OwnerDocument.CreateElement($Name)) }
    return $child
}

function Set-AgentProxy {
    <# Whether the agent's file names the proxy; with -IsWriting it is written, as XML, and the service restarted (agent-host 8.3). #>
    param([switch]$IsWriting)
    $proxyURL = Get-CloudSyncParameter -Name 'proxyURL' -AllowEmpty
    $path = Get-CloudSyncAgentFile -Name 'AADConnectProvisioningAgent.exe.config'
    # Taking a proxy out again is the Proxy step's.
    if ($proxyURL -eq '') { return $true }
    $document = New-Object -TypeName System.Xml.XmlDocument
    $document.XmlResolver = $null
    $document.PreserveWhitespace = $true
    if (Test-Path -LiteralPath $path -PathType Leaf) { $document.Load($path) }
    elseif (-not $IsWriting) { return $false }
    if ($null -eq $document.DocumentElement) { $null = $document.AppendChild($document.CreateElement('configuration')) }
    $wanted = @(
        @('system.net/defaultProxy', 'enabled', 'true'), @('system.net/defaultProxy', 'useDefaultCredentials', 'true'),
        @('system.net/defaultProxy/proxy', 'usesystemdefault', 'true'), @('system.net/defaultProxy/proxy', 'proxyaddress', $proxyURL), @('system.net/defaultProxy/proxy', 'bypassonlocal', 'true')
    )
    $isChanged = $false
    foreach ($item in $wanted) {
        $element = $document.DocumentElement
        foreach ($name in $item[0].Split('/')) { $element = Get-ProxyElement -Parent $element -Name $name }
        if ($element.GetAttribute($item[1]) -ceq $item[2]) { continue }
        $element.SetAttribute($item[1], $item[2])
        $isChanged = $true
    }
    if (-not $isChanged -or -not $IsWriting) { return -not $isChanged }
    # The service never meets half a file, and the replaced file keeps its rights.
    $document.Save($path + '.new')
    if (Test-Path -LiteralPath $path -PathType Leaf) { [System.IO.File]::Replace($path + '.new', $path, [NullString]::Value) }
    else { [System.IO.File]::Move($path + '.new', $path) }
    Write-CloudSyncChange -Text 'wrote the proxy into the agent''s configuration file'
    Restart-CloudSyncAgentService
    return $true
}

Invoke-CloudSyncStep -Name 'Install' -Probe {
    if ((Test-InstalledVersion) -and (Set-AgentProxy)) { return @{ agentVersion = Get-CloudSyncAgentVersion } }
} -Change {
    if (-not (Test-InstalledVersion)) {
        $path = Save-CloudSyncInstaller
        Assert-CloudSyncInstaller -Path $path
        Install-Agent -Path $path
        Remove-CloudSyncInstaller -Path $path
    }
    $null = Set-AgentProxy -IsWriting
}
