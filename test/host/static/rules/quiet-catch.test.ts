import { snippetTests } from "../snippet-table.ts";
import { QUIET_CATCH } from "./quiet-catch.ts";

snippetTests(QUIET_CATCH, {
  bad: [
    ["an empty catch", "try { Get-A } catch { }\n"],
    ["a catch with a comment alone", "try { Get-A } catch {\n  # never mind\n}\n"],
    ["an empty catch of one type", "try { Get-A } catch [System.IO.IOException] { }\n"],
    ["errors hidden for the script", "$ErrorActionPreference = 'SilentlyContinue'\n"],
    ["errors hidden inside a function", "function Get-A {\n  $script:ErrorActionPreference = 'Ignore' # here\n}\n"],
  ],
  good: [
    ["a catch that answers", "try { Get-A } catch { return $null }\n"],
    ["errors that stop", "$ErrorActionPreference = 'Stop'\n"],
    ["one call whose absence is an answer", "Get-Service -Name 'x' -ErrorAction SilentlyContinue\n"],
  ],
});
