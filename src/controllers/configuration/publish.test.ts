/** Two loops write one status, each its own members. */
import { isDeepStrictEqual } from "node:util";
import { aConfiguration } from "../../sync/testing.ts";
import { writeConfigurationStatus } from "./publish.ts";

test("what the writer of assignments counted is neither claimed nor a reason to write (L1)", async () => {
  const scope = { groups: 3, groupsMax: 10_000, membershipsMax: 250_000 };
  const configuration = aConfiguration({ status: { scope } });
  const sent: object[] = [];
  const kube = {
    applyStatus: (_kind: unknown, current: { readonly status?: object }, status: object) => {
      if (!isDeepStrictEqual(current.status, status)) sent.push(status);
      return Promise.resolve({ kind: "ok", object: current });
    },
  };
  const ports = { kube } as unknown as Parameters<typeof writeConfigurationStatus>[2];
  const { signal } = new AbortController();
  await writeConfigurationStatus(configuration, configuration.status, ports, signal);
  expect(sent).toEqual([]);
  await writeConfigurationStatus(configuration, { ...configuration.status, deleted: "Job" }, ports, signal);
  expect(sent).toEqual([expect.objectContaining({ deleted: "Job" })]);
  expect(sent).toEqual([expect.not.objectContaining({ scope })]);
});
