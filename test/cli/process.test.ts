import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { builtFile } from "../support/build.ts";

const MAIN = builtFile("cli/main.js");

const row = (number: number): object => ({
  subscription_id: `sub_${number}`,
  customer_id: null,
  state: "needs_attention",
  outcome: null,
  decline_code: null,
  amount_due: 2_900,
  currency: "USD",
  next_attempt_at: null,
});

/** More than a pipe holds. */
const RECOVERIES = Array.from({ length: 20_000 }, (_one, number) => row(number));

let folder: string;
let server: Server;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "reprise-cli-"));
  server = createServer((request, response) => {
    const isOurs = request.headers.authorization === "Bearer the-secret";
    response.writeHead(isOurs ? 200 : 401, { "content-type": "application/json" });
    response.end(JSON.stringify({ recoveries: RECOVERIES, next_cursor: null }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  writeFileSync(join(folder, ".env"), `REPRISE_URL=${url}\nREPRISE_API_KEY=the-secret\n`);
});

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

type Result = { readonly code: number; readonly out: string; readonly err: string };

/** A line of bash, in which `reprise` is the compiled command. */
async function bash(line: string, env: Readonly<Record<string, string>> = {}): Promise<Result> {
  const script = `set -o pipefail; reprise() { "${process.execPath}" "${MAIN}" "$@"; }; ${line}`;
  return await new Promise((resolve) => {
    execFile(
      "bash",
      // Bash would read ~/.bashrc, because its input is a socket.
      ["--norc", "-c", script],
      { cwd: folder, env: { PATH: process.env["PATH"] ?? "", ...env }, maxBuffer: 64_000_000 },
      (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

/** The same on a terminal of its own, on which a person types. */
async function onTerminal(
  line: string,
  typed = "",
  env: Readonly<Record<string, string>> = {},
): Promise<Result> {
  const command = `"${process.execPath}" "${MAIN}" ${line}`;
  // The file of `script` is not needed; the command's exit code is.
  return await bash(`printf '${typed}' | script -qec '${command}' /dev/null`, {
    TERM: "xterm",
    ...env,
  });
}

describe("the command as a process", () => {
  test("takes its configuration from .env, and the environment goes first", async () => {
    expect(await bash("reprise list | tail -1")).toMatchObject({ code: 0, err: "" });
    const wrong = await bash("reprise list", { REPRISE_API_KEY: "another" });
    expect(wrong).toMatchObject({ code: 78, out: "" });
  });

  test("does not mind a reader that goes away", async () => {
    for (const options of ["", "--json"]) {
      const { code, out, err } = await bash(`reprise list ${options} | head -1`);
      expect({ code, err, lines: out.trim().split("\n").length }, options).toEqual({
        code: 0,
        err: "",
        lines: 1,
      });
    }
    expect(await bash("reprise --help | true")).toMatchObject({ code: 0, err: "" });
    expect((await bash("reprise show 2>&1 | true")).code).toBe(2);
  });

  test("writes all of a long output before it ends", async () => {
    const { out } = await bash("reprise list --json | cat");
    expect((JSON.parse(out) as { recoveries: unknown[] }).recoveries).toHaveLength(20_000);
  });

  test("is coloured on a terminal, unless NO_COLOR or a dumb terminal forbids it", async () => {
    const coloured = await onTerminal("list");
    expect(coloured.out).toContain("\u001b[1mSUBSCRIPTION");
    expect(coloured.out).toContain("\u001b[33msub_0");
    for (const env of [{ NO_COLOR: "1" }, { TERM: "dumb" }]) {
      expect((await onTerminal("list", "", env)).out).not.toContain("\u001b");
    }
    expect((await bash("reprise list")).out).not.toContain("\u001b");
    expect((await onTerminal("list --json")).out).not.toContain("\u001b");
  });

  test("asks on a terminal, and takes no answer for a no", async () => {
    const line = 'charging stop --reason "bank down"';
    for (const typed of ["n\\n", "\\004"]) {
      const { code, out } = await onTerminal(line, typed);
      expect(out).toContain("This stops every charge");
      expect(out).toContain("Nothing was done.");
      expect(code).toBe(1);
    }
    // The server of this test answers nothing that the command knows.
    expect((await onTerminal(line, "y\\n")).out).toContain("other JSON than expected");
    expect((await onTerminal(`${line} --yes`)).out).not.toContain("Go on?");
    expect((await bash(`reprise ${line}`)).code).toBe(2);
  });

  test("names a .env that it cannot read", async () => {
    const { code, err } = await bash("mkdir -p x/.env && cd x && reprise list");
    expect(code).toBe(78);
    expect(err).toContain("reprise: cannot read .env in this folder: EISDIR");
  });

  test("tells its version", async () => {
    expect((await bash("reprise --version")).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
