import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Webhook } from "standardwebhooks";
import { afterEach, expect, test, vi } from "vitest";
import { exampleWebhook } from "../../dev/docs/webhooks-doc.ts";
import { freePort } from "../../dev/process/ports.ts";
import { until } from "../support/until.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const text = readFileSync(join(root, "docs/WEBHOOKS.md"), "utf8");
const blocks = (language: string): string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "gm"))].map(
    ([, code = ""]) => code,
  );
const block = (language: string): string => blocks(language)[0] ?? "";

let receiver: ChildProcess | null = null;
let folder: string | null = null;
afterEach(() => {
  vi.useRealTimers();
  receiver?.kill();
  if (folder !== null) rmSync(folder, { recursive: true });
  receiver = folder = null;
});

test("the example in docs/WEBHOOKS.md is valid for the library, and invalid after a change", () => {
  const [head = "", body = ""] = block("http").trimEnd().split("\n\n");
  const headers = Object.fromEntries(
    head
      .split("\n")
      .slice(1)
      .map((line) => line.split(": ") as [string, string]),
  );
  vi.useFakeTimers({ now: Number(headers["webhook-timestamp"]) * 1_000 });
  const webhook = new Webhook(exampleWebhook().key);
  expect(webhook.verify(body, headers)).toMatchObject({ type: "recovery.opened" });
  expect(() => webhook.verify(body.replace("2900", "29"), headers)).toThrow("signature");
});

test("the receiver in docs/WEBHOOKS.md acts once for each id and rejects an unsigned webhook", async () => {
  const { key } = exampleWebhook();
  const merchantFunctions = ["sendSms", "setAccess"].map(
    (name) => `async function ${name}(...args) { console.log("${name}", ...args); }`,
  );
  // Below node_modules, so that the receiver finds the library.
  mkdirSync(join(root, "node_modules/.cache"), { recursive: true });
  folder = mkdtempSync(join(root, "node_modules/.cache/receiver-"));
  const path = join(folder, "receiver.mjs");
  writeFileSync(path, [block("js"), ...merchantFunctions].join("\n"));
  const port = await freePort("127.0.0.1");
  const url = `http://127.0.0.1:${port}/`;
  const env = { ...process.env, OUTGOING_WEBHOOK_KEY: key, PORT: String(port) };
  receiver = spawn(process.execPath, [path], { env, stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  receiver.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
  const send = async (id: string, type: string, signed = id): Promise<number> => {
    const data = { customer_id: "cus_1", subscription_id: "sub_1" };
    const body = JSON.stringify({ type, timestamp: new Date().toISOString(), data });
    const now = new Date();
    const headers = {
      "webhook-id": id,
      "webhook-timestamp": String(Math.floor(now.getTime() / 1_000)),
      "webhook-signature": new Webhook(key).sign(signed, now, body),
    };
    return (await fetch(url, { method: "POST", body, headers })).status;
  };
  await until(async () => (await send("1", "recovery.opened")) === 204, { what: "the receiver" });
  expect(await send("2", "recovery.action_required")).toBe(204);
  expect(await send("2", "recovery.action_required")).toBe(204);
  expect(await send("3", "recovery.exhausted")).toBe(204);
  expect(await send("4", "recovery.recovered")).toBe(204);
  expect(await send("5", "recovery.recovered", "other")).toBe(401);
  await until(() => output.includes("true"), { what: "the receiver's output" });
  expect(output.trim().split("\n")).toEqual([
    "sendSms cus_1 Please see our email.",
    "setAccess sub_1 false",
    "setAccess sub_1 true",
  ]);
});
