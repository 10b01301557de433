/** Names of the examples that the demo shows, and where the operator is installed. */
export const OPERATOR_NAMESPACE = "cloudsync-system";
export const FLEET_NAMESPACE = "identity";
export const POOL = "tokyo";
export const CONFIGURATION = "corp-groups";
export const CANARY = "canary";
export const TEAM_NAMESPACE = "team-sales";
export const TEAM_SCOPE = "sales";
