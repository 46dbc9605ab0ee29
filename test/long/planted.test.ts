import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ViolationName } from "../../dev/simulator/oracle/violation.ts";
import type { SimulationResult } from "../../dev/simulator/simulate.ts";
import { ROOT } from "../support/documents.ts";
import { plantedBugs, plantedPatchArgs } from "../support/planted.ts";

/** The violation that must reveal each planted bug. */
const REVEALED_BY: Readonly<Record<string, ViolationName>> = {
  "absence-not-settled": "absence_not_settled",
  "charge-of-stopped-run-forgotten": "absence_not_settled",
  "customer-not-looked-at": "charged_replaced_debt",
  "dead-payment-not-read": "charged_while_payment_open",
  "ended-debt-reopened": "ended_twice",
  "import-charged-before-its-mail": "charged_before_import_mail",
  "no-fence": "absence_not_settled",
  "released-payment-forgotten": "unreported_double_charge",
  "sdk-retries-on": "resent_at_once",
  "second-attempt-while-processing": "charged_while_payment_open",
  "second-page-skipped": "double_charge",
  "sender-refusal-blamed-on-the-recipient": "notice_given_up",
  "success-not-seen-before-charge": "charged_paid_debt",
  "tax-charged-twice": "wrong_amount",
  "unannounced-attempt-charged": "unannounced_charge",
  "unknown-conflict-as-refusal": "absence_not_settled",
  "unknown-tax-as-zero": "wrong_amount",
  "webhook-deduplication-off": "webhook_decided_twice",
};

/** Seeds 1 to this one must reveal a bug. */
const SEEDS = 8_000;
const TIMEOUT_MS = 240_000;

/** What the simulator imports, directly or not. */
const ROOMS = ["activities", "dev", "dodo", "domain", "platform", "sandbox", "workflows"];

const run = promisify(execFile);
let copy: string;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "reprise-planted-"));
  copySources();
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
  // Compiles the simulator and what it imports; the whole project would take longer than the simulation.
  const compilerOptions = { noEmit: false, outDir: "build", sourceMap: false };
  const config = {
    extends: "./tsconfig.json",
    compilerOptions,
    include: [],
    files: ["dev/simulator/command.ts"],
  };
  writeFileSync(join(copy, "tsconfig.planted.json"), JSON.stringify(config));
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** Also undoes a patch: without context lines, `git apply --reverse` may put a deleted line back in a wrong place. */
function copySources(): void {
  for (const name of [...ROOMS, "package.json", "tsconfig.json"])
    cpSync(join(ROOT, name), join(copy, name), { recursive: true });
}

/** @returns the seed and the detail of the first such violation; null if no seed has it */
async function firstViolation(name: ViolationName): Promise<string | null> {
  await run(join(ROOT, "node_modules/.bin/tsc"), ["-p", "tsconfig.planted.json"], { cwd: copy });
  const args = ["build/dev/simulator/command.js", "--json", "--seeds", `${SEEDS}`, "--until", name];
  const { stdout } = await run(process.execPath, args, { cwd: copy }).catch(
    (error: { readonly stdout: string }) => error,
  );
  const { failures } = JSON.parse(stdout) as Pick<SimulationResult, "failures">;
  for (const { seed, violations } of failures) {
    const found = violations.find((violation) => violation.name === name);
    if (found !== undefined) return `seed ${seed}: ${found.detail}`;
  }
  return null;
}

test("every patch has a violation that must reveal it", () => {
  expect(plantedBugs()).toEqual(Object.keys(REVEALED_BY).toSorted());
});

test.each(Object.entries(REVEALED_BY))(
  "the simulator reveals the planted bug %s by %s",
  async (name, violation) => {
    await run("git", plantedPatchArgs(name), { cwd: copy });
    try {
      const found = await firstViolation(violation);
      if (found !== null) console.log(`${name}: ${found}`);
      expect(found).not.toBeNull();
    } finally {
      copySources();
    }
  },
  TIMEOUT_MS,
);
