import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { builtFile } from "../support/build.ts";

const COMMANDS = [
  "dev/demo/demo.js",
  "dev/demo/demo-repeat.js",
  "dev/docs/notices.js",
  "dev/docs/screens.js",
  "dev/process/test-repeat.js",
  "dev/simulator/command.js",
  "dev/soak/soak.js",
  "dev/start/start.js",
];

type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string };

async function run(command: string, argument: string): Promise<Ended> {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [
      builtFile(command),
      argument,
    ]);
    return { code: 0, stdout, stderr };
  } catch (error) {
    return error as Ended;
  }
}

test.each(COMMANDS)("%s explains itself", async (command) => {
  const { code, stdout, stderr } = await run(command, "--help");
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("npm ");
});

test.each(COMMANDS)(
  "%s answers an unknown option with what is wrong and its usage, not with a stack",
  async (command) => {
    const { code, stdout, stderr } = await run(command, "--nonsense");
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^Unknown option '--nonsense'/);
    expect(stderr).toContain("npm ");
    expect(stderr).not.toContain("    at ");
  },
);
