/** Scenarios of CollectDiagnostics, RestartService and Proxy (agent-host 5.4, 8.3 and 9). */
import { fails, rowsOf, usualRows } from "./rows-usual.ts";
import type { Scenario } from "./scenario.ts";
import { TENANT } from "./stages.ts";

const collect = rowsOf("CollectDiagnostics", { before: "configured" });
const ARCHIVE = "cloudsync-output/diagnostics/tokyo/CSA1";

export const COLLECT_DIAGNOSTICS_ROWS: readonly Scenario[] = [
  ...usualRows(collect, {
    sentence: "one archive arrives under prefix and computer",
    facts: { bucket: "cloudsync-output", fileCount: 2, redactionCount: 0, isTruncated: false, source: "VendorTools" },
    further: { archives: [ARCHIVE] },
    again: { further: { archives: [ARCHIVE, ARCHIVE] } },
  }),
  collect("a host without a finished agent is collected by the product itself", {
    before: "installed",
    line: { outcome: "Succeeded", changed: true, facts: { source: "Product" } },
    further: { archives: [ARCHIVE] },
  }),
  collect("a drained agent is not started for it", {
    before: "drained",
    line: { outcome: "Succeeded", changed: true, facts: { source: "Product" } },
    further: { archives: [ARCHIVE] },
  }),
  collect("a long trace is cut, and the archive says so", {
    trouble: { kind: "longTrace" },
    line: { outcome: "Succeeded", changed: true, facts: { isTruncated: true } },
    further: { archives: [ARCHIVE] },
  }),
  collect("a password that the agent wrote into its trace stays on the host", {
    trouble: { kind: "loggedSecret" },
    line: { outcome: "Succeeded", changed: true, facts: { redactionCount: 1, source: "VendorTools" } },
    further: { archives: [ARCHIVE] },
  }),
  collect("it stays there too when the product collects by itself", {
    before: "drained",
    trouble: { kind: "loggedSecret" },
    line: { outcome: "Succeeded", changed: true, facts: { redactionCount: 1, source: "Product" } },
    further: { archives: [ARCHIVE] },
  }),
  collect("no controller is needed", {
    trouble: { kind: "controllersDown" },
    line: { outcome: "Succeeded", changed: true },
    further: { archives: [ARCHIVE] },
  }),
  collect("an archive that is larger than its bound stays on the host", {
    trouble: { kind: "ailment", is: "archiveHuge" },
    line: fails("Permanent", "ArchiveTooLarge", false),
  }),
  collect("AWS Tools that cannot check the owner upload nothing", {
    trouble: { kind: "ailment", is: "awsToolsMissing" },
    line: fails("Permanent", "AWSToolsMissing", false),
  }),
  collect("no way to the bucket", {
    trouble: { kind: "ailment", is: "bucketUnreachable" },
    line: fails("Transient", "OutputBucketUnavailable", false),
  }),
  collect("a bucket that does not exist", {
    parameters: { bucket: "other-bucket" },
    line: fails("Permanent", "OutputBucketNotFound", false),
  }),
  collect("a bucket of another account gets nothing", {
    trouble: { kind: "outputBucket", is: "otherOwner" },
    line: fails("Person", "OutputBucketDenied", false),
  }),
  collect("a role without the right", {
    trouble: { kind: "outputBucket", is: "denied" },
    line: fails("Person", "OutputBucketDenied", false),
  }),
  collect("a prefix that is not the hosts'", {
    parameters: { keyPrefix: "elsewhere/" },
    line: fails("Person", "OutputBucketDenied", false),
  }),
];

const restart = rowsOf("RestartService", { before: "configured" });
const RUNNING = { agentService: "Running" } as const;

export const RESTART_SERVICE_ROWS: readonly Scenario[] = [
  ...usualRows(restart, { sentence: "a running service is restarted", facts: RUNNING, again: {} }),
  restart("a drained service is started again", {
    before: "drained",
    line: { outcome: "Succeeded", changed: true, facts: RUNNING },
    after: RUNNING,
  }),
  restart("the Pass-through Authentication service is the other one", {
    before: "passThroughRegistered",
    parameters: { agentKind: "PassThroughAuthentication" },
    line: { outcome: "Succeeded", changed: true, facts: RUNNING },
  }),
  restart("an agent of the other kind is none", {
    before: "passThroughRegistered",
    line: fails("Permanent", "AgentNotInstalled", false),
  }),
  restart("a service that somebody disabled goes on as it was", {
    trouble: { kind: "serviceDisabled" },
    line: fails("Person", "ServiceDisabled", false),
  }),
  restart("without a controller a gMSA's service does not come back", {
    trouble: { kind: "controllersDown" },
    line: fails("Transient", "DomainControllerUnreachable", true),
    after: { agentService: "Stopped" },
  }),
  restart("a host that the domain does not trust any more", {
    trouble: { kind: "takenOver" },
    line: fails("Permanent", "DomainNotTrusted", true),
    after: { agentService: "Stopped" },
  }),
  restart("a host that somebody took out of the gMSA's group", {
    trouble: { kind: "serviceAccountLost", by: "groupMembership" },
    line: fails("Transient", "TestADServiceAccountFalse", true),
    // The membership went with the trouble.
    after: { agentService: "Stopped", isHostGroupMember: false },
    further: { members: [] },
  }),
  restart("a service that does not start for reasons of its own", {
    trouble: { kind: "ailment", is: "serviceDoesNotStart" },
    line: fails("Transient", "ServiceNotStarted", true),
    after: { agentService: "Stopped" },
  }),
  restart("a policy against logon as a service", {
    trouble: { kind: "serviceAccountLost", by: "logonPolicy" },
    line: fails("Person", "ServiceLogonDenied", true),
    after: { agentService: "Stopped" },
  }),
];

const proxy = rowsOf("Proxy", { before: "configured" });
const URL = "http://proxy.corp.example.com:3128";
const NONE = { agent: null, passThrough: null, updater: null, winHTTP: null };
const SET = { ...NONE, agent: URL, updater: URL, winHTTP: "proxy.corp.example.com:3128" };
const PROXY_FACTS = { agentProxy: URL, updaterProxy: URL, winHTTPProxy: SET.winHTTP, agentService: "Running" };

export const PROXY_ROWS: readonly Scenario[] = [
  ...usualRows(proxy, {
    sentence: "one proxy comes into the agent's file, the updater's and WinHTTP",
    facts: PROXY_FACTS,
    further: { proxies: SET },
  }),
  proxy("no proxy where none is wanted", {
    parameters: { proxyURL: "" },
    line: { outcome: "Succeeded", changed: false, facts: { agentProxy: null, updaterProxy: null, winHTTPProxy: null } },
  }),
  proxy("a drained service is not woken", {
    before: "drained",
    line: { outcome: "Succeeded", changed: true, facts: { ...PROXY_FACTS, agentService: "Stopped" } },
    further: { proxies: SET },
  }),
  proxy("the Pass-through Authentication agent has a file of its own", {
    before: "passThroughRegistered",
    parameters: { agentKind: "PassThroughAuthentication" },
    line: { outcome: "Succeeded", changed: true, facts: PROXY_FACTS },
    further: {
      proxies: { ...SET, agent: null, passThrough: URL },
      passThrough: { version: "1.5.2482.0", service: "Running", tenantID: TENANT },
    },
  }),
  proxy("no agent, and WinHTTP stays as it is", {
    before: "joined",
    line: fails("Permanent", "AgentNotInstalled", false),
  }),
  proxy("a file that is no XML stays as it is, and all else too", {
    trouble: { kind: "configurationMalformed" },
    line: fails("Person", "ConfigurationMalformed", false),
  }),
  proxy("a policy that holds WinHTTP's proxy is told, and the files are written", {
    trouble: { kind: "ailment", is: "winHTTPLocked" },
    line: fails("Transient", "WinHTTPNotSet", true),
    further: { proxies: { ...SET, winHTTP: null } },
  }),
  proxy("a service that does not come back is told, and the files are written", {
    trouble: { kind: "controllersDown" },
    line: fails("Transient", "ServiceNotStarted", true),
    after: { agentService: "Stopped" },
    further: { proxies: SET },
  }),
];
