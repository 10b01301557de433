/**
 * A policy made ready to be asked: patterns and conditions are compiled once, statements are found by action.
 * Guarantees: the same document gives the same answers; nothing is read from outside.
 */
import type { Context } from "./condition.ts";
import { conditionTest } from "./condition.ts";
import type { PolicyDocument, Selection, Statement } from "./document.ts";
import { readPolicy } from "./document.ts";
import type { Matcher } from "./pattern.ts";
import { resourcePattern, textPattern } from "./pattern.ts";

/** One thing that AWS authorises: an action on one resource, in the context of the request. A call asks one or more. */
export interface Question {
  /** `service:Action`. */
  readonly action: string;
  /** ARN, or `*` for actions without resources. */
  readonly resource: string;
  readonly context: Context;
}

export interface CompiledStatement {
  readonly sid: string | undefined;
  readonly effect: Statement["effect"];
  /** Whether resource and condition apply; the action was asked before. */
  applies(question: Question): boolean;
}

export interface Policy {
  /** Statements whose Action or NotAction covers the action. */
  statementsFor(action: string): readonly CompiledStatement[];
}

/** @throws Error with a sentence when the document holds something that is not modelled */
export function compilePolicy(document: PolicyDocument): Policy {
  const statements = readPolicy(document).map((statement) => ({
    coversAction: selectionMatcher(statement.action, (pattern) => textPattern(pattern, { isCaseIgnored: true })),
    compiled: compileStatement(statement),
  }));
  const byAction = new Map<string, readonly CompiledStatement[]>();
  return {
    statementsFor(action) {
      const known = byAction.get(action);
      if (known !== undefined) return known;
      const found = statements.filter(({ coversAction }) => coversAction(action)).map(({ compiled }) => compiled);
      // Bounded: the actions that the world's services have.
      byAction.set(action, found);
      return found;
    },
  };
}

function compileStatement({ sid, effect, resource, conditions }: Statement): CompiledStatement {
  const coversResource = selectionMatcher(resource, resourcePattern);
  const tests = conditions.map(conditionTest);
  return {
    sid,
    effect,
    applies: (question) => coversResource(question.resource) && tests.every((test) => test(question.context)),
  };
}

function selectionMatcher({ isListed, patterns }: Selection, compile: (pattern: string) => Matcher): Matcher {
  const matchers = patterns.map(compile);
  return (value) => matchers.some((matches) => matches(value)) === isListed;
}
