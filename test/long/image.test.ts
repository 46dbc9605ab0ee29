import { execFile, execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type LocalStack, startLocalStack } from "../../dev/local-stack/local-stack.ts";
import { build } from "../support/build.ts";
import { uniqueTaskQueue } from "../support/temporal/connection.ts";
import { until } from "../support/until.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** The rooms of the image, by .dockerignore and tsconfig.build.json. */
const { include: ROOMS } = JSON.parse(readFileSync(join(ROOT, "tsconfig.build.json"), "utf8")) as {
  readonly include: readonly string[];
};
const POLICY = `
retry: { gaps: [2s, 2s, 2s], transient_gap: 2s, align: none }
notices: { first_soft: 0s, before_attempt: 0s, hard: [0s] }
opening_reread: 1s
unknown_tax: none
window: 300s
quiet_end: 5s
`;

let image: string;
let printed: string;
let stack: LocalStack;

beforeAll(async () => {
  image = mkdtempSync(join(tmpdir(), "reprise-image-"));
  for (const file of ["package.json", "package-lock.json", "deploy/image/modules.sh"]) {
    cpSync(join(ROOT, file), join(image, file.split("/").at(-1) ?? file));
  }
  printed = execFileSync("sh", ["modules.sh"], { cwd: image, encoding: "utf8" });
  mkdirSync(join(image, "dist"));
  for (const path of [...ROOMS, "workflow-bundle.js"]) {
    cpSync(join(build().root, path), join(image, "dist", path), { recursive: true });
  }
  stack = await startLocalStack({
    temporal: { address: inject("temporalAddress"), namespace: inject("temporalNamespace") },
    taskQueue: uniqueTaskQueue(),
    folder: join(image, "run"),
    build: { root: join(image, "dist") },
    policy: POLICY,
    operatorKeys: `test:${"k".repeat(32)}`,
  });
});

const temporalEnv = (): Readonly<Record<string, string>> => ({
  TEMPORAL_ADDRESS: inject("temporalAddress"),
  TEMPORAL_NAMESPACE: inject("temporalNamespace"),
});

afterAll(async () => {
  await stack.stop();
  rmSync(image, { recursive: true, force: true });
});

describe("the packages of the image", () => {
  test("are small enough to be pulled quickly", () => {
    console.log(printed);
    const [, size] = /in the image: (\d+) MB/.exec(printed) ?? [];
    expect(Number(size)).toBeGreaterThan(0);
    expect(Number(size)).toBeLessThan(150);
  });

  test("are all that gateway, worker and the command line need to recover a payment, send a mail, serve every page and prove the charge", async () => {
    await Promise.all([stack.startGateway("1"), stack.startWorker("1")]);
    const { control } = stack.sandbox;
    const { subscriptionId } = await control.createSubscription({ onDemand: true });
    await control.script(subscriptionId, [{ decline: "INSUFFICIENT_FUNDS" }], "succeed");
    await control.charge(subscriptionId);
    await until(async () => (await control.ledgerOf(subscriptionId)).succeeded === 1, {
      what: "the payment",
    });
    await until(() => stack.inbox.mails.length > 0 || null, { what: "a mail" });
    const command = [join(image, "dist", "cli", "main.js"), "show", subscriptionId];
    const env = { REPRISE_URL: stack.gatewayUrl, REPRISE_API_KEY: "k".repeat(32) };
    const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: image, env });
    expect(stdout).toContain(subscriptionId);
    // The same without the operator API, which loads Temporal's packages.
    const { stdout: proof } = await promisify(execFile)(
      process.execPath,
      [...command.slice(0, 1), "proof", subscriptionId],
      { cwd: image, env: { ...temporalEnv(), TEMPORAL_TASK_QUEUE: stack.taskQueue } },
    );
    expect(proof).toContain("Temporal and Dodo agree.");
    const headers = { authorization: `Bearer ${"k".repeat(32)}` };
    for (const path of ["/docs/", "/v1/openapi.json", `/v1/recoveries/${subscriptionId}`]) {
      const { status } = await fetch(stack.gatewayUrl + path, { headers });
      expect([path, status]).toEqual([path, 200]);
    }
  });
});
