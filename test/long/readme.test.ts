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

/** The README's commands, in its order, as a new user has them: a fresh clone, a new HOME. */
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

type Ran = { readonly code: number | null; readonly said: string };

/** Runs it as a terminal does; one that goes on by itself is ended by Ctrl-C once it has said `lastWords`. */
async function run(command: string, lastWords?: RegExp, env = {}): Promise<Ran> {
  const { PATH = "" } = process.env;
  const child = spawn("bash", ["-c", command], {
    cwd: join(folder, "reprise"),
    env: { PATH, HOME: join(folder, "home"), TMPDIR: folder, ...env },
    detached: true,
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
  }
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  if (lastWords === undefined) return { code: await ended, said };
  const isOver = ended.then(() => {
    throw new Error(`${command} ended by itself:\n${said}`);
  });
  await Promise.race([
    until(() => lastWords.test(said) || null, { what: command, timeoutMs: 240_000 }),
    isOver,
  ]);
  isOver.catch(() => undefined);
  if (child.pid !== undefined) process.kill(-child.pid, "SIGINT");
  return { code: await ended, said };
}

/** What the reader of the README writes into the settings by hand. */
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

/** How each command shows that it did what the README says. */
const TRIES: Readonly<Record<string, () => Promise<void>>> = {
  "npm ci": async () => expect(await run("npm ci")).toMatchObject({ code: 0 }),
  "npm run demo": async () => {
    const { said } = await run("npm run demo", /Everything stays up/);
    expect(said).toContain("All 12 stories ended right");
    expect(said).toContain("all ended");
  },
  "npm run demo -- --once": async () => {
    const { code, said } = await run("npm run demo -- --once");
    expect(said).toContain("All 12 stories ended right");
    expect(code).toBe(0);
  },
  "cp .env.example .env": async () => {
    expect(await run("cp .env.example .env")).toMatchObject({ code: 0 });
    appendFileSync(join(folder, "reprise", ".env"), settings());
  },
  "npm start": async () => {
    const { said } = await run("npm start", /Reprise works\./);
    expect(said).toContain("stopped; recoveries go on at the next start");
  },
  "npm run build": async () => expect(await run("npm run build")).toMatchObject({ code: 0 }),
  "npm run start:gateway": async () => {
    const env = { TEMPORAL_ADDRESS: inject("temporalAddress") };
    await run(withSettings("npm run start:gateway"), /"listening"/, env);
  },
  "npm run start:worker": async () => {
    const env = { TEMPORAL_ADDRESS: inject("temporalAddress") };
    await run(withSettings("npm run start:worker"), /"working"/, env);
  },
};

test("the README's commands, in order, do what it says", async () => {
  // `npm ci && npm test` is what .ci/run begins with; the account's commands are in test/docs.
  const commands = commandsOf("README.md").filter(
    (command) => command !== "npm ci && npm test" && !/^(export|curl) /.test(command),
  );
  expect([...commands, "npm run demo -- --once"].toSorted()).toEqual(Object.keys(TRIES).toSorted());
  for (const command of [...commands, "npm run demo -- --once"]) {
    const startedAt = performance.now();
    await TRIES[command]?.();
    console.log(`${command}: ${Math.round((performance.now() - startedAt) / 1_000)} s`);
  }
});
