import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sampleStates } from "../../dev/model/sample-states.ts";
import { findTemporalCli } from "../../dev/temporal/cli.ts";
import { startTemporal, type TemporalServer } from "../../dev/temporal/server.ts";
import { newCheckout } from "../../domain/checkout/checkout.ts";
import { newMandate } from "../../domain/mandate/mandate.ts";
import { DEFAULT_POLICY } from "../../domain/policy.ts";
import { newSweep, planSweep } from "../../domain/sweep/sweep.ts";
import type { DebtId, MandateId, PaymentId, SubscriptionId } from "../../domain/values/ids.ts";
import { chargeDetails } from "../../workflows/charge-request/charge-details.ts";
import { checkoutDetails } from "../../workflows/checkout/checkout-details.ts";
import {
  chargeStartOf,
  customerNoticesStartOf,
  mandateStartOf,
  recoveryStartOf,
} from "../../workflows/contract.ts";
import { mandateDetails } from "../../workflows/mandate/mandate-details.ts";
import { currentDetails } from "../../workflows/recovery/details.ts";
import { sweepDetails } from "../../workflows/sweep/sweep-details.ts";
import { HOSTILE_STRINGS } from "./corpus.ts";
import { poisoned } from "./poisoned.ts";

let temporal: TemporalServer;

beforeAll(async () => {
  temporal = await startTemporal({
    cli: await findTemporalCli({ env: process.env, print: () => undefined }),
    uiPort: "free",
    timeSkipping: false,
  });
});

afterAll(async () => {
  await temporal.stop();
});

/** The HTML that the Temporal Web UI makes of a summary or of details. */
async function rendered(markdown: string): Promise<string> {
  const url = `${temporal.uiUrl}/render?content=${encodeURIComponent(markdown)}`;
  const page = await (await fetch(url)).text();
  return page.slice(page.indexOf("<main>") + "<main>".length, page.indexOf("</main>"));
}

/** Paragraphs, lists, emphasis and code, without attributes. Everything else would be alive. */
const INERT = /^<\/?(?:p|ul|li|strong|code)>$/;

async function aliveIn(markdown: string): Promise<string[]> {
  const tags = (await rendered(markdown)).match(/<[^>]*>/g) ?? [];
  return tags.filter((tag) => !INERT.test(tag));
}

const at = Date.UTC(2026, 10, 25);
const timelineOf = (reason: string) => [{ at, rule: "decline.never", reason }] as const;

type Texts = readonly (readonly [string, string])[];

/** Details and summaries of every workflow, with this text wherever a text comes from outside. */
function textsWith(text: string): Texts {
  const id = text as SubscriptionId & PaymentId & DebtId & MandateId;
  const timeline = timelineOf(text);
  const charge = {
    amountMinor: 2_900,
    currency: text,
    description: text,
    feesInclusive: null,
    credits: null,
    metadata: {},
  };
  const mandate = { ...newMandate(id), checkoutUrl: text, subscriptionId: id };
  const requested = {
    productId: text,
    customerId: text,
    country: text,
    mandateOnly: false,
    amountMinor: 2_900,
    currency: text,
    description: text,
    returnUrl: text,
    metadata: {},
  };
  const status = {
    chargeId: id,
    at,
    state: "ended",
    currency: text,
    outcome: "recovered",
    paymentId: id,
    declineCode: text,
    refusal: null,
    reason: text,
  } as const;
  const finding = { subscriptionId: id, paymentId: id, since: at, why: "failed_payments" } as const;
  const sweep = {
    ...newSweep(planSweep(DEFAULT_POLICY, null, at)),
    opened: [finding],
    listed: [finding],
  };
  const event = {
    kind: "dodo_dunning_reported",
    webhookId: text,
    type: text,
    dodoStatus: text,
  } as const;
  const starts = {
    recovery: recoveryStartOf(id, event, text),
    charge: chargeStartOf(id, { subscriptionId: text, charge, by: text }, ""),
    mandate: mandateStartOf(id, { mandate: requested, by: text }, ""),
    notices: customerNoticesStartOf(text),
  };
  return [
    [
      "requested charge",
      chargeDetails(id, { chargeId: id, requestedAt: at, charge }, text, status),
    ],
    ["checkout", checkoutDetails(newCheckout(id), timeline)],
    ["mandate", mandateDetails(mandate, requested, text, timeline)],
    ["sweep", sweepDetails(sweep, null)],
    ...Object.entries(starts).flatMap(([name, { staticSummary, staticDetails }]): Texts => [
      [`summary of a ${name}`, staticSummary],
      [`details of a ${name}`, staticDetails],
    ]),
  ];
}

const STRINGS = Object.entries(HOSTILE_STRINGS);

describe("the Temporal Web UI renders no text from outside, but shows it", () => {
  test.each(STRINGS)("as %s", async (_name, text) => {
    // A page's address has a limit.
    const short = text.slice(0, 1_000);
    for (const [what, markdown] of textsWith(short)) {
      expect({ what, alive: await aliveIn(markdown) }).toEqual({ what, alive: [] });
    }
  });

  test("in the details of recoveries in every state", async () => {
    const states = [...(await sampleStates()).values()].flat();
    const inEachState = [...new Map(states.map((one) => [one.recovery.state, one])).values()];
    const withQuestions = states.filter(({ recovery }) => recovery.attention.length > 0);
    const causes = new Map(withQuestions.map((one) => [one.recovery.attention[0]?.cause, one]));
    for (const [name, text] of STRINGS) {
      const short = text.slice(0, 60);
      for (const { recovery } of [...inEachState, ...causes.values()]) {
        const state = {
          recovery: poisoned(recovery, short),
          wakeAt: at,
          waitingFor: short,
          seenWebhookIds: [],
          timeline: timelineOf(short),
        };
        const markdown = currentDetails(state);
        expect({ name, alive: await aliveIn(markdown) }).toEqual({ name, alive: [] });
      }
    }
  });
});

test("a summary has at most 180 characters, and no half of an escape at its end", async () => {
  for (const text of Object.values(HOSTILE_STRINGS)) {
    for (const long of [text, text.repeat(10), `${"a".repeat(170)}${text}`]) {
      const event = { kind: "read_finished" };
      const { staticSummary } = recoveryStartOf("sub_1" as SubscriptionId, event as never, long);
      expect(staticSummary.length).toBeLessThanOrEqual(180);
      expect(await aliveIn(staticSummary)).toEqual([]);
      expect(/(?<!\\)(?:\\\\)*\\$/.test(staticSummary)).toBe(false);
    }
  }
});
