import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { skipTime, virtualNow } from "../../../dev/temporal/skip-time.ts";
import { DAY_MS } from "../../../domain/values/time.ts";
import { type ApiAnswer, callApi } from "../../support/merchant/api.ts";
import { failedCharge } from "../../support/system/failed-charge.ts";
import { startTestSystem, type TestSystem } from "../../support/system/test-system.ts";
import { until } from "../../support/until.ts";

let system: TestSystem;

beforeAll(async () => {
  system = await startTestSystem();
});

afterAll(async () => {
  await system.close();
});

const CHARGE = "/subscriptions/:id/charge";

/** Subscriptions whose charge has just failed, each with a recovery. */
async function failedSubscriptions(count: number): Promise<readonly string[]> {
  const ids: string[] = [];
  const given = { createdAt: new Date(Date.now() - 61 * DAY_MS).toISOString() };
  for (let number = 0; number < count; number += 1) {
    ids.push(await failedCharge(system, [{ decline: "INSUFFICIENT_FUNDS" }], given));
  }
  return ids;
}

async function chargeRequestCount(ids: readonly string[]): Promise<number> {
  const requests = await system.sandbox.control.requests();
  return requests.filter(({ method, path }) =>
    ids.some((id) => `${method} ${path}` === `POST /subscriptions/${id}/charge`),
  ).length;
}

/** The last stretch before a timer passes in real time: a skip across a timer that fires into a stopped queue never ends. */
const CLOSE_MS = 100;

/** Skips from timer to timer until the attempt is in the charge queue, or has already been sent. */
async function skipUntilDue(id: string): Promise<void> {
  await until(
    async () => {
      const { recovery, next } = await system.readView(id);
      if (Object.values(recovery.pendingEffects).some(({ kind }) => kind === "charge")) return true;
      if ((await chargeRequestCount([id])) > 0) return true;
      if (next.at === null || Object.keys(recovery.pendingEffects).length > 0) return false;
      const workflow = [system.environment.nativeConnection, "default", `recovery-${id}`] as const;
      const durationMs = next.at - (await virtualNow(...workflow)) - CLOSE_MS;
      if (durationMs > CLOSE_MS) await skipTime(...workflow, durationMs);
      return false;
    },
    { what: `the attempt of ${id} in the queue` },
  );
}

describe("stopped charging", () => {
  test("a stop holds all attempts in the queue, and a resume sends each once", async () => {
    const ids = await failedSubscriptions(3);
    await system.charging.stop("the bank asked for it", "anna");
    for (const id of ids) await skipUntilDue(id);
    expect(await chargeRequestCount(ids)).toBe(0);
    expect(await system.charging.read()).toMatchObject({ kind: "stopped", by: "anna" });
    await system.charging.resume("done", "anna");
    for (const id of ids) {
      expect((await system.runToEnd(id)).outcome).toBe("recovered");
      expect((await system.sandbox.control.ledgerOf(id)).succeeded).toBe(1);
    }
    expect(await chargeRequestCount(ids)).toBe(3);
  });

  test("a stop through the operator API shows who and why, and no attempt is lost", async () => {
    const call = async (path: string, body?: object): Promise<ApiAnswer> =>
      await callApi(system.gatewayUrl, `/v1/charging${path}`, body === undefined ? {} : { body });
    const ids = await failedSubscriptions(4);
    const [first = "", ...others] = ids;
    await skipUntilDue(first);
    await until(async () => (await chargeRequestCount(ids)) === 1, { what: "the first charge" });
    const stopped = await call("/stop", { reason: "a drill" });
    const stop = {
      stopped: true,
      reason: "anna: a drill",
      by: "anna",
      since: expect.stringMatching(/Z$/) as unknown,
      limit_per_second: 0,
    };
    expect(stopped).toMatchObject({ status: 200, body: stop });
    for (const id of others) await skipUntilDue(id);
    expect(await chargeRequestCount(ids)).toBe(1);
    await until(async () => (await call("")).body["stopped"] === true, { what: "the switch" });
    // A second stop keeps the first reason.
    expect(await call("/stop", { reason: "another" })).toMatchObject({ status: 200, body: stop });
    const running = { stopped: false, reason: null, by: null, since: null };
    expect(await call("/resume", {})).toMatchObject({ status: 200, body: running });
    for (const id of ids) {
      expect((await system.runToEnd(id)).outcome).toBe("recovered");
      expect((await system.sandbox.control.ledgerOf(id)).succeeded).toBe(1);
    }
    expect(await chargeRequestCount(ids)).toBe(4);
    expect(await call("")).toMatchObject({ status: 200, body: running });
  });

  test("a rejected API key stops charging with one alert, and every debt is recovered after the resume", async () => {
    const ids = await failedSubscriptions(4);
    const [first = ""] = ids;
    await system.sandbox.control.addFault({
      kind: "refuse",
      code: "UNAUTHORIZED",
      status: 401,
      method: "POST",
      route: CHARGE,
      times: 100,
    });
    await skipUntilDue(first);
    const stopped = await until(
      async () => {
        const charging = await system.charging.read();
        return charging.kind === "stopped" ? charging : null;
      },
      { what: "the stop" },
    );
    expect(stopped).toMatchObject({ by: "worker" });
    expect(stopped.reason).toContain("UNAUTHORIZED (HTTP 401, request req_");
    for (const id of ids) await skipUntilDue(id);
    expect(await chargeRequestCount(ids)).toBe(1);
    const mails = (): readonly string[] => system.mailsTo("operator@merchant.example");
    await until(() => mails().length > 0, { what: "the operator's mail" });
    await system.sandbox.control.clearFaults();
    await system.charging.resume("a new key", "anna");
    for (const id of ids) {
      expect((await system.runToEnd(id)).outcome).toBe("recovered");
      expect((await system.sandbox.control.ledgerOf(id)).succeeded).toBe(1);
    }
    expect(mails()).toEqual([
      "Reprise needs you: Dodo refuses the API key, and all charging is stopped",
    ]);
  });
});
