/** Every argument of a cmdlet or function follows the parameter that it is for: what a value means never depends on its place. */
import { bind } from "../binding.ts";
import { findingsOf, type Rule } from "../finding.ts";

export const NAMED_PARAMETERS: Rule = {
  name: "named-parameters",
  find(script, library) {
    const finding = findingsOf("named-parameters", script);
    return script.commands.flatMap((command) => {
      const { name } = command;
      // An executable has no named parameters; a script block's are judged where it is made.
      if (name === undefined || /\.(exe|com)$/i.test(name)) return [];
      const bound = bind(command, script, library);
      return [
        ...bound.positional.map((node) =>
          finding(node, [`${name} gets ${node.text.slice(0, 40)} by its place.`, "Name the parameter."]),
        ),
        ...bound.unknownSplats.map((node) =>
          finding(node, [
            `${name} gets ${node.text}, whose parameters are not written out.`,
            "Write the hash table in this function, or take it as a [hashtable] parameter that callers write out.",
          ]),
        ),
      ];
    });
  },
};
