import { execFile, execFileSync } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parsePolicy } from "../../config/policy.ts";
import { type Sandbox, startSandbox } from "../../sandbox/sandbox.ts";
import { blocksOf, commandsOf, ROOT } from "../support/documents.ts";
import { until } from "../support/until.ts";

/** Where each command of the documents is run. A document says of the others what they need. */
const RUN_BY: Readonly<Record<string, string>> = {
  "npm ci": "test/long/readme.test.ts, before the demo",
  "npm ci && npm run demo": "test/long/readme.test.ts",
  "cp .env.example .env": "test/long/readme.test.ts",
  "npm start": "test/long/readme.test.ts",
  "npm run build": "test/long/readme.test.ts",
  "npm run start:gateway": "test/long/readme.test.ts",
  "npm run start:worker": "test/long/readme.test.ts",
  "npm run simulate -- --seeds 200 --from 1": "test/simulator/command.test.ts",
  "npm run bench -- --quick": "test/long/bench.test.ts, one path of it",
  "npm run notices -- preview": "test/long/processes/notices.test.ts",
  "temporal schedule trigger --schedule-id reprise-reconciliation":
    "test/long/processes/sweep.test.ts",
  "npm ci && npm test": ".ci/run",
  "npm run check": ".ci/run, its parts",
  "pip install check-jsonschema": ".ci/run",
  "check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml": ".ci/run",
};

/** test/platform/charging-switch.test.ts runs the commands that stop charging, test/cli/operating.test.ts those of `reprise`. */
const isRun = (command: string): boolean =>
  RUN_BY[command] !== undefined ||
  command.startsWith("temporal task-queue config set ") ||
  command.startsWith("reprise ");

const GUIDE = "docs/GETTING-STARTED.md";

const documents = execFileSync("git", ["ls-files", "*.md"], { cwd: ROOT, encoding: "utf8" })
  .split("\n")
  .filter((path) => path !== "");

describe("the commands in the documents", () => {
  test("are each run by a test, or need a container engine", () => {
    const others = documents
      .flatMap(commandsOf)
      .filter((command) => !isRun(command))
      .filter((command) => !/^(export|curl) /.test(command));
    const needsEngine = others.filter((command) => command.includes("docker compose"));
    expect(others).toEqual(needsEngine);
    expect(needsEngine.length).toBeGreaterThan(0);
  });
});

describe("the way to a failing charge in docs/GETTING-STARTED.md, at the sandbox", () => {
  let sandbox: Sandbox;

  beforeAll(async () => {
    sandbox = await startSandbox({ settings: { webhookRetryScale: 0 } });
  });

  afterAll(async () => {
    await sandbox.close();
  });

  async function run(block: string, env: Record<string, string>): Promise<unknown> {
    const script = block
      .split("\n")
      .filter((line) => !line.startsWith("export "))
      .join("\n")
      .replaceAll("https://test.dodopayments.com", sandbox.url);
    const { stdout } = await promisify(execFile)("bash", ["-euc", script], {
      env: { PATH: "/usr/bin:/bin", DODO_PAYMENTS_API_KEY: sandbox.apiKey, ...env },
    });
    return JSON.parse(stdout);
  }

  test("creates an on-demand subscription and fails its charge", async () => {
    const [checkout = "", list = "", charge = ""] = blocksOf(GUIDE, "sh").filter((block) =>
      block.includes("curl"),
    );
    const made = (await run(checkout, { PRODUCT_ID: "pdt_one" })) as { checkout_url: string };
    await fetch(made.checkout_url, { method: "POST", body: new URLSearchParams({ card: "good" }) });
    const { items } = (await run(list, {})) as {
      items: { subscription_id: string; status: string; on_demand: boolean }[];
    };
    expect(items).toMatchObject([{ status: "active", on_demand: true }]);
    const id = items[0]?.subscription_id ?? "";
    // As the customer does in Dodo's portal.
    await sandbox.control.changePaymentMethod(id, { card: "fails_later" });
    expect(await run(charge, { SUBSCRIPTION_ID: id })).toMatchObject({
      payment_id: expect.stringMatching(/^pay_/),
    });
    const last = async () => (await sandbox.control.ledgerOf(id)).payments.at(-1);
    await until(async () => (await last())?.status === "failed", { what: "the failure" });
    expect(await last()).toMatchObject({ totalMinor: 2_900 });
  });

  test("has a valid policy for a trial", () => {
    const [policy = ""] = blocksOf(GUIDE, "yaml");
    expect(parsePolicy(policy)).toMatchObject({ kind: "policy" });
  });
});
