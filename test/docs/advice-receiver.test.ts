import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { adviceWebhookSchema } from "../../dev/docs/webhooks/advice-schema.ts";
import { exampleWebhook } from "../../dev/docs/webhooks-doc.ts";
import { freePort } from "../../dev/process/ports.ts";
import { until } from "../support/until.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const text = readFileSync(join(root, "docs/WEBHOOKS.md"), "utf8");
const codeWith = (language: string, part: string): string =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "gm"))]
    .map(([, code = ""]) => code)
    .find((code) => code.includes(part)) ?? "";

const { key } = exampleWebhook();
let dodo: Server;
let receiver: ChildProcess;
let folder: string;
let url: string;
let output: string;
/** The charges that reached the server in Dodo's place. */
let charges: { readonly path: string; readonly body: unknown }[];

beforeEach(async () => {
  [charges, output] = [[], ""];
  const [dodoPort, port] = [await freePort("127.0.0.1"), await freePort("127.0.0.1")];
  dodo = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
      charges.push({ path: request.url ?? "", body });
      // The answer is lost, so that the receiver does not know what became of the charge.
      response.destroy();
    });
  });
  dodo.listen(dodoPort, "127.0.0.1");
  await once(dodo, "listening");
  // Below node_modules, so that the receiver finds the libraries.
  mkdirSync(join(root, "node_modules/.cache"), { recursive: true });
  folder = mkdtempSync(join(root, "node_modules/.cache/advice-receiver-"));
  const functions = ["sendMessage", "cancel"].map(
    (name) => `async function ${name}(...args) { console.log("${name}", ...args); }`,
  );
  const path = join(folder, "receiver.mjs");
  writeFileSync(path, [codeWith("js", "recovery_attempt"), ...functions].join("\n"));
  url = `http://127.0.0.1:${port}/`;
  receiver = spawn(process.execPath, [path], {
    env: {
      ...process.env,
      OUTGOING_WEBHOOK_KEY: key,
      PORT: String(port),
      EVERY_MS: "20",
      DODO_PAYMENTS_API_KEY: "test",
      DODO_PAYMENTS_BASE_URL: `http://127.0.0.1:${dodoPort}`,
    },
    stdio: ["ignore", "pipe", "ignore"],
  });
  receiver.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
  await until(async () => (await send("0", { action: "wait" }, "pay_0")) === 204, {
    what: "the receiver",
  });
});
afterEach(() => {
  receiver.kill();
  dodo.close();
  rmSync(folder, { recursive: true });
});

async function send(id: string, advice: object, debtId = "pay_1"): Promise<number> {
  const whole = { rule: "schedule.next", reason: "", attempt_key: null, valid_until: null };
  const now = new Date();
  const data = {
    customer_id: "cus_1",
    subscription_id: "sub_1",
    debt_id: debtId,
    advice: { ...whole, ...advice },
  };
  const body = JSON.stringify({ type: "recovery.advice", timestamp: now.toISOString(), data });
  const headers = {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(now.getTime() / 1_000)),
    "webhook-signature": new Webhook(key).sign(id, now, body),
  };
  try {
    return (await fetch(url, { method: "POST", body, headers })).status;
  } catch {
    return 0;
  }
}

const from = (ms: number): string => new Date(Date.now() + ms).toISOString();
const charge = (number: number, atMs = -1_000, validMs = 60_000): object => ({
  action: "charge",
  at: from(atMs),
  attempt_key: `pay_1.${number}`,
  valid_until: from(validMs),
  price: 2_900,
});
const passes = async (ms: number): Promise<void> =>
  await new Promise((resolve) => setTimeout(resolve, ms));

describe("the receiver of advice in docs/WEBHOOKS.md", () => {
  test("charges each attempt once with its key, although the answer is lost and the webhook comes twice", async () => {
    await send("1", charge(2));
    await send("1", charge(2));
    await send("2", charge(2));
    await until(() => charges.length > 0, { what: "the charge" });
    await passes(200);
    expect(charges).toEqual([
      {
        path: "/subscriptions/sub_1/charge",
        body: { product_price: 2_900, metadata: { recovery_attempt: "pay_1.2" } },
      },
    ]);
  });

  test("does not charge before the time, after it, or once newer advice says to stop", async () => {
    await send("1", charge(2, 60_000, 120_000));
    await send("2", charge(3, -2_000, -1_000), "pay_2");
    await send("3", charge(4, 300, 60_000), "pay_3");
    await send("4", { action: "stop" }, "pay_3");
    await passes(600);
    expect(charges).toEqual([]);
  });

  test("writes to the customer and cancels as advised", async () => {
    const notify = {
      action: "notify_customer",
      notice: "payment_failed",
      valid_until: from(9_000),
    };
    await send("1", notify);
    await send("1", notify);
    await send("2", { ...notify, valid_until: from(-1) });
    await send("3", { action: "cancel_subscription", valid_until: from(9_000) });
    await until(() => output.includes("cancel"), { what: "the output" });
    expect(output.trim().split("\n")).toEqual(["sendMessage cus_1 payment_failed", "cancel sub_1"]);
  });
});

test("the example of advice in docs/WEBHOOKS.md fits its schema", () => {
  const example: unknown = JSON.parse(codeWith("json", "attempt_key"));
  expect(adviceWebhookSchema.safeParse(example).error).toBeUndefined();
});
