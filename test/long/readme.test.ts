import { execFileSync, spawn } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type Inbox, startInbox } from "../../dev/local-stack/inbox.ts";
import { type Sandbox, startSandbox } from "../../sandbox/sandbox.ts";
import { commandsOf, ROOT } from "../support/documents.ts";
import { until } from "../support/until.ts";
import { WEBHOOK_KEY } from "../support/webhooks.ts";

/** Runs the commands of the README, then of the guide, in order, as a new user does: in a fresh clone, with an empty HOME. */
const DOCUMENTS = ["README.md", "docs/GETTING-STARTED.md"];
/** The README names it in its text, beside the demo. */
const DEMO_ONCE = "npm run demo -- --once";

let folder: string;
let sandbox: Sandbox;
let inbox: Inbox;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "reprise-readme-"));
  execFileSync("git", ["clone", "--quiet", ROOT, join(folder, "reprise")]);
  sandbox = await startSandbox();
  inbox = await startInbox();
});

afterAll(async () => {
  await sandbox.close();
  await inbox.close();
  rmSync(folder, { recursive: true, force: true });
});

type Ran = { readonly code: number | null; readonly output: string };

/** Runs a command as a terminal does. With `stopAfter`, presses Ctrl-C once the output matches it. */
async function run(command: string, stopAfter?: RegExp, env = {}): Promise<Ran> {
  const { PATH = "" } = process.env;
  const child = spawn("bash", ["-c", command], {
    cwd: join(folder, "reprise"),
    env: { PATH, HOME: join(folder, "home"), TMPDIR: folder, ...env },
    detached: true,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  }
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  if (stopAfter === undefined) return { code: await ended, output };
  const isOver = ended.then(() => {
    throw new Error(`${command} exited by itself:\n${output}`);
  });
  await Promise.race([
    until(() => stopAfter.test(output) || null, { what: command, timeoutMs: 240_000 }),
    isOver,
  ]);
  isOver.catch(() => undefined);
  if (child.pid !== undefined) process.kill(-child.pid, "SIGINT");
  return { code: await ended, output };
}

/** What the guide's reader writes into `.env`. */
const settings = (): string =>
  Object.entries({
    DODO_PAYMENTS_API_KEY: sandbox.apiKey,
    DODO_PAYMENTS_BASE_URL: sandbox.url,
    DODO_PAYMENTS_WEBHOOK_KEY: WEBHOOK_KEY,
    LINK_SIGNING_KEYS: Buffer.alloc(32, 7).toString("base64"),
    SMTP_URL: inbox.smtpUrl,
    EMAIL_FROM: "billing@shop.example",
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");

const withSettings = (command: string): string => `set -a; . ./.env; set +a; ${command}`;

/** Checks of each command's effect. */
const CHECKS: Readonly<Record<string, () => Promise<void>>> = {
  "npm ci && npm run demo": async () => {
    const { output } = await run("npm ci && npm run demo", /Everything keeps running/);
    expect(output).toContain("All 12 stories ended right");
    expect(output).toContain("Everything has stopped.");
  },
  [DEMO_ONCE]: async () => {
    const { code, output } = await run(DEMO_ONCE);
    expect(output).toContain("All 12 stories ended right");
    expect(code).toBe(0);
  },
  "cp .env.example .env": async () => {
    expect(await run("cp .env.example .env")).toMatchObject({ code: 0 });
    appendFileSync(join(folder, "reprise", ".env"), settings());
  },
  "npm start": async () => {
    const { output } = await run(
      "npm start",
      /Reprise works: Dodo, Temporal and the mail server were reached\./,
    );
    expect(output).toContain("Recoveries continue at the next start");
  },
  "npm run build": async () => expect(await run("npm run build")).toMatchObject({ code: 0 }),
  "npm run start:gateway": async () => {
    const env = { TEMPORAL_ADDRESS: inject("temporalAddress") };
    await run(withSettings("npm run start:gateway"), /"listening"/, env);
  },
  "npm run start:worker": async () => {
    const env = { TEMPORAL_ADDRESS: inject("temporalAddress") };
    await run(withSettings("npm run start:worker"), /"worker_started"/, env);
  },
};

test("the commands of the README and of the guide do in order what these say", async () => {
  // .ci/run starts with `npm ci && npm test`. test/docs runs the commands that need a Dodo account.
  const written = DOCUMENTS.flatMap(commandsOf).filter(
    (command) => command !== "npm ci && npm test" && !/^(export|curl) /.test(command),
  );
  const commands = [...written, DEMO_ONCE];
  expect(commands.toSorted()).toEqual(Object.keys(CHECKS).toSorted());
  for (const command of commands) {
    const startedAt = performance.now();
    await CHECKS[command]?.();
    console.log(`${command}: ${Math.round((performance.now() - startedAt) / 1_000)} s`);
  }
});
