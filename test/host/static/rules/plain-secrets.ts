/**
 * No secret as plain text: none written in a script, none turned back into text, and text made secure only where it was just read.
 * Never: judges where a secret goes (rules/secret-flow.ts).
 */
import { bind, gives } from "../binding.ts";
import { findingsOf, type Finding, type Library, type Rule } from "../finding.ts";
import { literalText, STRING_TYPES } from "../literal.ts";
import type { Script } from "../script.ts";
import { all, around, type Syntax } from "../syntax.ts";
import { SECRET_READER } from "./secret-flow.ts";

const NAME = "plain-secrets";

export const PLAIN_SECRETS: Rule = {
  name: NAME,
  find: (script, library) => [...made(script, library), ...opened(script), ...written(script)],
};

/** 5.1 offers no other way from text to SecureString: allowed in the reader of secrets alone. */
function made(script: Script, library: Library): readonly Finding[] {
  const finding = findingsOf(NAME, script);
  return script.commands
    .filter((command) => /^ConvertTo-SecureString$/i.test(command.name ?? ""))
    .filter((command) => gives(bind(command, script, library), "AsPlainText"))
    .filter(({ node }) => script.functionAround(node)?.name !== SECRET_READER)
    .map(({ node }) =>
      finding(node, [
        "Plain text is made a SecureString.",
        `Only ${SECRET_READER} does that, with the value just read.`,
      ]),
    );
}

const OPENERS = /^(GetNetworkCredential|SecureStringTo\w+|PtrToString\w*)$/i;

function opened(script: Script): readonly Finding[] {
  const finding = findingsOf(NAME, script);
  const members = all(script.root, "member_name").filter(({ text }) => OPENERS.test(text));
  const commands = script.commands.filter(({ name }) => /^(ConvertFrom-SecureString|Export-Clixml)$/i.test(name ?? ""));
  return [...members, ...commands.map(({ node }) => node)].map((node) =>
    finding(node, [`${node.text.slice(0, 40)} turns a secret back into text.`, "Pass the object."]),
  );
}

const SECRET_NAMES = /(password|passwd|pwd|secret|token|apikey|accesskey|privatekey|credential)$/i;
/** Names, ARNs, identifiers and sentences are no secrets. */
const OPEN_VALUES =
  /^$|^arn:|^[A-Z][A-Za-z]{2,40}$|\s|^[a-z]+(-[a-z]+)*$|\\|^\^|^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const SECRET_SHAPES: readonly RegExp[] = [
  /\b(AKIA|ASIA)[0-9A-Z]{16}\b/,
  /-----BEGIN/,
  /\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\./,
  /\bAQAAANCMnd8\w*/i,
];

function written(script: Script): readonly Finding[] {
  const finding = findingsOf(NAME, script);
  return all(script.root, ...STRING_TYPES)
    .filter((node) => {
      const text = literalText(node) ?? node.text;
      if (SECRET_SHAPES.some((shape) => shape.test(text))) return true;
      const holder = holderName(node);
      return holder !== undefined && SECRET_NAMES.test(holder) && !OPEN_VALUES.test(text);
    })
    .map((node) =>
      finding(node, [
        "This text looks like a secret.",
        "Read it with Get-CloudSyncSecret; correct it in Git's history too.",
      ]),
    );
}

/** The variable, key or parameter that a literal is given to. */
function holderName(node: Syntax): string | undefined {
  const holder = around(node, "assignment_expression", "hash_entry", "command", "comparison_expression");
  if (holder?.type === "assignment_expression") return holder.children[0]?.text.replaceAll(/[^\w]/g, "");
  if (holder?.type === "hash_entry") return holder.children[0]?.text.replaceAll(/[^\w]/g, "");
  if (holder?.type !== "command") return undefined;
  const elements = all(holder, "command_parameter").filter(({ end }) => end <= node.start);
  return elements.at(-1)?.text.replaceAll(/[^\w]/g, "");
}
