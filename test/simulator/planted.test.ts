import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { ROOT } from "../support/documents.ts";
import { plantedBugs, plantedPatchArgs } from "../support/planted.ts";

const run = promisify(execFile);

test.each(plantedBugs())("the planted bug %s still applies to the code", async (name) => {
  const git = run("git", plantedPatchArgs(name, "--check"), { cwd: ROOT });
  await expect(git).resolves.toMatchObject({ stderr: "" });
});
