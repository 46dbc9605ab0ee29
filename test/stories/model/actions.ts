import type { Fault, ModelDodo, ModelPayment, Verdict } from "../../../dev/model/dodo.ts";
import type { ModelWorld } from "../../../dev/model/world.ts";
import type { Command } from "../../../domain/state/command.ts";
import { parseAttemptKey } from "../../../domain/values/ids.ts";
import type { Scene, Teller } from "./story-run.ts";
import { sweepComesBy } from "./sweep.ts";
import type { Answer, End, OperatorAction, What } from "../language/recovery-events.ts";
import { type Happening, policyOf } from "../language/story-file.ts";

function verdictOf(end: End): Verdict {
  switch (end.kind) {
    case "succeeds":
      return { kind: "succeed" };
    case "declined":
      return { kind: "decline", code: end.code };
    case "stays":
      return { kind: "stay", status: end.status };
  }
}

/** What the charges of Reprise will come to. */
export function expectAnswers(dodo: ModelDodo, answers: readonly Answer[]): void {
  for (const answer of answers) {
    dodo.chargeFaults.push(faultOf(answer));
    if (answer.kind === "succeeds" || answer.kind === "declined" || answer.kind === "stays") {
      dodo.verdicts.push(verdictOf(answer));
    } else if (answer.kind !== "refused" && answer.made) {
      dodo.verdicts.push({ kind: "succeed" });
    }
  }
}

function faultOf(answer: Answer): Fault | null {
  switch (answer.kind) {
    case "refused":
      return { kind: "refuse", httpStatus: answer.httpStatus, code: answer.code };
    case "lost":
      return { kind: answer.made ? "lost_after" : "lost_before" };
    case "error":
      return { kind: answer.made ? "error_after" : "error_before", httpStatus: answer.httpStatus };
    case "succeeds":
    case "declined":
    case "stays":
      return null;
  }
}

/** Does to the models what the world does. */
export async function happen(scene: Scene, { what }: Happening): Promise<void> {
  const { dodo, world, timeline } = scene;
  switch (what.do) {
    case "charge": {
      const { amountMinor: priceMinor, currency } = what.amount;
      const metadata = { ...dodo.metadata, ...what.metadata };
      dodo.merchantCharges(verdictOf(what.end), metadata, priceMinor, currency);
      return;
    }
    case "charge_for_two":
      dodo.merchantChargesForTwo(verdictOf(what.end), what.amount.amountMinor);
      return;
    case "dodo_retries":
      dodo.dodoRetries(verdictOf(what.end));
      return;
    case "lost_recovery_charges": {
      const key = `${firstOf(dodo).paymentId}.${what.number}`;
      dodo.merchantCharges(verdictOf(what.end), { recovery_attempt: key });
      return;
    }
    case "attempt_ends":
      return end(dodo, attemptOf(dodo, what.number), what.end);
    case "merchant_charge_ends":
      return end(dodo, lastBy(dodo, "merchant"), what.end);
    case "money_back":
      // Neither changes the payment's status; reads show them, and no rule asks for them yet.
      attemptOf(dodo, what.number);
      return;
    case "press_button":
      return command(scene, "customer", { action: "create_payment_link", debtId: null });
    case "pay_on_page":
      scene.cards += 1;
      dodo.customerPays(lastBy(dodo, "page").paymentId, cardOf(scene), verdictOf(what.end));
      return;
    case "change_card":
      scene.cards += 1;
      dodo.customerChangesMethod(cardOf(scene), verdictOf(what.end));
      return;
    case "use_saved_card":
      scene.cards += 1;
      dodo.merchantUsesSavedMethod(cardOf(scene), verdictOf(what.end));
      return;
    case "cancel":
      return cancel(dodo, what.when);
    case "status":
      dodo.pausedAt = what.paused ? timeline.now() : null;
      dodo.setStatus(what.status, `subscription.${what.status}`);
      return;
    case "metadata":
      dodo.metadata[what.name] = what.value;
      return;
    case "webhooks":
      return webhooks(world, what.how);
    case "lost_webhook": {
      const webhook = world.webhooks.find(({ type, isLost }) => isLost && type === what.type);
      if (webhook === undefined) throw new Error(`no ${what.type} was lost`);
      world.resend(webhook);
      return;
    }
    case "tax":
      dodo.taxRate = what.rate;
      return;
    case "event": {
      const data = { payload_type: "Subscription", ...dodo.subscriptionBody() };
      dodo.onEvent(what.type, () => data);
      return;
    }
    case "operator":
      return operate(scene, what.action);
    case "policy":
      scene.change(policyOf(what.yaml));
      return;
    case "sweep":
      return await sweepComesBy(scene);
    case "time_passes":
      if (dodo.cancelAtNextBillingDate) dodo.setStatus("cancelled", "subscription.cancelled");
      return;
    case "stop":
      return;
  }
}

const cardOf = ({ cards }: Scene): string => `pm_${cards}`;

function end(dodo: ModelDodo, payment: ModelPayment, how: End): void {
  dodo.end(payment.paymentId, verdictOf(how), payment.ends.length > 0);
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

function cancel(dodo: ModelDodo, when: (What & { do: "cancel" })["when"]): void {
  if (when === "now") return dodo.setStatus("cancelled", "subscription.cancelled");
  dodo.cancelAtNextBillingDate = when === "next_billing_date";
  dodo.setStatus(dodo.status, "subscription.plan_changed");
}

function webhooks(world: ModelWorld, how: (What & { do: "webhooks" })["how"]): void {
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

function command({ world, timeline, commands }: Scene, who: Teller, said: Command): void {
  const id = world.isOpen ? world.command(said) : null;
  commands.push({ at: timeline.now(), who, id });
}

function operate(scene: Scene, action: OperatorAction): void {
  if (action === "cancels") return scene.world.push({ kind: "cancel_requested" });
  const said = { by: "anna", note: "" } as const;
  const commands: Readonly<Record<Exclude<OperatorAction, "cancels">, Command>> = {
    pauses: { action: "pause", ...said },
    resumes: { action: "resume", ...said },
    resumes_as_another_debt: { action: "resume", ...said, newDebt: true },
    marks_paid: { action: "mark_paid", ...said },
    writes_off: { action: "write_off", ...said },
    charges: { action: "retry_now", ...said, confirmedAbsent: false },
    charges_confirmed: { action: "retry_now", ...said, confirmedAbsent: true },
  };
  command(scene, "operator", commands[action]);
}
