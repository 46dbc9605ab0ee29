import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { shadowReport } from "../../../cli/shadow-comparison.ts";
import { CAST, type Member } from "../../../dev/demo/scenarios.ts";
import { DAY_MS } from "../../../domain/values/time.ts";
import { openStage, type Stage } from "../../support/system/test-system.ts";
import { until } from "../../support/until.ts";

let act: Stage;
let shadow: Stage;

beforeAll(async () => {
  [act, shadow] = await Promise.all([openStage(), openStage({ mode: "shadow" })]);
});

afterAll(async () => {
  await Promise.all([act.close(), shadow.close()]);
});

/** A demo customer's charge fails; four days pass. */
async function begin(stage: Stage, { outcomes, prepare }: Member): Promise<string> {
  const { control } = stage.sandbox;
  const { subscriptionId } = await control.createSubscription({
    onDemand: true,
    createdAt: new Date(Date.now() - 61 * DAY_MS).toISOString(),
  });
  await control.script(subscriptionId, [...outcomes], "succeed");
  await prepare?.(control, subscriptionId);
  await control.charge(subscriptionId);
  await until(async () => await stage.view(subscriptionId), { what: "the recovery" });
  // A copy of a webhook may still be under way; decisions are compared once all have come.
  await until(
    async () =>
      (await control.deliveries({ subscriptionId })).every(({ state }) => state !== "waiting"),
    { what: "all webhooks" },
  );
  await stage.skip(subscriptionId, 60_000);
  return subscriptionId;
}

/** The rules of the decisions until something would be sent to Dodo. */
async function firstRules(stage: Stage, id: string): Promise<string[]> {
  await stage.skip(id, 2 * DAY_MS + DAY_MS / 2);
  const { timeline } = await stage.view(id);
  // In shadow the same moment is told in other words.
  return timeline.map(({ rule }) => (rule === "notice.shadowed" ? "notice.sent" : rule));
}

describe("shadow mode over the stories of the demo", () => {
  test.each(CAST.map((member) => [member.name, member] as const))(
    "%s: decides first as `act` does, and changes nothing",
    async (_, member) => {
      const [acted, shadowed] = await Promise.all([begin(act, member), begin(shadow, member)]);
      expect(await firstRules(shadow, shadowed)).toEqual(await firstRules(act, acted));
      // What waits for a person waits in shadow as well; every other watched recovery ends.
      const { recovery } = await shadow.view(shadowed);
      if (recovery.attention.length === 0) await shadow.play(shadowed);
      const requests = await shadow.sandbox.control.requests({ subscriptionId: shadowed });
      expect(requests.length).toBeGreaterThan(0);
      expect(requests.filter(({ mutating }) => mutating)).toEqual([]);
      expect((await shadow.sandbox.control.ledgerOf(shadowed)).payments).toHaveLength(1);
    },
  );

  test("the report sets what would have been done beside what happened", async () => {
    const texts: string[] = [];
    for await (const text of shadowReport(shadow.client, shadow.taskQueue)) texts.push(text);
    const cleo = texts.find((text) => text.includes("sent attempt 4")) ?? "";
    const lines = cleo.split("\n").map((line) => line.split(/ {2,}/).slice(2).join(" | "));
    expect(lines.slice(2, -1)).toEqual([
      "a charge failed: INSUFFICIENT_FUNDS",
      "sent mail “the payment failed”",
      "sent mail “we will try again”",
      "sent attempt 2",
      "sent mail “we will try again”",
      "sent attempt 3",
      "sent mail “we will try again”",
      "sent attempt 4",
      "sent mail “please pay”",
      "sent mail “please pay”",
      "sent mail “please pay”",
      "sent mail “please pay”",
      "exhausted",
    ]);
    expect(texts.at(-1)).toMatch(
      /^12 recoveries watched: \d+ charges and mails would have been sent, and none was\.$/,
    );
  });

  test("no mail was sent to anybody", () => {
    expect(shadow.inbox.mails).toEqual([]);
    expect(act.inbox.mails.length).toBeGreaterThan(0);
  });
});
