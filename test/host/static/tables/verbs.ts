/**
 * Verbs that a Windows PowerShell 5.1 function may begin with.
 * Source: PowerShell documentation, "Approved Verbs for PowerShell Commands"; Build and Deploy came with PowerShell 6 and are left out, and
 * so are those that it reserves for the language and does not list (ForEach, Sort, Tee, Where, Group).
 */
export const APPROVED_VERBS: ReadonlySet<string> = new Set(
  `Add Clear Close Copy Enter Exit Find Format Get Hide Join Lock Move New Open Optimize Pop Push Redo Remove Rename Reset Resize Search
   Select Set Show Skip Split Step Switch Undo Unlock Watch Connect Disconnect Read Receive Send Write Backup Checkpoint Compare
   Compress Convert ConvertFrom ConvertTo Dismount Edit Expand Export Import Initialize Limit Merge Mount Out Publish Restore Save
   Sync Unpublish Update Debug Measure Ping Repair Resolve Test Trace Approve Assert Complete Confirm Deny Disable Enable Install
   Invoke Register Request Restart Resume Start Stop Submit Suspend Uninstall Unregister Wait Block Grant Protect Revoke Unblock
   Unprotect Use`
    .split(/\s+/)
    .filter((verb) => verb !== ""),
);
