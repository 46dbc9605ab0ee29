import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { FindingName } from "../../dev/simulator/oracle/ledger.ts";
import { ROOT } from "../support/documents.ts";

/** What each planted bug must be caught by. One that nothing shows of is no bug, or the oracle is blind. */
const CAUGHT_BY: Readonly<Record<string, FindingName>> = {
  "absence-believed-at-once": "absence_believed",
  "charge-after-method-update-without-reading": "charged_paid_debt",
  "ended-debt-reopened": "reopened",
  "no-fence": "double_charge",
  "page-1-skipped": "double_charge",
  "sdk-retries-on": "resent",
  "second-attempt-while-processing": "charged_while_open",
  "tax-charged-twice": "wrong_amount",
  "webhook-dedupe-off": "decided_twice",
};

/** Within so many worlds, from the first seed on. */
const SEEDS = 2_000;
const TIMEOUT_MS = 240_000;

const run = promisify(execFile);
const patches = join(ROOT, "test/simulator/planted");
let copy: string;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "reprise-planted-"));
  const rooms = ["domain", "activities", "platform", "server", "local", "workflows", "config"];
  for (const name of [...rooms, "worker", "sandbox", "package.json", "tsconfig.json"])
    cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
  // The simulator and what it imports: a whole build would take longer than the worlds.
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

/** @returns what was broken, of the world in which the law was; null where every world kept it */
async function caught(law: FindingName): Promise<string | null> {
  await run(join(ROOT, "node_modules/.bin/tsc"), ["-p", "tsconfig.planted.json"], { cwd: copy });
  const args = ["build/dev/simulator/command.js", "--seeds", String(SEEDS), "--until", law];
  const said = await run(process.execPath, args, { cwd: copy }).catch(
    (error: { readonly stdout: string }) => error,
  );
  const lines = said.stdout.split("\n").filter((line) => /^ {2}seed \d+: /.test(line));
  return lines.find((line) => line.includes(`${law} (`)) ?? null;
}

test("every planted bug has a law that it breaks", () => {
  const names = readdirSync(patches).map((name) => name.replace(/\.patch$/, ""));
  expect(names.toSorted()).toEqual(Object.keys(CAUGHT_BY).toSorted());
});

test.each(Object.entries(CAUGHT_BY))(
  "%s is caught by %s",
  async (name, law) => {
    const patch = join(patches, `${name}.patch`);
    await run("git", ["apply", patch], { cwd: copy });
    try {
      const found = await caught(law);
      if (found !== null) console.log(`${name}:${found}`);
      expect(found).not.toBeNull();
    } finally {
      await run("git", ["apply", "--reverse", patch], { cwd: copy });
    }
  },
  TIMEOUT_MS,
);
