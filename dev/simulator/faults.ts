import { subscriptionStatus } from "../../dodo/statuses.ts";
import type { Command } from "../../domain/state/command.ts";
import type { SubscriptionReported } from "../../domain/state/event.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../domain/values/time.ts";
import { PRODUCT_ID } from "../model/bodies.ts";
import { chargeRequested } from "../model/events.ts";
import { DAY_0 } from "../model/story-day.ts";
import { startImport } from "./imports.ts";
import type { Fault, FaultKind } from "./plan.ts";
import { giveCommand, type SimulationRun } from "./simulation-run.ts";

/** @returns whether there was anything that the fault could affect */
type Injector = (run: SimulationRun, fault: Fault) => boolean;

const operator = { by: "anna", note: "" } as const;

/** The sweep opens a terminated recovery again. */
const SWEEP_HINT: SubscriptionReported = {
  kind: "subscription_reported",
  webhookId: "sweep.debt_found",
  type: "sweep.debt_found",
  ...subscriptionStatus(null),
};

const CLOCK_STEP_MAX_MS = HOUR_MS;

/** Older than every failure of a simulation run. */
const SEAT_AGE_MS = 300 * DAY_MS;

/** @returns whether there was anything that the fault could affect */
export function injectFault(run: SimulationRun, fault: Fault): boolean {
  return INJECTORS[fault.kind](run, fault);
}

const isGiven = (run: SimulationRun, command: Command): boolean =>
  giveCommand(run, command) !== null;

const BY_COMMAND = {
  pause: (run) => isGiven(run, { action: "pause", ...operator }),
  resume: (run) => isGiven(run, { action: "resume", ...operator }),
  write_off: (run) => isGiven(run, { action: "write_off", ...operator }),
  retry_now: (run) => isGiven(run, { action: "retry_now", ...operator, confirmedAbsent: false }),
  create_payment_link: (run, { verdict, durationMs }) => {
    const { timeline, dodo } = run;
    const isPressed = isGiven(run, { action: "create_payment_link", debtId: null });
    // The customer who pressed the button finishes on the payment page after a while.
    timeline.at(timeline.now() + durationMs, () => {
      const page = dodo.payments.findLast(({ origin }) => origin === "page");
      if (isPressed && page !== undefined) dodo.customerPays(page.paymentId, "pm_5", verdict);
    });
    return isPressed;
  },
} satisfies Partial<Record<FaultKind, Injector>>;

const BY_CUSTOMER = {
  customer_changes_method: ({ dodo }, { verdict }) => {
    dodo.customerChangesMethod("pm_2", verdict);
    return true;
  },
  customer_leaves_method_page: ({ dodo }) => {
    dodo.customerChangesMethod("pm_2", { kind: "stay", status: "requires_payment_method" });
    return true;
  },
  customer_pays_open_page: ({ dodo }, { verdict }) => {
    const page = dodo.payments.find(({ status }) => status === "requires_payment_method");
    if (page !== undefined) dodo.customerPays(page.paymentId, "pm_3", verdict);
    return page !== undefined;
  },
  customer_buys_again: ({ dodo }) => {
    dodo.customerBuys();
    return true;
  },
  second_seat_renews: ({ dodo, timeline }) => {
    const seat = dodo.addOther(PRODUCT_ID, timeline.now() - SEAT_AGE_MS);
    dodo.payForOther(seat);
    return true;
  },
  dispute: (run) => reverseLastSuccess(run, "disputed"),
} satisfies Partial<Record<FaultKind, Injector>>;

const BY_MERCHANT = {
  refund: (run) => reverseLastSuccess(run, "refunded"),
  merchant_uses_saved_method: ({ dodo }, { verdict }) => {
    dodo.merchantUsesSavedMethod("pm_4", verdict);
    return true;
  },
  merchant_charges: (run, { verdict }) =>
    ifOnDemand(run, () => run.dodo.merchantCharges(verdict, { invoice_id: "in_1" })),
  second_debt: (run) =>
    ifOnDemand(run, () => {
      const declined = { kind: "decline", code: "INSUFFICIENT_FUNDS" } as const;
      run.dodo.merchantCharges(declined, { invoice_id: "in_2" }, 1_500);
    }),
  second_debt_paid: (run) =>
    ifOnDemand(run, () => {
      run.dodo.merchantCharges({ kind: "succeed" }, { invoice_id: "in_2" }, 1_500);
    }),
  cancellation_scheduled: ({ dodo }) => {
    dodo.cancelAtNextBillingDate = !dodo.cancelAtNextBillingDate;
    dodo.setStatus(dodo.status, "subscription.plan_changed");
    return true;
  },
  cancellation: ({ dodo }) => {
    dodo.setStatus("cancelled", "subscription.cancelled");
    return true;
  },
  opt_out: ({ dodo }) => {
    dodo.metadata["reprise"] = "off";
    return true;
  },
} satisfies Partial<Record<FaultKind, Injector>>;

const BY_DODO = {
  dodo_retries: ({ dodo, plan }, { verdict }) => {
    // Dodo retries the one open invoice, while it is unpaid and no payment for it is open.
    const isOpen = dodo.payments.some(({ status }) => status === "processing");
    const isOwed = plan.scheme !== "on_demand" && dodo.succeeded.length === 0 && !isOpen;
    if (isOwed) dodo.dodoRetries(verdict);
    return isOwed;
  },
  dodo_duns: ({ dodo }) => {
    dodo.dodoDuns("dunning.started");
    return true;
  },
  status_toggles: ({ dodo }) => {
    if (dodo.status === "active") dodo.setStatus("on_hold", "subscription.on_hold");
    else if (dodo.status === "on_hold") dodo.setStatus("active", "subscription.active");
    return true;
  },
  api_key_refused: ({ link, timeline }, { durationMs }) => {
    link.keyRefusedUntil = timeline.now() + durationMs;
    return true;
  },
  open_payments_end: ({ dodo }, { verdict }) => {
    const open = dodo.payments.filter(({ status }) => status.startsWith("requires_"));
    // A verdict that leaves a payment open would turn it into a payment page that never existed.
    const end = verdict.kind === "stay" ? ({ kind: "decline", code: null } as const) : verdict;
    for (const { paymentId } of open) dodo.end(paymentId, end);
    return open.length > 0;
  },
  late_success: ({ dodo }) => {
    const failed = dodo.payments.findLast(({ status }) => status === "failed");
    if (failed !== undefined) dodo.end(failed.paymentId, { kind: "succeed" }, true);
    return failed !== undefined;
  },
  webhooks_resent: ({ world }) => {
    for (const webhook of world.webhooks.slice(-20)) world.resend(webhook);
    return world.webhooks.length > 0;
  },
  tax_changes: ({ dodo }) => {
    dodo.taxRate = dodo.taxRate === 0 ? 0.2 : 0.25;
    return true;
  },
} satisfies Partial<Record<FaultKind, Injector>>;

const BY_OUR_SIDE = {
  clock_steps: (run, { verdict, durationMs }) => {
    const direction = verdict.kind === "succeed" ? 1 : -1;
    run.clockSkewMs += Math.min(durationMs, CLOCK_STEP_MAX_MS) * direction;
    return true;
  },
  // These are counted for each mail that fails.
  mail_server_down: ({ mail, timeline }, { durationMs }) => {
    mail.downUntil = timeline.now() + 4 * durationMs;
    return false;
  },
  mail_sender_refused: ({ mail, timeline }, { durationMs }) => {
    // Until somebody mends the account: longer than an announcement is ahead of its attempt.
    mail.senderRefusedUntil = timeline.now() + 10 * durationMs;
    return false;
  },
  mail_address_refused: ({ mail, timeline }, { durationMs }) => {
    mail.addressRefusedUntil = timeline.now() + 4 * durationMs;
    return false;
  },
  mail_worker_crash: ({ mail }) => {
    mail.crashes += 1;
    return false;
  },
  policy_changes: ({ policies, timeline }) => {
    const before = policies.at(-1)?.policy;
    if (before === undefined) return false;
    const retry = { ...before.retry, gapsMs: before.retry.gapsMs.slice(0, 2) };
    policies.push({
      since: timeline.now(),
      policy: { ...before, retry, foreignCharges: "ask" },
    });
    return true;
  },
  rules_change: (run) => {
    run.hasNewRules = true;
    return true;
  },
} satisfies Partial<Record<FaultKind, Injector>>;

const BY_WEB_UI = {
  terminate: (run, { durationMs }) => {
    const { world, timeline, plan } = run;
    if (!world.isOpen) return false;
    world.terminate();
    timeline.at(timeline.now() + durationMs, () => {
      if (!world.isStopped) return;
      // A requested charge is requested again where nothing is heard of it.
      if (plan.requestedCharge) world.requestCharge(chargeRequested(DAY_0));
      // The sweep leaves an old debt to a person.
      else if (plan.imported !== undefined) startImport(run);
      else world.open(SWEEP_HINT);
    });
    return true;
  },
  // Back to a moment before the last minutes, in which a charge may have started.
  reset: ({ world, timeline }, { durationMs }) =>
    world.reset(timeline.now() - Math.min(durationMs, 5 * MINUTE_MS)),
} satisfies Partial<Record<FaultKind, Injector>>;

const INJECTORS: Readonly<Record<FaultKind, Injector>> = {
  ...BY_COMMAND,
  ...BY_CUSTOMER,
  ...BY_MERCHANT,
  ...BY_DODO,
  ...BY_OUR_SIDE,
  ...BY_WEB_UI,
};

function reverseLastSuccess({ dodo }: SimulationRun, reversal: "refunded" | "disputed"): boolean {
  const paid = dodo.succeeded.at(-1);
  if (paid !== undefined) dodo.reverse(paid, reversal);
  return paid !== undefined;
}

/** A merchant can charge on-demand subscriptions only. */
function ifOnDemand({ plan }: SimulationRun, charge: () => void): boolean {
  if (plan.scheme === "on_demand") charge();
  return plan.scheme === "on_demand";
}
