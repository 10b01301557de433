/** Where `serve` leaves its endpoints and the other commands look for them, relative to the working directory. */
export const ENDPOINTS_FILE = ".run/world.json";
/** Names the control endpoint instead of the file. */
export const CONTROL_VARIABLE = "CLOUDSYNC_WORLD_CONTROL";
/** Beside the endpoints: the certificate of the world's Graph. */
export const GRAPH_CA_FILE = "world-graph-ca.pem";
