/**
 * Puts the parameters of a policy text into CloudFormation's own words. Pure.
 * Guarantees: `${Name}` becomes Fn::Sub; a text that ends with a list parameter stands once for each value of the list.
 * Never: a list parameter behind another parameter: the delimiter of Fn::Join may hold no function (CloudFormation User Guide, Fn::Join).
 */
import { LIST_PARAMETERS } from "./parameters.ts";

const PARAMETER = /\$\{([^}]+)\}/g;

/** A value for a place that takes one text. @throws Error when the text names a list */
export function oneText(text: string): unknown {
  if (listIn(text) !== undefined) throw new Error(`${text} names a list where one text is wanted`);
  return text.search(PARAMETER) < 0 ? text : { "Fn::Sub": text };
}

/** A value for a place that takes a list of texts. @throws Error when one that names a list is not alone */
export function manyTexts(texts: readonly string[]): unknown {
  const listed = texts.find((text) => listIn(text) !== undefined);
  if (listed === undefined) return texts.map(oneText);
  if (texts.length > 1) throw new Error(`${listed} names a list and has to stand alone`);
  const name = listIn(listed) ?? "";
  const prefix = listed.slice(0, listed.length - `\${${name}}`.length);
  if (prefix === "") return { Ref: name };
  if (!listed.startsWith(prefix) || prefix.search(PARAMETER) >= 0)
    throw new Error(`${listed}: no parameter before a list`);
  const joined = { "Fn::Join": [`,${prefix}`, { Ref: name }] };
  return { "Fn::Split": [",", { "Fn::Join": ["", [prefix, joined]] }] };
}

function listIn(text: string): string | undefined {
  return [...text.matchAll(PARAMETER)].map(([, name = ""]) => name).find((name) => LIST_PARAMETERS.includes(name));
}
