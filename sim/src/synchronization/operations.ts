/**
 * Microsoft Graph's operations on synchronization (entra-graph reference, 2.3-2.7, 5).
 * Guarantees: paths are those of the OpenAPI extracts; reads tell what a lagging replica knows, writes act on the truth.
 */
import { isRecord } from "../core/input.ts";
import { badRequest, resourceNotFound } from "../graph/errors.ts";
import type { GraphCall, GraphOperation, GraphReply, GraphVersion, OperationLimit } from "../graph/operation.ts";
import type { Configuration } from "./configuration.ts";
import { parseAnswer } from "./expression/parse-answer.ts";
import { FUNCTIONS } from "./expression/functions.ts";
import type { Job } from "./job.ts";
import { jobView } from "./job-view.ts";
import { logOperation } from "./log-operation.ts";
import { onDemandAnswer, provisionOnDemand, readOnDemand } from "./on-demand.ts";
import { readResetScope } from "./restart-scope.ts";
import { operatorViews } from "./schema/operators.ts";
import { templateSchema } from "./schema/template.ts";
import { maskedPairs, readPairs, spoiltKey } from "./secrets.ts";
import type { SynchronizationService } from "./service.ts";

/** The services of the world's tenants, by tenant id. */
export type ServiceOf = (tenantID: string) => SynchronizationService;

const VERSIONS: readonly GraphVersion[] = ["v1.0", "beta"];
const ROOT = "/servicePrincipals/{servicePrincipal-id}/synchronization";
const JOB = `${ROOT}/jobs/{synchronizationJob-id}`;
const TEMPLATE = `${ROOT}/templates/{synchronizationTemplate-id}`;

/** 5 requests in 10 seconds (entra-graph reference, 5.1, 5.2, 10.1). */
export const ON_DEMAND_LIMIT: OperationLimit = { name: "provisionOnDemand", calls: 5, perMs: 10_000 };

export function synchronizationOperations(serviceOf: ServiceOf): readonly GraphOperation[] {
  return [
    ...templateOperations(serviceOf),
    ...jobOperations(serviceOf),
    ...schemaOperations(serviceOf),
    ...secretOperations(serviceOf),
    logOperation(serviceOf),
  ];
}

const NO_CONTENT: GraphReply = { status: 204 };
const found = (body: unknown): GraphReply => ({ status: 200, body });
const listed = (value: readonly unknown[]): GraphReply => found({ value });

interface Target {
  readonly call: GraphCall;
  readonly service: SynchronizationService;
  readonly configuration: Configuration;
}
interface JobTarget extends Target {
  readonly job: Job;
}

type Method = GraphOperation["method"];

/** An operation below a service principal. */
function below(
  serviceOf: ServiceOf,
  method: Method,
  path: string,
  handle: (target: Target) => GraphReply,
): GraphOperation {
  return {
    method,
    path,
    versions: VERSIONS,
    handle: (call) => {
      const service = serviceOf(call.directory.tenantID);
      const configuration = service.configuration(param(call, "servicePrincipal-id"), call.asOfMs);
      return handle({ call, service, configuration });
    },
  };
}

/** An operation on a job. A job that this replica does not know is not there yet, for writes as well (entra-graph reference, 10.5). */
function onJob(
  serviceOf: ServiceOf,
  method: Method,
  path: string,
  handle: (target: JobTarget) => GraphReply,
): GraphOperation {
  return below(serviceOf, method, path, (target) => {
    const { call, service, configuration } = target;
    return handle({ ...target, job: service.job(configuration, param(call, "synchronizationJob-id"), call.asOfMs) });
  });
}

function param({ params }: GraphCall, name: string): string {
  return params[name] ?? "";
}

function templateOperations(serviceOf: ServiceOf): readonly GraphOperation[] {
  const template = ({ call, service, configuration }: Target): string => {
    const id = param(call, "synchronizationTemplate-id");
    if (!service.templatesOf(configuration.servicePrincipalID).includes(id)) throw resourceNotFound(id);
    return id;
  };
  return [
    below(serviceOf, "GET", `${ROOT}/templates`, ({ service, configuration, call }) =>
      listed(service.templatesOf(configuration.servicePrincipalID).map((id) => templateView(id, configuration, call))),
    ),
    below(serviceOf, "GET", TEMPLATE, (target) =>
      found(templateView(template(target), target.configuration, target.call)),
    ),
    below(serviceOf, "GET", `${TEMPLATE}/schema`, (target) => {
      const id = template(target);
      return found({ ...templateSchema(id, undefined), id, version: "v1.0" });
    }),
  ];
}

function templateView(
  id: string,
  { servicePrincipalID }: Configuration,
  { directory }: GraphCall,
): Readonly<Record<string, unknown>> {
  return {
    id,
    factoryTag: id,
    applicationId: directory.get("servicePrincipal", servicePrincipalID)?.appId ?? "",
    default: true,
    discoverable: false,
    description: null,
    metadata: [{ key: "IsSynchronizationAgentRequired", value: "True" }],
  };
}

function jobOperations(serviceOf: ServiceOf): readonly GraphOperation[] {
  return [
    below(serviceOf, "GET", `${ROOT}/jobs`, ({ configuration, call }) =>
      listed(configuration.jobs.list(call.asOfMs).map(jobView)),
    ),
    below(serviceOf, "POST", `${ROOT}/jobs`, ({ service, configuration, call }) => {
      const templateID = isRecord(call.body) ? call.body.templateId : undefined;
      if (typeof templateID !== "string") throw badRequest("templateId is required.");
      return { status: 201, body: jobView(service.createJob(configuration, templateID)) };
    }),
    onJob(serviceOf, "GET", JOB, ({ job }) => found(jobView(job))),
    onJob(serviceOf, "DELETE", JOB, ({ service, configuration, job }) => {
      service.deleteJob(configuration, job);
      return NO_CONTENT;
    }),
    onJob(serviceOf, "POST", `${JOB}/start`, ({ service, job }) => {
      service.start(job);
      return NO_CONTENT;
    }),
    onJob(serviceOf, "POST", `${JOB}/pause`, ({ service, job }) => {
      service.pause(job);
      return NO_CONTENT;
    }),
    onJob(serviceOf, "POST", `${JOB}/restart`, ({ service, job, call }) => {
      service.restart(job, readResetScope(call.body));
      return NO_CONTENT;
    }),
    below(serviceOf, "POST", `${ROOT}/jobs/validateCredentials`, ({ configuration }) => validated(configuration)),
    onJob(serviceOf, "POST", `${JOB}/validateCredentials`, ({ configuration }) => validated(configuration)),
    { ...onJob(serviceOf, "POST", `${JOB}/provisionOnDemand`, onDemand), limits: [ON_DEMAND_LIMIT] },
  ];
}

function validated(configuration: Configuration): GraphReply {
  const spoilt = spoiltKey(configuration.secrets());
  if (spoilt !== undefined) throw badRequest(`The value of ${spoilt} is not valid.`, "InvalidCredentials");
  return NO_CONTENT;
}

function onDemand({ service, configuration, job, call }: JobTarget): GraphReply {
  const request = readOnDemand(
    call.body,
    job.schema.rules.map(({ id }) => id),
  );
  const recordsBefore = service.log.list().length;
  const outcome = provisionOnDemand(request, service.runParts(configuration, job, service.newID()));
  const record = service.log.list()[recordsBefore];
  const isValueEmpty = service.switches.onDemandValue === "empty";
  return found(onDemandAnswer(outcome, { groupID: request.groupID, record, nowMs: call.nowMs, isValueEmpty }));
}

function schemaOperations(serviceOf: ServiceOf): readonly GraphOperation[] {
  const schema = `${JOB}/schema`;
  return [
    onJob(serviceOf, "GET", schema, ({ job }) => found(job.schema.document)),
    onJob(serviceOf, "PUT", schema, ({ service, job, call }) => {
      if (!isRecord(call.body)) throw badRequest("The body is a synchronizationSchema.");
      service.putSchema(job, call.body);
      return NO_CONTENT;
    }),
    onJob(serviceOf, "DELETE", schema, ({ service, configuration, job }) => {
      service.resetSchema(configuration, job);
      return NO_CONTENT;
    }),
    onJob(serviceOf, "GET", `${schema}/filterOperators`, () => listed(operatorViews())),
    onJob(serviceOf, "GET", `${schema}/functions`, () =>
      listed([...FUNCTIONS.values()].map(({ name, parameters }) => ({ id: name, parameters }))),
    ),
    onJob(serviceOf, "POST", `${schema}/parseExpression`, ({ call }) => {
      const body = isRecord(call.body) ? call.body : {};
      return found(parseAnswer(typeof body.expression === "string" ? body.expression : "", body.testInputObject));
    }),
    onJob(serviceOf, "GET", `${schema}/directories`, ({ job }) => listed(directoriesOf(job))),
    onJob(serviceOf, "GET", `${schema}/directories/{directoryDefinition-id}`, ({ job, call }) =>
      found(directoryOf(job, call)),
    ),
    onJob(serviceOf, "POST", `${schema}/directories/{directoryDefinition-id}/discover`, ({ job, call }) => {
      directoryOf(job, call);
      throw badRequest("The directory does not support discovery.", "DiscoveryNotSupported");
    }),
  ];
}

function directoriesOf({ schema }: Job): readonly unknown[] {
  const { directories } = schema.document;
  return Array.isArray(directories) ? directories : [];
}

function directoryOf(job: Job, call: GraphCall): unknown {
  const id = param(call, "directoryDefinition-id");
  const directory = directoriesOf(job).find((one) => isRecord(one) && one.id === id);
  if (directory === undefined) throw resourceNotFound(id);
  return directory;
}

function secretOperations(serviceOf: ServiceOf): readonly GraphOperation[] {
  return [
    below(serviceOf, "GET", `${ROOT}/secrets`, ({ configuration, call }) =>
      listed(maskedPairs(configuration.secrets(call.asOfMs))),
    ),
    below(serviceOf, "PUT", `${ROOT}/secrets`, ({ service, configuration, call }) => {
      service.putSecrets(configuration, readPairs(call.body));
      return NO_CONTENT;
    }),
  ];
}
