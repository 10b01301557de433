/** Bytes come to a host only by Read-S3Object, whose bucket owner and version are given: nothing else fetches from a network. */
import { findingsOf, type Rule } from "../finding.ts";
import { all } from "../syntax.ts";

const COMMANDS: ReadonlySet<string> = new Set(
  `invoke-webrequest invoke-restmethod start-bitstransfer add-bitsfile new-webserviceproxy copy-s3object install-module save-module
   install-package find-module update-module install-script save-script curl.exe wget.exe bitsadmin.exe certutil.exe ftp.exe tftp.exe
   aws.exe choco.exe winget.exe`.split(/\s+/),
);
const TYPES = /^(System\.)?Net\.(WebClient|WebRequest|HttpWebRequest|FtpWebRequest|Http\.HttpClient)$/i;

export const NO_DOWNLOAD: Rule = {
  name: "no-download",
  find(script) {
    const finding = findingsOf("no-download", script);
    const fix = "Use Read-S3Object with the catalogue's bucket, owner and version.";
    const commands = script.commands.filter(({ name }) => COMMANDS.has(name?.toLowerCase() ?? ""));
    const types = all(script.root, "type_name").filter(
      ({ text, parent }) => parent?.type !== "type_name" && TYPES.test(text),
    );
    const made = all(script.root, "verbatim_string_characters", "generic_token").filter(({ text }) =>
      TYPES.test(text.replaceAll("'", "")),
    );
    return [
      ...commands.map(({ node, name }) => finding(node, [`${name ?? ""} can fetch from anywhere.`, fix])),
      ...[...types, ...made].map((node) => finding(node, [`${node.text} can fetch from anywhere.`, fix])),
    ];
  },
};
