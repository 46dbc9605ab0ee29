import { bundleWorkflowCode, DefaultLogger, Worker } from "@temporalio/worker";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DAY_MS } from "../../domain/values/time.ts";
import { startTracing } from "../../platform/traces/start-tracing.ts";
import type { Tracing } from "../../platform/traces/tracing.ts";
import { workflowBundlePath } from "../support/build.ts";
import { ROOT } from "../support/documents.ts";
import {
  type ReceivedSpan,
  type SpanReceiver,
  startSpanReceiver,
} from "../support/span-receiver.ts";
import { failedCharge } from "../support/system/failed-charge.ts";
import { startTestSystem, type TestSystem } from "../support/system/test-system.ts";
import { until } from "../support/until.ts";

const SOFT = { decline: "INSUFFICIENT_FUNDS" };

let receiver: SpanReceiver;
let tracing: Tracing | null;
let traced: TestSystem;
let untraced: TestSystem;

beforeAll(async () => {
  receiver = await startSpanReceiver();
  tracing = await startTracing(receiver.url, "gateway");
  if (tracing === null) throw new Error("no traces");
  traced = await startTestSystem({ tracing });
  untraced = await startTestSystem();
});

afterAll(async () => {
  await traced.close();
  await untraced.close();
  await tracing?.stop();
  await receiver.close();
});

const about = (id: string): readonly ReceivedSpan[] =>
  receiver.spans.filter((span) => JSON.stringify(span).includes(`recovery-${id}`));

async function untilSpan(id: string, name: string): Promise<ReceivedSpan> {
  return await until(() => about(id).find((span) => span.name === name), {
    what: `the span "${name}" of ${id}`,
  });
}

const historyOf = async (system: TestSystem, id: string) => await system.handle(id).fetchHistory();

const spanOf = (id: string | undefined): ReceivedSpan | undefined =>
  receiver.spans.find(({ spanId }) => spanId === id);

describe("traces", () => {
  test("lead from the webhook to the decision and the read, and a charge days later links to its webhook", async () => {
    const id = await failedCharge(traced, [SOFT], { email: "ada@lovelace.example" });
    await traced.skipTime(id, 4 * DAY_MS);
    const read = await untilSpan(id, "Activity readDodo");
    const signal = await untilSpan(id, "Temporal signal recoveryEvent");
    const webhook = await until(() => spanOf(signal.parentSpanId), { what: "the webhook's span" });
    expect(webhook).toMatchObject({ name: "POST /webhooks/dodo", service: "reprise-gateway" });
    expect(webhook.attributes).toContainEqual({
      key: "reprise.webhook_id",
      value: { stringValue: expect.stringMatching(/^\w/) as unknown },
    });
    const decided = await untilSpan(id, "Activity decideRecovery");
    const traceIds = about(id).filter(({ name }) => name.startsWith("Temporal signal"));
    const known = new Set(traceIds.map(({ traceId }) => traceId));
    expect(known.has(read.traceId) && known.has(decided.traceId)).toBe(true);
    const charge = await untilSpan(id, "Activity charge");
    expect(charge.parentSpanId ?? "").toBe("");
    expect(known.has(charge.traceId)).toBe(false);
    expect(charge.links?.map(({ traceId }) => known.has(traceId))).toEqual([true]);
    const request = "Dodo POST /subscriptions/{subscription_id}/charge";
    const sent = await until(() => receiver.spans.find(({ name }) => name === request));
    expect(spanOf(sent.parentSpanId)).toMatchObject({ name: "Activity charge" });
  });

  test("follow the caller of the API by its W3C header, and leave out customers' pages", async () => {
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };
    await fetch(`${traced.gatewayUrl}/v1/charging`, { headers });
    const authorization = "Bearer anna-secret-of-thirty-two-characters";
    await fetch(`${traced.gatewayUrl}/v1/charging`, { headers: { ...headers, authorization } });
    const span = await until(() => receiver.spans.find((one) => one.traceId === traceId));
    expect(span).toMatchObject({ name: "GET /v1/charging", parentSpanId: "b7ad6b7169203331" });
    await fetch(`${traced.gatewayUrl}/pay/a-token-that-pays`);
    await fetch(`${traced.gatewayUrl}/v1/charging`, { headers: { authorization } });
    await until(() => receiver.spans.filter(({ name }) => name === "GET /v1/charging").length > 1);
    expect(receiver.bodies.join("")).not.toContain("a-token-that-pays");
  });

  test("have no name, no address and no text of an error", async () => {
    const email = "grace@hopper.example";
    const id = await failedCharge(traced, [{ decline: "EXPIRED_CARD" }], { email });
    traced.inbox.refusals.data = { status: 451, text: `no room for ${email}` };
    await traced.skipTime(id, DAY_MS);
    delete traced.inbox.refusals.data;
    await traced.skipTime(id, DAY_MS);
    await until(() => about(id).some(({ name }) => name === "Activity sendNotice"), {
      what: "the notice",
    });
    const all = receiver.bodies.join("");
    for (const person of ["lovelace", "hopper", "no room"]) expect(all).not.toContain(person);
    expect(receiver.spans.filter(({ status }) => status.message !== undefined)).toEqual([]);
  });
});

describe("a history replays", () => {
  /** Of a release without traces. */
  const bundleWithout = async (): Promise<string> => {
    const workflowsPath = join(ROOT, "workflows/index.ts");
    const logger = new DefaultLogger("WARN");
    return (await bundleWorkflowCode({ workflowsPath, logger })).code;
  };

  test("whether it was recorded with traces or without, by a worker with the header's interceptor or without", async () => {
    const ids = {
      traced: await failedCharge(traced, [SOFT]),
      untraced: await failedCharge(untraced, [SOFT]),
    };
    await traced.runToEnd(ids.traced);
    await untraced.runToEnd(ids.untraced);
    const histories = {
      traced: await historyOf(traced, ids.traced),
      untraced: await historyOf(untraced, ids.untraced),
    };
    expect(JSON.stringify(histories.traced)).toContain("_tracer-data");
    expect(JSON.stringify(histories.traced)).toContain("reprise-trace-link");
    expect(JSON.stringify(histories.untraced)).not.toMatch(/_tracer-data|reprise-trace-link/);
    const bundles = [readFileSync(workflowBundlePath(), "utf8"), await bundleWithout()];
    expect(bundles.map((code) => code.includes("reprise-trace-link"))).toEqual([true, false]);
    for (const code of bundles) {
      for (const history of Object.values(histories)) {
        await Worker.runReplayHistory({ workflowBundle: { code } }, history);
      }
    }
  });
});

describe("without an endpoint", () => {
  test("nothing of OpenTelemetry is loaded, and the workflow bundle has nothing of it in any case", async () => {
    expect(await startTracing(null, "worker")).toBeNull();
    expect(readFileSync(workflowBundlePath(), "utf8")).not.toMatch(/@opentelemetry\//);
  });
});
