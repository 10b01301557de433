/** Bounds of the configuration's side of Entra in one place, each under its argument. */
export const CONFIGURATION_BOUNDS = {
  /** Replicas agree within minutes (entra-graph reference, 10.5); after this a complete search that finds nothing means that nothing was made. */
  unansweredMs: 10 * 60_000,
  /** A document that was replaced may be read as it was for so long; only after it a difference is somebody's. */
  readBackMs: 60_000,
  /** A foreign hand and ours alternate this often, then ours stops. */
  foreignWritesMax: 3,
  /** Alternations further apart than this are no contest. */
  foreignWritesWindowMs: 24 * 3_600_000,
  /** The vendor tries daily; a cause that ends by itself has ended by then (three of the 20-minute cycles of 2025). */
  quarantineRestartAfterMs: 60 * 60_000,
  /** A refusal lasts until a person does something outside the cluster, which nothing tells: asked again this seldom. */
  refusedRetryMs: 30 * 60_000,
  /** A restart of unknown outcome is sent once more, not for ever. */
  restartAttemptsMax: 2,
  /** "After more than four weeks the job is disabled" (entra-graph reference, 2.4). */
  quarantineLifeMs: 28 * 24 * 3_600_000,
  /** Cadence is not published any more; a job that ends no cycle for so long does not do its work. */
  successAgeMaxMs: 6 * 3_600_000,
  /** The first cycle of a large scope takes hours. */
  firstSuccessMaxMs: 24 * 3_600_000,
  /** Mode All with a filter (entra-graph reference, 8.1): what may be in scope, and how large the tenant may be. */
  allModeGroupsMax: 20_000,
  allModeMembershipsMax: 500_000,
  tenantGroupsMax: 40_000,
  tenantUsersMax: 200_000,
  /** Evidence older than this is no ground for Ready (S12). */
  evidenceMaxAgeMs: 15 * 60_000,
  /** Job, secrets and schema are read this often at rest: four reads. */
  pollMs: 5 * 60_000,
} as const;
