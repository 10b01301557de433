<#
.SYNOPSIS
Runs the step once more in a child PowerShell under RemoteSigned, for the vendor's cmdlets.
.DESCRIPTION
Reads: the child's line and exit code. Changes: nothing by itself; the child does the step's work.
Sources: agent-host 2 (execution policy); aws.md 6.3 (SSM starts scripts under Unrestricted, child processes inherit it).
#>
function Invoke-CloudSyncChild {
    <#
    Starts this script again under RemoteSigned and takes the child's line. The command line holds the script's path only; standard error is
    read and dropped. PowerShell inherits the process scope policy of its parent unless -ExecutionPolicy says otherwise.
    #>
    if ([string]::IsNullOrEmpty($PSCommandPath) -or -not (Test-Path -LiteralPath $PSCommandPath -PathType Leaf)) {
        Stop-CloudSyncStep -Class Permanent -Reason 'ScriptPathUnknown' -Message 'The SSM agent did not start the script from a file.' -Fix 'Report the SSM agent''s version.'
    }
    $start = New-Object -TypeName System.Diagnostics.ProcessStartInfo
    $start.FileName = (Get-Process -Id $PID).Path
    $start.Arguments = '-NoProfile -NonInteractive -ExecutionPolicy RemoteSigned -File "{0}"' -f $PSCommandPath
    $start.UseShellExecute = $false
    $start.CreateNoWindow = $true
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    $start.EnvironmentVariables['CLOUDSYNC_CHILD'] = $script:Run.OperationID
    $process = [System.Diagnostics.Process]::Start($start)
    try {
        $process.StandardInput.Close()
        $output = $process.StandardOutput.ReadToEndAsync()
        $null = $process.StandardError.ReadToEndAsync()
        if (-not $process.WaitForExit([Math]::Max(1, (Get-CloudSyncSecondsLeft)) * 1000)) {
            $process.Kill()
            Stop-CloudSyncStep -Class Transient -Reason 'DeadlineExceeded' -Message 'The step did not end in time and was ended.' -Fix 'Read the host''s event log; tried again.'
        }
        if (-not $output.Wait(10000)) { Stop-CloudSyncStep -Class Transient -Reason 'ChildFailed' -Message 'The child keeps its output open.' -Fix 'Read the host''s event log; tried again.' }
        $exitCode = $process.ExitCode
    } finally {
        $process.Dispose()
    }
    Read-CloudSyncState
    if ($exitCode -eq 3010) { return @{ line = ''; exitCode = 3010 } }
    $lines = @($output.Result.Split("`n") | ForEach-Object -Process { $_.Trim() } | Where-Object -FilterScript { $_ -ne '' })
    $marks = '"step":"{0}","operationID":"{1}"' -f $script:Run.Step, $script:Run.OperationID
    if ($exitCode -notin @(0, 1) -or $lines.Count -eq 0 -or -not $lines[-1].Contains($marks) -or $lines[-1].Length -gt $script:LineLengthMax) {
        Stop-CloudSyncStep -Class Transient -Reason 'ChildFailed' -Message 'The child PowerShell ended without a result.' -Fix 'Read the host''s event log; tried again.' -Evidence "exit code $exitCode"
    }
    $script:Run.Notes = @($lines | Where-Object -FilterScript { $_ -cmatch '^(found|left): ' } | Select-Object -First $script:NotesMax)
    return @{ line = $lines[-1]; exitCode = $exitCode }
}
