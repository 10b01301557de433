/**
 * What is stored about the gMSA's rights as commands begin and end. Pure.
 * Guarantees: `runs` only grows, so that no two commands share an operation id; what was found for another declaration or agent version counts for nothing.
 */
import type { AgentRights, AgentStepError } from "../../api/cloud-sync-agent-status.ts";

export interface RightsAsked {
  readonly digest: string;
  readonly agentVersion: string | undefined;
}

/** The record, if it is about this digest. */
export function recordFor(record: AgentRights | undefined, digest: string): AgentRights | undefined {
  return record?.digest === digest ? record : undefined;
}

/** A failure stays told until the next answer. */
export function begunRecord(before: AgentRights | undefined, { digest, agentVersion }: RightsAsked): AgentRights {
  const runs = (before?.runs ?? 0) + 1;
  const version = agentVersion === undefined ? {} : { agentVersion };
  const same = recordFor(before, digest);
  if (same !== undefined) return { ...same, ...version, runs };
  const verified = before?.verifiedAt === undefined ? {} : { verifiedAt: before.verifiedAt };
  return { digest, ...version, runs, done: 0, failures: 0, ...verified };
}

/** @param stepCount commands of the record's declaration; undefined: another declaration is in force */
export function endedRecord(record: AgentRights, stepCount: number | undefined, nowText: string): AgentRights {
  const { lastError: _solved, retryAt: _due, ...rest } = record;
  const done = record.done + 1;
  const isWhole = stepCount !== undefined && done >= stepCount;
  return { ...rest, done, failures: 0, ...(isWhole ? { verifiedAt: nowText } : {}) };
}

export function failedRecord(record: AgentRights, lastError: AgentStepError, retryAt: string | undefined): AgentRights {
  const { retryAt: _past, ...rest } = record;
  return { ...rest, failures: record.failures + 1, lastError, ...(retryAt === undefined ? {} : { retryAt }) };
}
