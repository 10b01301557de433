/** Evaluates a tree for one object. Guarantees: pure. Never: looks at the text of an expression; the tree is what counts. */
import { Arguments, EvaluationError } from "./arguments.ts";
import { COMPARISON, FUNCTIONS } from "./functions.ts";
import { DROPPED, type Flow, type MappingSource, type Value } from "./source.ts";

/** Attributes of the source object by name; one that is not there is null. */
export type SourceAttributes = (name: string) => Value;

/** @throws EvaluationError when a value has the wrong kind */
export function evaluate(source: MappingSource, attributes: SourceAttributes): Flow {
  if (source.type === "Constant") return source.name;
  if (source.type === "Attribute") return attributes(source.name);
  const definition = FUNCTIONS.get(source.name) ?? COMPARISON.get(source.name);
  if (definition === undefined) throw new EvaluationError(`there is no function ${source.name}`);
  const given: (readonly [string, Value])[] = [];
  for (const { key, value } of source.parameters) {
    const result = evaluate(value, attributes);
    if (result === DROPPED) return DROPPED;
    given.push([key, result]);
  }
  return definition.result(
    new Arguments(
      source.name,
      given,
      definition.parameters.map(({ name }) => name),
    ),
  );
}
