#!/usr/bin/env node
/** Fails unless run by Node 24 or later: shows that the packages brought it. */
const major = Number(process.versions.node.split(".")[0]);
if (major < 24) {
  process.stderr.write(`Node ${process.versions.node} is too old: the packages should have brought Node 24.\n`);
  process.exit(1);
}
