import { PRODUCT_ID } from "../../../dev/model/bodies.ts";
import type { ModelDodo, ModelPayment, RequestFault, Verdict } from "../../../dev/model/dodo.ts";
import type { ModelWorld } from "../../../dev/model/world.ts";
import type { Command } from "../../../domain/state/command.ts";
import { parseAttemptKey } from "../../../domain/values/ids.ts";
import { DAY_MS } from "../../../domain/values/time.ts";
import { lateDebtIdOf, payLate } from "../../support/domain/late-payer.ts";
import type { ChargeResult } from "../language/charge-results.ts";
import type { PaymentOutcome } from "../language/outcome.ts";
import type { OperatorAction, PaymentEvent, RecoveryEvent } from "../language/recovery-events.ts";
import { policyOf } from "../language/story-file.ts";
import { runImport } from "./import.ts";
import type { Commander, ModelRun } from "./model-run.ts";
import { runSweep } from "./sweep.ts";

function verdictOf(outcome: PaymentOutcome): Verdict {
  switch (outcome.kind) {
    case "succeeded":
      return { kind: "succeed" };
    case "declined":
      return { kind: "decline", code: outcome.code };
    case "open":
      return { kind: "stay", status: outcome.status };
  }
}

/** Sets the results of Reprise's next charge requests. */
export function prepareChargeResults(dodo: ModelDodo, results: readonly ChargeResult[]): void {
  for (const result of results) {
    dodo.chargeFaults.push(faultOf(result));
    if (isOutcome(result)) dodo.verdicts.push(verdictOf(result));
    else if (result.kind !== "refused" && result.isPaymentMade) {
      dodo.verdicts.push({ kind: "succeed" });
    }
  }
}

const isOutcome = (result: ChargeResult): result is PaymentOutcome =>
  result.kind === "succeeded" || result.kind === "declined" || result.kind === "open";

function faultOf(result: ChargeResult): RequestFault | null {
  switch (result.kind) {
    case "refused":
      return { kind: "refuse", httpStatus: result.httpStatus, code: result.code };
    case "no_answer":
      return { kind: result.isPaymentMade ? "lost_after" : "lost_before" };
    case "error": {
      const kind = result.isPaymentMade ? "error_after" : "error_before";
      return { kind, httpStatus: result.httpStatus };
    }
    case "succeeded":
    case "declined":
    case "open":
      return null;
  }
}

/** Applies a story's event to the models. */
export async function perform(run: ModelRun, event: RecoveryEvent): Promise<void> {
  const { dodo, world, timeline } = run;
  switch (event.do) {
    case "charge":
    case "charge_for_two":
    case "dodo_retries":
    case "unknown_attempt":
    case "attempt_ends":
    case "merchant_charge_ends":
    case "money_back":
    case "follow_mail_link":
    case "pay_on_page":
    case "change_card":
    case "use_saved_card":
    case "buy_again":
    case "renew_second_seat":
      return performPayment(run, event);
    case "cancel":
      return cancel(dodo, event.when);
    case "status":
      dodo.pausedAt = event.paused ? timeline.now() : null;
      dodo.setStatus(event.status, `subscription.${event.status}`);
      return;
    case "metadata":
      dodo.metadata[event.name] = event.value;
      return;
    case "webhooks":
      return webhooks(world, event.how);
    case "lost_webhook": {
      const webhook = world.webhooks.find(({ type, isLost }) => isLost && type === event.type);
      if (webhook === undefined) throw new Error(`no ${event.type} was lost`);
      world.resend(webhook);
      return;
    }
    case "tax":
      dodo.taxRate = event.rate;
      return;
    case "webhook": {
      const data = { payload_type: "Subscription", ...dodo.subscriptionBody() };
      dodo.onEvent(event.type, () => data);
      return;
    }
    case "operator":
      return operate(run, event.action);
    case "policy":
      run.changePolicy(policyOf(event.yaml));
      return;
    case "sweep":
      return await runSweep(run);
    case "import":
      return await runImport(run, event.retry);
    case "next_billing_date":
      if (dodo.cancelAtNextBillingDate) dodo.setStatus("cancelled", "subscription.cancelled");
      return;
    case "stop":
      return;
  }
}

function performPayment(run: ModelRun, event: PaymentEvent): void {
  const { dodo } = run;
  switch (event.do) {
    case "charge": {
      const { amountMinor: priceMinor, currency } = event.amount;
      const metadata = { ...dodo.metadata, ...event.metadata };
      dodo.merchantCharges(verdictOf(event.outcome), metadata, priceMinor, currency);
      return;
    }
    case "charge_for_two":
      dodo.merchantChargesForTwo(verdictOf(event.outcome), event.amount.amountMinor);
      return;
    case "dodo_retries":
      dodo.dodoRetries(verdictOf(event.outcome));
      return;
    case "unknown_attempt": {
      const key = `${firstOf(dodo).paymentId}.${event.number}`;
      dodo.merchantCharges(verdictOf(event.outcome), { recovery_attempt: key });
      return;
    }
    case "attempt_ends":
      return end(dodo, attemptOf(dodo, event.number), event.outcome);
    case "merchant_charge_ends":
      return end(dodo, lastBy(dodo, "merchant"), event.outcome);
    case "money_back":
      // Neither changes the payment's status, and no rule reads them.
      attemptOf(dodo, event.number);
      return;
    case "follow_mail_link":
      return followMailLink(run);
    case "pay_on_page":
      run.cards += 1;
      dodo.customerPays(lastBy(dodo, "page").paymentId, cardOf(run), verdictOf(event.outcome));
      return;
    case "change_card":
      run.cards += 1;
      dodo.customerChangesMethod(cardOf(run), verdictOf(event.outcome));
      return;
    case "use_saved_card":
      run.cards += 1;
      dodo.merchantUsesSavedMethod(cardOf(run), verdictOf(event.outcome));
      return;
    case "buy_again":
      dodo.customerBuys();
      return;
    case "renew_second_seat":
      dodo.payForOther(dodo.addOther(PRODUCT_ID, run.timeline.now() - SEAT_AGE_MS));
      return;
  }
}

/** The seat was bought long before the story. */
const SEAT_AGE_MS = 100 * DAY_MS;

const cardOf = ({ cards }: ModelRun): string => `pm_${cards}`;

function end(dodo: ModelDodo, payment: ModelPayment, outcome: PaymentOutcome): void {
  dodo.end(payment.paymentId, verdictOf(outcome), payment.ends.length > 0);
}

function firstOf({ payments }: ModelDodo): ModelPayment {
  const [first] = payments;
  if (first === undefined) throw new Error("nothing has been charged yet");
  return first;
}

function lastBy({ payments }: ModelDodo, origin: ModelPayment["origin"]): ModelPayment {
  const found = payments.findLast((payment) => payment.origin === origin);
  if (found === undefined) throw new Error(`there is no payment of ${origin} yet`);
  return found;
}

function attemptOf({ payments }: ModelDodo, number: number): ModelPayment {
  const found = payments.findLast((payment) => numberOf(payment) === number);
  if (found === undefined) throw new Error(`there is no attempt ${number} yet`);
  return found;
}

function numberOf({ metadata }: ModelPayment): number | null {
  return parseAttemptKey(metadata["recovery_attempt"])?.number ?? null;
}

function cancel(dodo: ModelDodo, when: (RecoveryEvent & { do: "cancel" })["when"]): void {
  if (when === "now") return dodo.setStatus("cancelled", "subscription.cancelled");
  dodo.cancelAtNextBillingDate = when === "next_billing_date";
  dodo.setStatus(dodo.status, "subscription.plan_changed");
}

function webhooks(world: ModelWorld, how: (RecoveryEvent & { do: "webhooks" })["how"]): void {
  switch (how) {
    case "lose":
      world.deliver = () => null;
      return;
    case "deliver":
      world.deliver = () => [1_000];
      return;
    case "deliver_lost":
      for (const webhook of world.webhooks) if (webhook.isLost) world.resend(webhook);
      return;
    case "replay":
      for (const webhook of world.webhooks) world.resend(webhook);
      return;
  }
}

function giveCommand(
  { world, timeline, commands }: ModelRun,
  by: Commander,
  command: Command,
): void {
  const id = world.isOpen ? world.command(command) : null;
  commands.push({ at: timeline.now(), by, id });
}

/** After the end, the page offers to pay an exhausted debt late. */
function followMailLink(run: ModelRun): void {
  const { world, dodo, timeline, commands } = run;
  const debtId = lateDebtIdOf(world, dodo);
  if (debtId === null)
    return giveCommand(run, "customer", { action: "create_payment_link", debtId: null });
  commands.push({ at: timeline.now(), by: "customer", id: payLate(world, debtId) });
}

function operate(run: ModelRun, action: OperatorAction): void {
  if (action === "cancels") return run.world.push({ kind: "cancel_requested" });
  if (action === "terminates") return run.world.terminate();
  const operator = { by: "anna", note: "" } as const;
  const commands: Readonly<Record<Exclude<OperatorAction, "cancels" | "terminates">, Command>> = {
    pauses: { action: "pause", ...operator },
    resumes: { action: "resume", ...operator },
    resumes_as_another_debt: { action: "resume", ...operator, newDebt: true },
    marks_paid: { action: "mark_paid", ...operator },
    writes_off: { action: "write_off", ...operator },
    charges: { action: "retry_now", ...operator, confirmedAbsent: false },
    charges_confirmed: { action: "retry_now", ...operator, confirmedAbsent: true },
    charges_past_dead: {
      action: "retry_now",
      ...operator,
      confirmedAbsent: false,
      confirmedDead: true,
    },
  };
  giveCommand(run, "operator", commands[action]);
}
