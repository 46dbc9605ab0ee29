import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { ROOT } from "../support/documents.ts";

const run = promisify(execFile);

test("npm run simulate -- --seeds 200 --from 1: lives them, counts what struck, and says that all was lawful", async () => {
  const args = ["run", "--silent", "simulate", "--", "--seeds", "200", "--from", "1"];
  const { stdout } = await run("npm", args, { cwd: ROOT });
  expect(stdout).toMatch(/answer lost +[1-9]/);
  expect(stdout).toMatch(/seeds 1 to 200: 0 of 200 worlds broken; \d+ s of CPU/);
}, 240_000);

test("a world is lived again from its file", async () => {
  const file = "test/simulator/known/fence-of-a-clock-set-back.json";
  const args = ["build/dev/simulator/command.js", "--world", file];
  const { stdout } = await run(process.execPath, args, { cwd: ROOT });
  expect(stdout).toContain("Every law was kept.");
  expect(stdout).toContain("pay_1 failed INSUFFICIENT_FUNDS");
}, 120_000);

test("what is no number of seeds is asked for", async () => {
  const said = await run(process.execPath, ["build/dev/simulator/command.js", "--seeds", "many"], {
    cwd: ROOT,
  }).catch((error: unknown) => error as { readonly code: number; readonly stderr: string });
  expect(said).toMatchObject({ code: 2, stderr: expect.stringContaining("npm run simulate") });
}, 120_000);
