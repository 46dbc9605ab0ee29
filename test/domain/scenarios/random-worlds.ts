import fc from "fast-check";
import { apiError } from "../../../dev/model/errors.ts";
import { type ModelPayment, type RequestFault, type Verdict } from "../../../dev/model/ledger.ts";
import { DEFAULT_POLICY } from "../../../domain/policy.ts";
import type { Command } from "../../../domain/state/command.ts";
import {
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  type Scenario,
  startScenario,
} from "../../support/domain/scenario.ts";

/** Fixed, so that every run is the same; fast-check prints it with a failure. */
const SEED = 20_261_125;
const RUNS = 300;

/** A payment takes nine seconds in the model; five more lie between the pre-charge check and the charge. */
export const CHECK_MS = 15_000;

const code = fc.constantFrom(
  "INSUFFICIENT_FUNDS",
  "GENERIC_DECLINE",
  "NETWORK_ERROR",
  "EXPIRED_CARD",
  "STOLEN_CARD",
  "AUTHENTICATION_REQUIRED",
  "INVALID_AMOUNT",
  "NEW_CODE",
  null,
);
const verdict: fc.Arbitrary<Verdict> = fc.oneof(
  fc.constant({ kind: "succeed" } as const),
  code.map((one) => ({ kind: "decline", code: one }) as const),
);
const fault: fc.Arbitrary<RequestFault | null> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(null) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<RequestFault>(
      { kind: "unsent" },
      { kind: "lost_before" },
      { kind: "lost_after" },
      { kind: "timeout_before" },
      { kind: "timeout_after" },
      { kind: "error_before", httpStatus: 500 },
      { kind: "error_after", httpStatus: 503 },
      { kind: "refuse", httpStatus: 429, code: "TOO_MANY_REQUESTS" },
      { kind: "refuse", httpStatus: 409, code: "PREVIOUS_PAYMENT_PENDING" },
      { kind: "refuse", httpStatus: 422, code: "SUBSCRIPTION_INACTIVE" },
    ),
  },
);
/** How webhooks are delivered, in turn: on time, lost, or late and repeated. */
const delivery: fc.Arbitrary<readonly number[] | null> = fc.oneof(
  fc.constant([1_000]),
  fc.constant(null),
  fc.array(fc.integer({ min: 0, max: 26 * HOUR_MS }), { minLength: 1, maxLength: 3 }),
);
const KINDS = [
  "pause",
  "resume",
  "retry_now",
  "create_payment_link",
  "portal",
  "portal_left",
  "page_paid",
  "merchant_charges",
  "another_debt",
  "another_debt_paid",
  "dodo_retries",
  "dodo_duns",
  "status_flaps",
  "key_refused",
  "open_payments_end",
  "cancelled",
] as const;
type Interference = {
  readonly afterMs: number;
  readonly kind: (typeof KINDS)[number];
  readonly verdict: Verdict;
};
const interference: fc.Arbitrary<Interference> = fc.record({
  afterMs: fc.integer({ min: MINUTE_MS, max: 35 * DAY_MS }),
  kind: fc.constantFrom(...KINDS),
  verdict,
});

const worldPlan = fc.record({
  first: code,
  verdicts: fc.array(verdict, { maxLength: 6 }),
  faults: fc.array(fault, { maxLength: 6 }),
  deliveries: fc.array(delivery, { minLength: 1, maxLength: 8 }),
  interferences: fc.array(interference, { maxLength: 6 }),
  scheme: fc.constantFrom(
    "on_demand" as const,
    "on_demand" as const,
    "observe" as const,
    "manage" as const,
  ),
  debtKey: fc.constantFrom(null, "invoice_id"),
  foreignCharges: fc.constantFrom("ask" as const, "same_debt" as const, "new_debt" as const),
  holdsOnFailure: fc.boolean(),
  listLagMs: fc.constantFrom(0, 2_000, 30_000, 5 * MINUTE_MS),
  taxMinor: fc.constantFrom(0, 290),
});
type Plan = typeof worldPlan extends fc.Arbitrary<infer T> ? T : never;

type WorldRun = Scenario & { readonly commands: readonly string[] };

async function runWorld(plan: Plan): Promise<WorldRun> {
  const { holdsOnFailure, listLagMs, taxMinor, foreignCharges, debtKey, scheme } = plan;
  const onDemand = scheme === "on_demand";
  const scheduledSubscriptions = scheme === "manage" ? "manage" : "observe";
  const policy = { ...DEFAULT_POLICY, foreignCharges, debtKey, scheduledSubscriptions } as const;
  const run = startScenario({ holdsOnFailure, listLagMs, taxMinor, onDemand }, policy);
  run.world.publishes = true;
  const commands: string[] = [];
  let delivered = 0;
  run.world.deliver = (type) => {
    // The first failure is always reported: without it there is no recovery.
    if (delivered === 0 && type === "payment.failed") return [1_000];
    delivered += 1;
    return plan.deliveries[delivered % plan.deliveries.length] ?? null;
  };
  run.dodo.verdicts.push(...plan.verdicts);
  run.dodo.faults.push(...plan.faults);
  run.dodo.merchantCharges({ kind: "decline", code: plan.first }, { invoice_id: "in_1" });
  const refuseReads = makeReadsRefusable(run);
  for (const what of plan.interferences.filter(({ kind }) => occursIn(kind, onDemand))) {
    run.timeline.at(run.timeline.now() + what.afterMs, () => {
      const command = interfere(run, what, refuseReads);
      if (command !== null && run.world.isOpen) commands.push(run.world.command(command));
    });
  }
  await run.until(150);
  return { ...run, commands };
}

/** Only Dodo retries renewals; only on-demand subscriptions are charged by their merchant. */
function occursIn(kind: Interference["kind"], onDemand: boolean): boolean {
  if (kind === "dodo_retries") return !onDemand;
  return onDemand || !["merchant_charges", "another_debt", "another_debt_paid"].includes(kind);
}

/** Makes reads refusable. @returns a function that has Dodo refuse them for so long */
function makeReadsRefusable({ dodo, timeline }: Scenario): (untilMs: number) => void {
  let until = 0;
  const read = dodo.retrieveSubscription.bind(dodo);
  dodo.retrieveSubscription = async () => {
    if (timeline.now() < until) {
      throw apiError(401, "UNAUTHORIZED");
    }
    return await read();
  };
  return (forMs) => (until = timeline.now() + forMs);
}

/** @returns the command to send; null where the interference happens at Dodo */
function interfere(
  { dodo }: Scenario,
  { kind, verdict: result }: Interference,
  refuseReads: (forMs: number) => void,
): Command | null {
  const open = dodo.payments.filter(({ status }) => status.startsWith("requires"));
  switch (kind) {
    case "pause":
    case "resume":
      return { action: kind, by: "anna", note: "" };
    case "retry_now":
      return { action: kind, by: "anna", note: "", confirmedAbsent: false };
    case "create_payment_link":
      return { action: kind, debtId: null };
    case "portal":
      dodo.customerChangesMethod("pm_2", result);
      return null;
    case "portal_left":
      dodo.customerChangesMethod("pm_2", { kind: "stay", status: "requires_payment_method" });
      return null;
    case "page_paid":
      dodo.customerPays(open[0]?.paymentId ?? "", "pm_3", result);
      return null;
    case "merchant_charges":
      dodo.merchantCharges(result);
      return null;
    case "another_debt":
      dodo.merchantCharges(
        { kind: "decline", code: "INSUFFICIENT_FUNDS" },
        { invoice_id: "in_2" },
        1_500,
      );
      return null;
    case "another_debt_paid":
      dodo.merchantCharges({ kind: "succeed" }, { invoice_id: "in_2" }, 1_500);
      return null;
    case "dodo_retries":
      dodo.dodoRetries(result);
      return null;
    case "dodo_duns":
      dodo.dodoDuns("dunning.started");
      return null;
    case "status_flaps":
      if (dodo.status === "active") dodo.setStatus("on_hold", "subscription.on_hold");
      else if (dodo.status === "on_hold") dodo.setStatus("active", "subscription.active");
      return null;
    case "key_refused":
      refuseReads(3 * HOUR_MS);
      return null;
    case "open_payments_end":
      for (const { paymentId } of open) dodo.end(paymentId, result);
      return null;
    case "cancelled":
      dodo.setStatus("cancelled", "subscription.cancelled");
      return null;
  }
}

/** Interferences that may collect beside our charges. */
export const COLLECTS_ELSEWHERE: readonly string[] = [
  "portal",
  "portal_left",
  "page_paid",
  "merchant_charges",
  "another_debt",
  "another_debt_paid",
  "dodo_retries",
  "open_payments_end",
];

export function isMerchants({ isMethodUpdate, metadata }: ModelPayment): boolean {
  return !isMethodUpdate && metadata["recovery_attempt"] === undefined;
}

/** All properties are checked on the same worlds, so each runs once. */
const runs = new Map<string, Promise<WorldRun>>();

async function runOnce(plan: Plan): Promise<WorldRun> {
  const name = JSON.stringify(plan);
  const known = runs.get(name);
  if (known !== undefined) return await known;
  const run = runWorld(plan);
  runs.set(name, run);
  return await run;
}

/** Checks a property on random worlds. */
export async function forWorlds(check: (run: WorldRun, plan: Plan) => void): Promise<void> {
  await fc.assert(
    fc.asyncProperty(worldPlan, async (plan) => check(await runOnce(plan), plan)),
    { seed: SEED, numRuns: RUNS, endOnFailure: false, interruptAfterTimeLimit: 90_000 },
  );
}
