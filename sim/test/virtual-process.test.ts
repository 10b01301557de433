import { execFileSync } from "node:child_process";
import { join } from "node:path";

type Look = Readonly<Record<string, unknown>>;

const PROGRAM = join(import.meta.dirname, "virtual-process.ts");
const output = execFileSync(process.execPath, ["--no-warnings", PROGRAM], { encoding: "utf8" });
const [first, second, outside] = JSON.parse(output) as readonly [Look, Look, { readonly stdout: string }];

test("two days of virtual time pass, and every clock of the process says so", () => {
  expect(first).toMatchObject({
    date: ["2026-11-01T00:00:01.000Z", Date.UTC(2026, 10, 1) + 1_000, 5, true],
    value: "waited",
    ticks: 3,
    aborted: "TimeoutError",
    immediate: 0,
    ages: [[0, 0, 0], 172_800_000, 172_800, 172_800],
    later: "2026-11-03T00:00:01.000Z",
  });
  expect(first).not.toHaveProperty("cleared");
});

test("chance is the seed's: the same in two runs, and each source gives its form", () => {
  expect(first["chance"]).toEqual(second["chance"]);
  expect(first["chance"]).toEqual([
    expect.any(Number),
    expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
    expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
    expect.stringMatching(/^[0-9a-f]{8}$/),
  ]);
});

test("a file read inside a run is refused and remembered", () => {
  expect(first["escapes"]).toEqual(["fs/promises.readFile(/etc/hostname)"]);
  expect(first["file"]).toContain("leaves virtual time");
});

test("outside a run a guarded call keeps its promise form", () => {
  expect(outside.stdout).toBe(`${process.version}\n`);
});
