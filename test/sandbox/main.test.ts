import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { createSandboxClient } from "../../sandbox/control/client.ts";
import { builtFile } from "../support/build.ts";
import { until } from "../support/until.ts";
import { startReceiver } from "./support.ts";

async function run(args: readonly string[]): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [builtFile("sandbox/main.js"), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  if (child.stdout === null) throw new Error("the sandbox process has no stdout");
  const [line] = await once(createInterface(child.stdout), "line");
  return { child, url: String(line) };
}

test.each(["SIGTERM", "SIGINT"] as const)(
  "the sandbox process prints its address, serves requests and exits on %s",
  async (signal) => {
    const endpoint = await startReceiver();
    const { child, url } = await run([
      "--port",
      "0",
      "--webhook-url",
      endpoint.url,
      "--webhook-key",
      "whsec_dGVzdC1rZXktdGVzdC1rZXktdGVzdA==",
      "--webhook-retry-scale",
      "0.001",
    ]);
    const control = createSandboxClient(url);
    const { subscriptionId } = await control.createSubscription({ card: "stolen" });
    await control.charge(subscriptionId);
    await until(() => endpoint.types().includes("subscription.on_hold"));
    expect(await control.settings()).toMatchObject({ webhookRetryScale: 0.001 });
    const exited = once(child, "exit");
    child.kill(signal);
    expect(await exited).toEqual([0, null]);
  },
);
