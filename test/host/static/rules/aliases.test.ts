import { snippetTests } from "../snippet-table.ts";
import { ALIASES } from "./aliases.ts";

snippetTests(ALIASES, {
  bad: [
    ["%", "$x | % { 1 }\n"],
    ["?", "$x | ? { 1 }\n"],
    ["foreach in a pipeline", "$x | foreach { 1 }\n"],
    ["where", "$x | where { 1 }\n"],
    ["gwmi", "gwmi -Class 'Win32_Service'\n"],
    ["cat in other letters", "CAT -Path 'x'\n"],
    ["sc, which is no service control", "sc stop x\n"],
    ["curl", "curl 'x'\n"],
    ["an executable without .exe", "nltest '/sc_query:x'\n"],
    ["an alias inside a string", "\"$(gci 'x')\"\n"],
  ],
  good: [
    [
      "full names",
      "Get-ChildItem -LiteralPath 'x' | ForEach-Object -Process { $_ } | Where-Object -FilterScript { $_ }\n",
    ],
    ["the foreach statement", "foreach ($x in $y) { $x }\n"],
    ["an executable with .exe", "nltest.exe '/sc_query:x'\n"],
    ["a range in a foreach", "foreach ($x in 1..3) { $x }\n"],
    ["an alias as a word of a string", "$a = 'cat'\n"],
  ],
});
