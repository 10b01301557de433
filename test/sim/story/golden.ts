/**
 * Golden stories: the decisions of a few lives on real delays, kept as text that a reviewer reads like a log.
 * Guarantees: the same sources give the same text; a run that breaks a promise gives no story.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { prepareJudge } from "../campaign/prepare-judge.ts";
import { failureText, say } from "../campaign/say.ts";
import { GOLDEN_PLANS } from "./golden-plans.ts";

const DIRECTORY = join(import.meta.dirname, "../golden");

/** @returns whether each story is the kept one; with `write`, after keeping the new ones */
export async function golden({ write }: { readonly write: boolean }): Promise<boolean> {
  const judge = await prepareJudge();
  let areSame = true;
  for (const { name, title, plan } of GOLDEN_PLANS) {
    const outcome = await judge.tell(plan);
    if (outcome.failure !== undefined) {
      say(failureText(outcome));
      areSame = false;
      continue;
    }
    const story = `${title}\n\n${outcome.decisions.join("\n")}\nends: ${outcome.rest}\n`;
    const file = join(DIRECTORY, `${name}.txt`);
    if (write) writeFileSync(file, story);
    else areSame = isKept(file, story) && areSame;
  }
  say(
    `golden: ${GOLDEN_PLANS.length} stories ${write ? "written" : areSame ? "as kept" : "differ: read them, then make golden"}`,
  );
  return areSame;
}

function isKept(file: string, story: string): boolean {
  const [kept, told] = [readFileSync(file, "utf8").split("\n"), story.split("\n")];
  const first = told.findIndex((line, index) => line !== kept[index]);
  if (first < 0 && kept.length === told.length) return true;
  const at = first < 0 ? told.length : first;
  say(`${file} differs from line ${at + 1}:\n  kept: ${kept[at] ?? "(ends)"}\n  told: ${told[at] ?? "(ends)"}`);
  return false;
}
