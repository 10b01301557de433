import { snippetTests } from "../snippet-table.ts";
import { DOUBLE_BRACES } from "./double-braces.ts";

const two = "{".repeat(2);
snippetTests(DOUBLE_BRACES, {
  bad: [
    ["two braces in code", `$x | ForEach-Object -Process ${two} 1 } }\n`],
    ["two braces in a comment", `# ${two} parameter }}\n`],
    ["two braces in a string", `$a = '${two}x}}'\n`],
  ],
  good: [["braces apart", "$x | ForEach-Object -Process { @{ A = 1 } }\n"]],
});
