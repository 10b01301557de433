/** Each kind of edit that shrinks or moves: counted, held, carried out once under its hash, and cancelled when it is taken back. */
import type { ConfigurationBench } from "./testing/configuration-bench.ts";
import { assign, condition, container, filtered, group, OU, running, runningAll } from "./testing/questions.ts";

interface Kind {
  readonly sentence: string;
  readonly arrange: () => Promise<ConfigurationBench>;
  readonly edit: (bench: ConfigurationBench) => void;
  readonly revert: (bench: ConfigurationBench) => void;
  /** Of the plan; a count that is absent is not known. */
  readonly counts: { readonly leaving?: number; readonly moving?: number };
  readonly writes: readonly string[];
}

const selected = async (count: number): Promise<ConfigurationBench> => {
  const bench = await running({ allowedUnverified: ["all-scope"] });
  assign(bench, count);
  bench.graph.groups = Array.from({ length: count }, (_, at) => group(at, `sg-${at}`));
  return bench;
};
const all = async (names: readonly string[]): Promise<ConfigurationBench> => {
  const bench = await runningAll();
  bench.graph.groups = names.map((name, at) => group(at, name));
  return bench;
};
const many = (count: number, name: string): readonly string[] => Array.from({ length: count }, () => name);
const setDomain =
  (domain: string) =>
  ({ graph }: ConfigurationBench): void => {
    const [one] = graph.configurations;
    one!.secrets = one!.secrets.map((secret) =>
      secret.key === "Domain" ? { key: "Domain", value: JSON.stringify({ domain }) } : secret,
    );
  };
const switched = {
  entraToAD: {
    ...container(OU).entraToAD,
    targetContainer: {
      switch: { attribute: "displayName", default: `OU=Sub,${OU}`, cases: [{ value: "sg-0", container: OU }] },
    },
  },
};

const kinds: readonly Kind[] = [
  {
    sentence: "a filter from 400 groups to 12",
    arrange: () => all([...many(400, "sg-a"), ...many(12, "sg-b")]),
    edit: (bench) => bench.edit(filtered("All", "sg-b")),
    revert: (bench) => bench.edit(filtered("All", "sg-a")),
    counts: { leaving: 400, moving: 0 },
    writes: ["replaceSchema", "restart"],
  },
  {
    sentence: "a filter of which nobody can tell whom it admits",
    arrange: () => all(many(7, "sg-a")),
    edit: (bench) => bench.edit(filtered("All", "^sg-a$", "REGEX MATCH")),
    revert: (bench) => bench.edit(filtered("All", "sg-a")),
    counts: { moving: 0 },
    writes: ["replaceSchema", "restart"],
  },
  {
    sentence: "All to Selected",
    arrange: () => all(many(20, "sg-a")),
    edit: (bench) => bench.edit(filtered("Selected")),
    revert: (bench) => bench.edit(filtered("All", "sg-a")),
    counts: { leaving: 20, moving: 0 },
    writes: ["replaceSecrets", "replaceSchema", "restart"],
  },
  {
    sentence: "Selected to All, whose filter does not admit what is assigned",
    arrange: () => selected(6),
    edit: (bench) => bench.edit(filtered("All", "sg-z")),
    revert: (bench) => bench.edit(filtered("Selected")),
    counts: { leaving: 6, moving: 0 },
    writes: ["replaceSchema", "replaceSecrets", "restart"],
  },
  {
    sentence: "another container",
    arrange: () => selected(6),
    edit: (bench) => bench.edit(container(`OU=Sub,${OU}`)),
    revert: (bench) => bench.edit(container(OU)),
    counts: { leaving: 0, moving: 6 },
    writes: ["replaceSchema", "restart"],
  },
  {
    sentence: "containers by a Switch, of which one case is where its group is already",
    arrange: () => selected(7),
    edit: (bench) => bench.edit(switched),
    revert: (bench) => bench.edit(container(OU)),
    counts: { leaving: 0, moving: 6 },
    writes: ["replaceSchema", "restart"],
  },
  {
    sentence: "containers by an attribute that is not read",
    arrange: () => selected(1),
    edit: (bench) =>
      bench.edit({ entraToAD: { ...container(OU).entraToAD, targetContainer: { attribute: "extension_a_TargetOU" } } }),
    revert: (bench) => bench.edit(container(OU)),
    counts: { leaving: 0 },
    writes: ["replaceSchema", "restart"],
  },
  {
    sentence: "the secret Domain, which a hand in the portal had pointed elsewhere",
    arrange: () => selected(1),
    edit: setDomain("other.example.com"),
    revert: setDomain("corp.example.com"),
    counts: {},
    writes: ["replaceSecrets", "restart"],
  },
];

for (const { sentence, arrange, edit, revert, counts, writes } of kinds)
  describe(sentence, () => {
    let bench: ConfigurationBench;
    beforeEach(async () => {
      bench = await arrange();
      edit(bench);
      await bench.settle();
    });
    const approve = async (hash: string | undefined): Promise<void> => {
      bench.edit({ approvals: { plan: hash } });
      await bench.settle();
    };

    test("is held with its counts, also when another hash is approved", async () => {
      expect(condition(bench)).toBe("False/AwaitingApproval");
      const { leaving, moving } = bench.at().status.plan ?? {};
      expect({ leaving, moving }).toEqual({ leaving: undefined, moving: undefined, ...counts });
      await approve(`sha256:${"0".repeat(64)}`);
      expect(condition(bench)).toBe("False/ApprovalStale");
      expect(bench.graph.writes).toEqual([]);
    });

    test("is carried out once under its hash", async () => {
      await approve(bench.at().status.plan?.hash);
      expect(bench.graph.writes).toEqual(writes);
      expect(condition(bench)).toBe("True/InSync");
    });

    test("is cancelled by taking it back: its hash is worth nothing when the same comes again", async () => {
      const hash = bench.at().status.plan?.hash;
      revert(bench);
      await bench.settle();
      expect(condition(bench)).toBe("True/InSync");
      edit(bench);
      await approve(hash);
      expect(condition(bench)).toMatch(/False\/Approval(Stale|Used)/);
      expect(bench.graph.writes).toEqual([]);
    });
  });

test("a filter that lets no more leave than the budget is carried out without asking", async () => {
  const bench = await all([...many(5, "sg-a"), ...many(2, "sg-b")]);
  bench.edit(filtered("All", "sg-b"));
  await bench.settle();
  expect(bench.graph.writes).toEqual(["replaceSchema", "restart"]);
});

test("a budget of none holds the first one", async () => {
  const bench = await all(["sg-a", "sg-b"]);
  bench.edit({ ...filtered("All", "sg-b"), change: { maxLeaving: 0, maxMoving: 0 } });
  await bench.settle();
  expect(bench.at().status.plan).toMatchObject({
    leaving: 1,
    sample: expect.arrayContaining(["leaves: sg-a"]) as unknown,
  });
  expect(bench.graph.writes).toEqual([]);
});
