import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { createSandboxClient } from "../../sandbox/client.ts";
import { built } from "../support/build.ts";
import { until } from "../support/until.ts";
import { receiver } from "./support.ts";

async function run(args: readonly string[]): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [built("sandbox/main.js"), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  if (child.stdout === null) throw new Error("no output");
  const [line] = await once(createInterface(child.stdout), "line");
  return { child, url: String(line) };
}

test.each(["SIGTERM", "SIGINT"] as const)(
  "as a process, the sandbox prints its address, works, and ends on %s",
  async (signal) => {
    const endpoint = await receiver();
    const { child, url } = await run([
      "--port",
      "0",
      "--webhook-url",
      endpoint.url,
      "--webhook-key",
      "whsec_dGVzdC1rZXktdGVzdC1rZXktdGVzdA==",
      "--ladder-scale",
      "0.001",
    ]);
    const control = createSandboxClient(url);
    const { subscriptionId } = await control.createSubscription({ card: "stolen" });
    await control.charge(subscriptionId);
    await until(() => endpoint.types().includes("subscription.on_hold"));
    expect(await control.settings()).toMatchObject({ ladderScale: 0.001 });
    const exited = once(child, "exit");
    child.kill(signal);
    expect(await exited).toEqual([0, null]);
  },
);
