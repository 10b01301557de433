/** SSM replaces what stands in two opening braces before a host sees the script: the text of a document must not contain them. */
import { findingsOf, type Rule } from "../finding.ts";

export const DOUBLE_BRACES: Rule = {
  name: "double-braces",
  find(script) {
    const finding = findingsOf("double-braces", script);
    return script.text
      .split("\n")
      .flatMap((line, index) =>
        line.includes("{".repeat(2))
          ? [
              finding({ ...script.root, line: index + 1 }, [
                "Systems Manager takes two opening braces for a parameter of the document.",
                "Put a blank or a line break between them.",
              ]),
            ]
          : [],
      );
  },
};
