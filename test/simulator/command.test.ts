import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { ROOT } from "../support/documents.ts";

const run = promisify(execFile);

const COMMAND = "build/dev/simulator/command.js";

test("npm run simulate prints a tally and the number of seeds with violations", async () => {
  const args = ["run", "--silent", "simulate", "--", "--seeds", "100", "--from", "1"];
  const { stdout } = await run("npm", args, { cwd: ROOT });
  expect(stdout).toMatch(/answer lost +[1-9]/);
  expect(stdout).toMatch(/Seeds 1 to 100: 0 of 100 with violations; \d+ s of CPU/);
});

test("npm run simulate --json prints one object with the failures and the tally", async () => {
  const args = [COMMAND, "--seeds", "20", "--json"];
  const { stdout } = await run(process.execPath, args, { cwd: ROOT });
  expect(JSON.parse(stdout)).toMatchObject({
    failures: [],
    tally: { webhook_lost: expect.any(Number) },
  });
});

test("npm run simulate --world prints the transcript of the world in the file", async () => {
  const file = "test/simulator/known/clock-set-back-behind-the-fence.json";
  const { stdout } = await run(process.execPath, [COMMAND, "--world", file], { cwd: ROOT });
  expect(stdout).toContain("No invariant was violated.");
  expect(stdout).toContain("pay_1 failed INSUFFICIENT_FUNDS");
});

test.each([
  ["--seeds", "many"],
  ["--until", "no_such_violation"],
])("npm run simulate %s %s prints the usage and exits with 2", async (...args) => {
  const failed = await run(process.execPath, [COMMAND, ...args], { cwd: ROOT }).catch(
    (error: unknown) => error as { readonly code: number; readonly stderr: string },
  );
  expect(failed).toMatchObject({ code: 2, stderr: expect.stringContaining("npm run simulate") });
});
