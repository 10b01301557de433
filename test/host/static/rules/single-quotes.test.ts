import { snippetTests } from "../snippet-table.ts";
import { SINGLE_QUOTES } from "./single-quotes.ts";

snippetTests(SINGLE_QUOTES, {
  bad: [
    ["a plain text in double quotes", '$a = "x"\n'],
    ["a plain argument in double quotes", 'Get-Item -LiteralPath "C:\\x"\n'],
    ["a plain here-string in double quotes", '$a = @"\nx\n"@\n'],
  ],
  good: [
    ["single quotes", "$a = 'x'\n"],
    ["an interpolated text", '$a = "x $b"\n'],
    ["a text with an apostrophe", '$a = "the host\'s name"\n'],
    ["a text with a line break", '$a = "x`r`n"\n'],
  ],
});
