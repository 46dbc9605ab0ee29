import { expect, test } from "vitest";
import { ModelDodo } from "../../dev/model/dodo.ts";
import { AUTHORIZED_AT, DAY_0 } from "../../dev/model/story-day.ts";
import { Timeline } from "../../dev/model/timeline.ts";
import { ModelWorld } from "../../dev/model/world.ts";
import { modelFetch } from "../../dev/simulator/network/http.ts";
import { NetworkLink } from "../../dev/simulator/network/network-link.ts";
import { createDodo } from "../../dodo/adapter/create-dodo.ts";
import { DEFAULT_POLICY } from "../../domain/policy.ts";
import { DAY_MS } from "../../domain/values/time.ts";

type Calls = { readonly calls: string[]; readonly mails: number };

/** Every request to Dodo of one recovery: the day, the method and the path, and whose payments a list shows. */
async function callsOf(verdicts: readonly (string | null)[]): Promise<Calls> {
  const timeline = new Timeline(DAY_0);
  const dodo = new ModelDodo(timeline, { authorizedAt: AUTHORIZED_AT, unsettledTax: "given" });
  const world = new ModelWorld(timeline, dodo, () => DEFAULT_POLICY);
  const answer = modelFetch(dodo, new NetworkLink(timeline, 0), "newest_first");
  const calls: string[] = [];
  world.api = createDodo({
    apiKey: "model",
    environment: "test_mode",
    baseUrl: "http://dodo.model",
    requestTimeoutMs: 60_000,
    now: timeline.now,
    fetch: async (input, init) => {
      const { pathname, searchParams } = new URL(input as string);
      const day = Math.floor((timeline.now() - DAY_0) / DAY_MS);
      const list = ["customer_id", "subscription_id"].find((name) => searchParams.has(name)) ?? "";
      calls.push(`day ${day}: ${init?.method} ${pathname} ${list}`.trim());
      if (pathname.startsWith("/products/")) return Response.json({ name: "Plan" });
      return await answer(input, init);
    },
  });
  const [first = "INSUFFICIENT_FUNDS", ...rest] = verdicts;
  for (const code of rest) {
    dodo.verdicts.push(code === null ? { kind: "succeed" } : { kind: "decline", code });
  }
  dodo.merchantCharges({ kind: "decline", code: first ?? "INSUFFICIENT_FUNDS" });
  await timeline.run(DAY_0 + 60 * DAY_MS);
  expect(world.errors).toEqual([]);
  return { calls, mails: world.mails.length };
}

const SOFT = "INSUFFICIENT_FUNDS";

test("a recovery of four attempts with five mails sends at most 37 requests to Dodo", async () => {
  const { calls, mails } = await callsOf([SOFT, SOFT, SOFT, null]);
  expect(mails).toBe(5);
  expect(calls.length, calls.join("\n")).toBeLessThanOrEqual(37);
});

test("each charge follows the subscription, its payments and the customer's, which are read for it", async () => {
  const { calls } = await callsOf([SOFT, SOFT, SOFT, null]);
  const charges = calls.flatMap((call, index) => (call.includes("/charge") ? [index] : []));
  expect(charges.length).toBe(3);
  for (const index of charges) {
    const before = calls.slice(index - 3, index).map((call) => call.replace(/^day \d+: /, ""));
    expect(before.toSorted()).toEqual([
      "GET /payments customer_id",
      "GET /payments subscription_id",
      "GET /subscriptions/sub_1",
    ]);
  }
});

test("a failed payment's card and day are read once for all its mails", async () => {
  const { calls } = await callsOf([SOFT, SOFT, SOFT, null]);
  const read = calls.filter((call) => call.endsWith("GET /payments/pay_1"));
  // Twice for the opening, and once for the first mail.
  expect(read).toEqual(Array.from({ length: 3 }, () => "day 0: GET /payments/pay_1"));
});
