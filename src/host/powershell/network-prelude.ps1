<#
.SYNOPSIS
Whether controllers and Entra can be reached from this host.
.DESCRIPTION
Reads: answers of ports, the status of Entra's answer. Changes: nothing.
Sources: agent-host 8.1 (names and ports), 8.3 (proxy).
#>
function Test-CloudSyncPort {
    <# Whether a TCP connection opens within Seconds. #>
    param([Parameter(Mandatory = $true)][string]$Address, [Parameter(Mandatory = $true)][int]$Port, [Parameter(Mandatory = $true)][int]$Seconds)
    $client = New-Object -TypeName System.Net.Sockets.TcpClient
    try {
        return [bool]($client.ConnectAsync($Address, $Port).Wait($Seconds * 1000) -and $client.Connected)
    } catch {
        return $false
    } finally {
        $client.Close()
    }
}

function Get-CloudSyncEntraHost {
    <# Names of Entra's sign-in and registration in a cloud (agent-host 8.1; *.microsoftonline.* is listed with a wildcard). China: no list was found. #>
    param([Parameter(Mandatory = $true)][ValidateSet('Public', 'USGovernment', 'USGovernmentDoD', 'China')][string]$Cloud)
    if ($Cloud -eq 'Public') { return @('login.windows.net', 'login.microsoftonline.com') }
    if ($Cloud -eq 'China') { return @() }
    return @('login.windows.us', 'login.microsoftonline.us')
}

function Test-CloudSyncEntra {
    <# Whether every host answers: TCP 443 directly, else HTTPS through the proxy. An answer of Entra counts whatever its status; one of the proxy does not. #>
    param([Parameter(Mandatory = $true)][AllowEmptyCollection()][string[]]$HostNames, [AllowEmptyString()][string]$ProxyURL)
    foreach ($name in $HostNames) {
        if ($ProxyURL -eq '') {
            if (-not (Test-CloudSyncPort -Address $name -Port 443 -Seconds 5)) { return $false }
            continue
        }
        try {
            $null = Invoke-WebRequest -Uri ('https://' + $name + '/') -Proxy $ProxyURL -UseBasicParsing -TimeoutSec 15
        } catch {
            $response = $_.Exception.PSObject.Properties['Response']
            if ($null -eq $response -or $null -eq $response.Value -or [int]$response.Value.StatusCode -in @(407, 502, 503, 504)) { return $false }
        }
    }
    return $true
}
