import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Results } from "../../bench/report/results.ts";
import { builtFile } from "../support/build.ts";
import { ROOT } from "../support/documents.ts";

let out: string;

beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), "reprise-bench-"));
});

afterAll(() => rmSync(out, { recursive: true, force: true }));

type Run = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** As `npm run bench` runs it. */
async function bench(...args: string[]): Promise<Run> {
  const options = { cwd: ROOT, env: { PATH: process.env["PATH"] } };
  const main = builtFile("bench/bench.js");
  try {
    const done = await promisify(execFile)(process.execPath, [main, ...args], options);
    return { ...done, code: 0 };
  } catch (error) {
    return error as Run;
  }
}

/** Where runs keep their logs until they end. Another run may be going on. */
function runFolders(): readonly string[] {
  const data = join(ROOT, "data");
  const names = existsSync(data) ? readdirSync(data) : [];
  return names.filter((name) => name.startsWith("bench-run-"));
}

describe("npm run bench", () => {
  test("of one path writes its report and every round, and leaves nothing behind", async () => {
    const before = runFolders();
    const run = await bench("--quick", "simulator", "--out", out);
    expect(run.code, run.stderr).toBe(0);
    expect(run.stderr).toContain("simulator, round 3 of 3, product");
    const report = readFileSync(join(out, "RESULTS.md"), "utf8");
    expect(run.stdout).toContain(report);
    expect(report).toContain("## simulator");
    expect(report).not.toContain("Failed");
    const results = JSON.parse(readFileSync(join(out, "results.json"), "utf8")) as Results;
    expect(results.runs.map(({ name, rounds }) => [name, rounds.length])).toEqual([
      ["simulator", 3],
    ]);
    expect(runFolders().filter((name) => !before.includes(name))).toEqual([]);
  });

  test("--help names every path, and an unknown path is refused", async () => {
    const help = await bench("--help");
    for (const name of ["gateway", "durable", "recovery", "herd", "sleepers", "simulator"]) {
      expect(help.stdout).toContain(`  ${name} `);
    }
    const refused = await bench("gatewya");
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.stderr).toContain('There is no path "gatewya".');
  });
});
