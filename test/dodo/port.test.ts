import { onTestFinished } from "vitest";
import { freePort } from "../../dev/process/ports.ts";
import { createDodo } from "../../dodo/adapter/create-dodo.ts";
import { startSandbox } from "../../sandbox/sandbox.ts";
import { WAIT_LIMIT_MS } from "../support/limits.ts";
import { describePort } from "./contract.ts";
import type { Answer } from "./contract/subject.ts";

// The product's own adapter, with Dodo's SDK, over HTTP to the sandbox.
describePort("the SDK over HTTP", async ({ unreachable = false, requestTimeoutMs } = {}) => {
  const sandbox = await startSandbox();
  onTestFinished(() => sandbox.close());
  const { control } = sandbox;
  const answers: Answer[] = [];
  const dodo = createDodo({
    apiKey: sandbox.apiKey,
    environment: "test_mode",
    baseUrl: unreachable ? `http://127.0.0.1:${await freePort("127.0.0.1")}` : sandbox.url,
    requestTimeoutMs: requestTimeoutMs ?? WAIT_LIMIT_MS,
    now: Date.now,
    fetch: async (input, init) => {
      const answer = answers.shift();
      if (answer === undefined) return await fetch(input, init);
      const { status = 200, body, contentType = "application/json" } = answer;
      // Prevents the SDK from waiting before a retry.
      const headers = { "content-type": contentType, "retry-after-ms": "1" };
      return new Response(body, { status, headers });
    },
  });
  return {
    dodo,
    control,
    rotateKey: async () => {
      await control.setSettings({ apiKey: "dodo_test_rotated" });
    },
    answerNext: (answer) => {
      answers.push(answer);
    },
  };
});
