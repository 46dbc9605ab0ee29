import type { Command } from "../../domain/state/command.ts";
import { HOUR_MS } from "../../domain/values/time.ts";
import type { Happening, Kind } from "./plan.ts";
import type { Life } from "./simulation-run.ts";

/** @returns whether there was anything to do it to */
type Act = (life: Life, what: Happening) => boolean;

const operator = { by: "anna", note: "" } as const;

/** A clock is set right by this much at most. */
const STEP_MAX_MS = HOUR_MS;

/** Does to the world what its plan says. @returns whether there was anything to do it to */
export function happen(life: Life, what: Happening): boolean {
  return ACTS[what.kind](life, what);
}

/** What an operator says, or the customer's button. */
export function command({ world, commands, timeline }: Life, said: Command): boolean {
  if (!world.isOpen) return false;
  world.command(said);
  commands.push({ at: timeline.now(), command: said });
  return true;
}

const COMMANDS = {
  pause: (life) => command(life, { action: "pause", ...operator }),
  resume: (life) => command(life, { action: "resume", ...operator }),
  write_off: (life) => command(life, { action: "write_off", ...operator }),
  retry_now: (life) => command(life, { action: "retry_now", ...operator, confirmedAbsent: false }),
  create_payment_link: (life, { verdict, forMs }) => {
    const { timeline, dodo } = life;
    const isPressed = command(life, { action: "create_payment_link", debtId: null });
    // Whoever pressed the button comes back to the page after a while.
    timeline.at(timeline.now() + forMs, () => {
      const page = dodo.payments.findLast(({ origin }) => origin === "page");
      if (isPressed && page !== undefined) dodo.customerPays(page.paymentId, "pm_5", verdict);
    });
    return isPressed;
  },
} satisfies Partial<Record<Kind, Act>>;

const BY_CUSTOMER = {
  portal: ({ dodo }, { verdict }) => {
    dodo.customerChangesMethod("pm_2", verdict);
    return true;
  },
  portal_left: ({ dodo }) => {
    dodo.customerChangesMethod("pm_2", { kind: "stay", status: "requires_payment_method" });
    return true;
  },
  page_paid: ({ dodo }, { verdict }) => {
    const page = dodo.payments.find(({ status }) => status === "requires_payment_method");
    if (page !== undefined) dodo.customerPays(page.paymentId, "pm_3", verdict);
    return page !== undefined;
  },
  disputed: (life) => givenBack(life, "disputed"),
} satisfies Partial<Record<Kind, Act>>;

const BY_MERCHANT = {
  refunded: (life) => givenBack(life, "refunded"),
  saved_method: ({ dodo }, { verdict }) => {
    dodo.merchantUsesSavedMethod("pm_4", verdict);
    return true;
  },
  merchant_charges: (life, { verdict }) =>
    onDemand(life, () => life.dodo.merchantCharges(verdict, { invoice_id: "in_1" })),
  another_debt: (life) =>
    onDemand(life, () => {
      const declined = { kind: "decline", code: "INSUFFICIENT_FUNDS" } as const;
      life.dodo.merchantCharges(declined, { invoice_id: "in_2" }, 1_500);
    }),
  another_debt_paid: (life) =>
    onDemand(life, () => {
      life.dodo.merchantCharges({ kind: "succeed" }, { invoice_id: "in_2" }, 1_500);
    }),
  cancellation_scheduled: ({ dodo }) => {
    dodo.cancelAtNextBillingDate = !dodo.cancelAtNextBillingDate;
    dodo.setStatus(dodo.status, "subscription.plan_changed");
    return true;
  },
  cancelled: ({ dodo }) => {
    dodo.setStatus("cancelled", "subscription.cancelled");
    return true;
  },
  opted_out: ({ dodo }) => {
    dodo.metadata["reprise"] = "off";
    return true;
  },
} satisfies Partial<Record<Kind, Act>>;

const BY_DODO = {
  dodo_retries: ({ dodo, plan }, { verdict }) => {
    // Its one open invoice: nobody has paid it, and nobody is about to.
    const isOpen = dodo.payments.some(({ status }) => status === "processing");
    const isOwed = plan.scheme !== "on_demand" && dodo.succeeded.length === 0 && !isOpen;
    if (isOwed) dodo.dodoRetries(verdict);
    return isOwed;
  },
  dodo_duns: ({ dodo }) => {
    dodo.dodoDuns("dunning.started");
    return true;
  },
  status_flaps: ({ dodo }) => {
    if (dodo.status === "active") dodo.setStatus("on_hold", "subscription.on_hold");
    else if (dodo.status === "on_hold") dodo.setStatus("active", "subscription.active");
    return true;
  },
  key_refused: ({ line, timeline }, { forMs }) => {
    line.refusedUntil = timeline.now() + forMs;
    return true;
  },
  open_payments_end: ({ dodo }, { verdict }) => {
    const open = dodo.payments.filter(({ status }) => status.startsWith("requires"));
    // One way or the other: none becomes a page that it was not.
    const end = verdict.kind === "stay" ? ({ kind: "decline", code: null } as const) : verdict;
    for (const { paymentId } of open) dodo.end(paymentId, end);
    return open.length > 0;
  },
  late_success: ({ dodo }) => {
    const failed = dodo.payments.findLast(({ status }) => status === "failed");
    if (failed !== undefined) dodo.end(failed.paymentId, { kind: "succeed" }, true);
    return failed !== undefined;
  },
  webhooks_replayed: ({ world }) => {
    for (const webhook of world.webhooks.slice(-20)) world.resend(webhook);
    return world.webhooks.length > 0;
  },
  tax_changes: ({ dodo }) => {
    dodo.taxRate = dodo.taxRate === 0 ? 0.2 : 0.25;
    return true;
  },
} satisfies Partial<Record<Kind, Act>>;

const BY_OURSELVES = {
  clock_steps: (life, { verdict, forMs }) => {
    life.skewMs += Math.min(forMs, STEP_MAX_MS) * (verdict.kind === "succeed" ? 1 : -1);
    return true;
  },
  smtp_down: (life, { forMs }) => {
    life.smtpDownUntil = life.timeline.now() + 4 * forMs;
    // It strikes where a mail finds the server down.
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
  rules_change: (life) => {
    life.hasNewRules = true;
    return true;
  },
} satisfies Partial<Record<Kind, Act>>;

const ACTS: Readonly<Record<Kind, Act>> = {
  ...COMMANDS,
  ...BY_CUSTOMER,
  ...BY_MERCHANT,
  ...BY_DODO,
  ...BY_OURSELVES,
};

function givenBack({ dodo }: Life, how: "refunded" | "disputed"): boolean {
  const paid = dodo.succeeded.at(-1);
  if (paid !== undefined) dodo.givesBack(paid, how);
  return paid !== undefined;
}

/** Only on-demand subscriptions are charged by their merchant. */
function onDemand({ plan }: Life, charge: () => void): boolean {
  if (plan.scheme === "on_demand") charge();
  return plan.scheme === "on_demand";
}
