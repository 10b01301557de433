<#
.SYNOPSIS
Versions of files, registry values and services, as this host has them.
.DESCRIPTION
Reads: files, the registry, services. Changes: nothing.
Sources: agent-host 4 and 9 (what is read of them).
#>
function Get-CloudSyncFileVersion {
    <# Leading digits of a file's product version; empty when there is no such file. #>
    param([Parameter(Mandatory = $true)][string]$Path)
    if (-not (Test-Path -LiteralPath $Path -PathType Leaf)) { return '' }
    return [regex]::Match([string](Get-Item -LiteralPath $Path).VersionInfo.ProductVersion, '^[0-9]+(\.[0-9]+){1,3}').Value
}

function Get-CloudSyncRegistryValue {
    <# A registry value, $null when key or value is absent. #>
    param([Parameter(Mandatory = $true)][string]$Path, [Parameter(Mandatory = $true)][string]$Name)
    $item = Get-ItemProperty -LiteralPath $Path -Name $Name -ErrorAction SilentlyContinue
    if ($null -eq $item) { return $null }
    return $item.$Name
}

function Format-CloudSyncTime {
    <# ISO 8601 in UTC, whatever the host's culture is. #>
    param([Parameter(Mandatory = $true)][datetime]$Time)
    return $Time.ToUniversalTime().ToString('yyyy-MM-dd\THH\:mm\:ss.fff\Z', [System.Globalization.CultureInfo]::InvariantCulture)
}

function Get-CloudSyncServiceState {
    <# Running, Stopped, Paused, StartPending, StopPending or Missing. #>
    param([Parameter(Mandatory = $true)][string]$Name)
    $service = Get-Service -Name $Name -ErrorAction SilentlyContinue
    if ($null -eq $service) { return 'Missing' }
    $state = [string]$service.Status
    if ($state -eq 'ContinuePending') { return 'StartPending' }
    if ($state -eq 'PausePending') { return 'Paused' }
    return $state
}

function Get-CloudSyncServiceAccount {
    <# Logon account of a service; empty when there is none. #>
    param([Parameter(Mandatory = $true)][string]$Name)
    $service = Get-CimInstance -ClassName Win32_Service -Filter ("Name='{0}'" -f $Name)
    if ($null -eq $service) { return '' }
    return [string]$service.StartName
}
