<#
.SYNOPSIS
PassThroughInstall: takes the catalogue's setup of the Pass-through Authentication agent from S3, proves what it is, runs it silently and unregistered.
.DESCRIPTION
Reads: installed version, what installer-prelude.ps1 proves of the setup. Changes: a folder that only SYSTEM writes, the agent by its setup. Leaves: an
agent of this or a later version (it updates itself), registration, proxy (Proxy step). A government cloud gets no version that lacks it; no source
names this agent for Azure China, so that cloud is refused. Safe at any point: the installed version is looked at first.
[unverified]: product name and signer of the real setup: both come from the catalogue.
Sources: agent-host 14 (REGISTERCONNECTOR, /q, ENVIRONMENTNAME, 1.5.1742.0).
#>
$script:GovernmentVersion = [version]'1.5.1742.0'

function Test-InstalledVersion {
    <# Whether an agent of the wanted version, or of a later one, is there. #>
    $installed = Get-CloudSyncPassThroughVersion
    Write-CloudSyncNote -Kind found -Text "agent version '$installed'"
    return $installed -ne '' -and [version]$installed -ge [version](Get-CloudSyncParameter -Name 'version')
}

function Assert-Cloud {
    <# Ends the step for a cloud that this agent, or this version of it, does not know. #>
    $cloud = Get-CloudSyncParameter -Name 'tenantCloud'
    if ($cloud -eq 'China') {
        Stop-CloudSyncStep -Class Permanent -Reason 'CloudUnsupported' -Message 'No agent is known for this cloud.' -Fix 'Use another sign-in method.'
    }
    if ($cloud -ne 'Public' -and [version](Get-CloudSyncParameter -Name 'version') -lt $script:GovernmentVersion) {
        Stop-CloudSyncStep -Class Permanent -Reason 'InstallerVersionTooOld' -Message "The government cloud needs $script:GovernmentVersion or later." -Fix 'Put a later one in the catalogue.'
    }
}

function Install-Agent {
    <# Runs the setup; registration is a step of its own. #>
    param([Parameter(Mandatory = $true)][string]$Path)
    $arguments = @('REGISTERCONNECTOR="false"', '/q')
    if ((Get-CloudSyncParameter -Name 'tenantCloud') -ne 'Public') { $arguments = @('REGISTERCONNECTOR="false"', 'ENVIRONMENTNAME="AzureUSGovernment"', '/q') }
    $process = Start-Process -FilePath $Path -ArgumentList $arguments -WindowStyle Hidden -PassThru
    Wait-CloudSyncInstaller -Process $process
}

Invoke-CloudSyncStep -Name 'PassThroughInstall' -Probe {
    if (Test-InstalledVersion) { return @{ agentVersion = Get-CloudSyncPassThroughVersion } }
    Assert-Cloud
} -Change {
    $path = Save-CloudSyncInstaller
    Assert-CloudSyncInstaller -Path $path
    Install-Agent -Path $path
    Remove-CloudSyncInstaller -Path $path
    if (Test-InstalledVersion) { return @{ agentVersion = Get-CloudSyncPassThroughVersion } }
}
