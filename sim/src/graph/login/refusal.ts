/**
 * Refusals of the token endpoint: OAuth error, AADSTS number and sentence.
 * Source: Microsoft identity platform, "Microsoft Entra authentication and authorization error codes"; which OAuth word goes with which number is
 * taken from answers that were seen in public [C].
 */
export class LoginRefusal extends Error {
  override readonly name = "LoginRefusal";
  readonly status: number;
  readonly error: string;
  readonly number: number;
  constructor(error: string, number: number, message: string) {
    super(message);
    this.error = error;
    this.number = number;
    this.status = error === "invalid_client" ? 401 : 400;
  }
}

export function unknownTenant(tenant: string): LoginRefusal {
  const advice = "Check to make sure you have the correct tenant ID and are signing into the correct cloud.";
  return new LoginRefusal("invalid_request", 90002, `Tenant '${tenant}' not found. ${advice}`);
}

export function unknownClient(clientID: string, tenant: string): LoginRefusal {
  const message = `Application with identifier '${clientID}' was not found in the directory '${tenant}'.`;
  return new LoginRefusal("unauthorized_client", 700016, message);
}

export function disabledClient(clientID: string): LoginRefusal {
  return new LoginRefusal("unauthorized_client", 7000112, `Application '${clientID}' is disabled.`);
}

export function wrongSecret(clientID: string): LoginRefusal {
  const message = `Invalid client secret provided. Ensure the secret being sent is the client secret value, for a secret added to app '${clientID}'.`;
  return new LoginRefusal("invalid_client", 7000215, message);
}

export function expiredSecret(clientID: string): LoginRefusal {
  const message = `The provided client secret keys for app '${clientID}' are expired.`;
  return new LoginRefusal("invalid_client", 7000222, message);
}

export function badAssertion(why: string): LoginRefusal {
  return new LoginRefusal("invalid_client", 50027, `JWT token is invalid or malformed: ${why}.`);
}

export function expiredAssertion(): LoginRefusal {
  return new LoginRefusal("invalid_client", 700024, "Client assertion is not within its valid time range.");
}

export function wrongCertificate(): LoginRefusal {
  const message = "The certificate with identifier used to sign the client assertion is not registered on application.";
  return new LoginRefusal("invalid_client", 700027, message);
}

/** Newer answers name what does not match: issuer, audience or subject. */
export function noFederation(what: "issuer" | "audience" | "subject", value: string): LoginRefusal {
  const number = { issuer: 700211, audience: 700212, subject: 700213 }[what];
  const message = `No matching federated identity record found for presented assertion ${what} '${value}'.`;
  return new LoginRefusal("invalid_client", number, message);
}

export function wrongScope(scope: string): LoginRefusal {
  const message = `The provided value for the input parameter 'scope' is not valid. Scope: ${scope}`;
  return new LoginRefusal("invalid_scope", 70011, message);
}

export function unknownResource(resource: string): LoginRefusal {
  const message = `The resource principal named ${resource} was not found in the tenant.`;
  return new LoginRefusal("invalid_resource", 500011, message);
}
