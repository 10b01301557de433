import { silentMetrics, type WriteRecord } from "./observers.ts";
import { sayingRefusals } from "./refused-writes.ts";

test("a right that is missing is said once, and every write is counted", () => {
  const said: object[] = [];
  const counted: WriteRecord[] = [];
  const metrics = sayingRefusals(
    { ...silentMetrics, wrote: (write) => void counted.push(write) },
    { error: (_message, fields) => void said.push(fields) },
  );
  const finalizer = { verb: "patch", kind: "SyncConfiguration", subresource: "", result: "Denied" } as const;
  for (const result of ["ok", "conflict", "Denied", "Denied"]) metrics.wrote({ ...finalizer, result });
  metrics.wrote({ ...finalizer, kind: "GroupScope" });
  expect(counted.map(({ result }) => result)).toEqual(["ok", "conflict", "Denied", "Denied", "Denied"]);
  expect(said).toEqual([
    expect.objectContaining({ verb: "patch", kind: "SyncConfiguration" }),
    expect.objectContaining({ verb: "patch", kind: "GroupScope" }),
  ]);
});
