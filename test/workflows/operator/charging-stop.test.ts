import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { virtualNow } from "../../../dev/temporal/skip-time.ts";
import { DAY_MS } from "../../../domain/values/time.ts";
import { type Answer, askApi } from "../../support/merchant/api.ts";
import { failedCharge } from "../../support/system/failed-charge.ts";
import { openStage, type Stage } from "../../support/system/test-system.ts";
import { until } from "../../support/until.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await openStage();
});

afterAll(async () => {
  await stage.close();
});

const CHARGE = "/subscriptions/:id/charge";

/** Subscriptions whose charge has just failed, each with its recovery. */
async function failed(count: number): Promise<readonly string[]> {
  const ids: string[] = [];
  const given = { createdAt: new Date(Date.now() - 61 * DAY_MS).toISOString() };
  for (let number = 0; number < count; number += 1) {
    ids.push(await failedCharge(stage, [{ decline: "INSUFFICIENT_FUNDS" }], given));
  }
  return ids;
}

async function posts(ids: readonly string[]): Promise<number> {
  const requests = await stage.sandbox.control.requests();
  return requests.filter(({ method, path }) =>
    ids.some((id) => `${method} ${path}` === `POST /subscriptions/${id}/charge`),
  ).length;
}

/** Time passes by itself from here to a timer: a skip across one that fires into a stopped queue would never end. */
const CLOSE_MS = 100;

/** From timer to timer, until the attempt is in the queue of charges, or was: where nothing is stopped, that is a moment. */
async function due(id: string): Promise<void> {
  await until(
    async () => {
      const { recovery, next } = await stage.view(id);
      if (Object.values(recovery.pendingEffects).some(({ kind }) => kind === "charge")) return true;
      if ((await posts([id])) > 0) return true;
      if (next.at === null || Object.keys(recovery.pendingEffects).length > 0) return false;
      const now = await virtualNow(stage.environment.nativeConnection, "default", `recovery-${id}`);
      if (next.at - now > 2 * CLOSE_MS) await stage.skip(id, next.at - now - CLOSE_MS);
      return false;
    },
    { what: `the attempt of ${id} in the queue`, timeoutMs: 30_000 },
  );
}

describe("charging that is stopped", () => {
  test("sends nothing while it is, and goes on where it was when it is resumed", async () => {
    const ids = await failed(3);
    await stage.charging.stop("the bank asked for it", "anna");
    for (const id of ids) await due(id);
    expect(await posts(ids)).toBe(0);
    expect(await stage.charging.read()).toMatchObject({ kind: "stopped", by: "anna" });
    await stage.charging.resume("done", "anna");
    for (const id of ids) {
      expect((await stage.play(id)).outcome).toBe("recovered");
      expect((await stage.sandbox.control.ledgerOf(id)).succeeded).toBe(1);
    }
    expect(await posts(ids)).toBe(3);
  }, 90_000);

  test("by the operator API says so, with who and why, and goes on where it was; nothing is lost", async () => {
    const ask = async (path: string, body?: object): Promise<Answer> =>
      await askApi(stage.gatewayUrl, `/v1/charging${path}`, body === undefined ? {} : { body });
    const ids = await failed(4);
    const [first = "", ...others] = ids;
    await due(first);
    await until(async () => (await posts(ids)) === 1, { what: "the first charge" });
    const stopped = await ask("/stop", { reason: "a drill" });
    const stop = {
      stopped: true,
      reason: "anna: a drill",
      by: "anna",
      since: expect.stringMatching(/Z$/) as unknown,
      limit_per_second: 0,
    };
    expect(stopped).toMatchObject({ status: 200, body: stop });
    for (const id of others) await due(id);
    expect(await posts(ids)).toBe(1);
    await until(async () => (await ask("")).body["stopped"] === true, { what: "the switch" });
    // Whoever stops next does not take the first one's reason away.
    expect(await ask("/stop", { reason: "another" })).toMatchObject({ status: 200, body: stop });
    const goesOn = { stopped: false, reason: null, by: null, since: null };
    expect(await ask("/resume", {})).toMatchObject({ status: 200, body: goesOn });
    for (const id of ids) {
      expect((await stage.play(id)).outcome).toBe("recovered");
      expect((await stage.sandbox.control.ledgerOf(id)).succeeded).toBe(1);
    }
    expect(await posts(ids)).toBe(4);
    expect(await ask("")).toMatchObject({ status: 200, body: goesOn });
  }, 90_000);

  test("by a refused key is told once, whoever meets it, and no recovery is lost", async () => {
    const ids = await failed(4);
    const [first = ""] = ids;
    await stage.sandbox.control.addFault({
      kind: "refuse",
      code: "UNAUTHORIZED",
      status: 401,
      method: "POST",
      route: CHARGE,
      times: 100,
    });
    await due(first);
    const stopped = await until(
      async () => {
        const charging = await stage.charging.read();
        return charging.kind === "stopped" ? charging : null;
      },
      { what: "the stop" },
    );
    expect(stopped).toMatchObject({ by: "worker" });
    expect(stopped.reason).toContain("UNAUTHORIZED (HTTP 401)");
    for (const id of ids) await due(id);
    expect(await posts(ids)).toBe(1);
    const mails = (): readonly string[] => stage.mailsTo("operator@merchant.example");
    await until(() => mails().length > 0, { what: "the operator's mail" });
    await stage.sandbox.control.clearFaults();
    await stage.charging.resume("a new key", "anna");
    for (const id of ids) {
      expect((await stage.play(id)).outcome).toBe("recovered");
      expect((await stage.sandbox.control.ledgerOf(id)).succeeded).toBe(1);
    }
    expect(mails()).toEqual(["Reprise needs you: account refused"]);
  }, 120_000);
});
