import type { ModelDodo, ModelPayment, Mutation } from "../../../dev/model/dodo.ts";
import type { ModelWorld } from "../../../dev/model/world.ts";
import type { CommandReply } from "../../../domain/state/command.ts";
import type { NoticeKind } from "../../../domain/state/notice.ts";
import { parseAttemptKey } from "../../../domain/values/ids.ts";
import { adviceFactsOf, type Fact, type PageKind, type PaymentMaker } from "../transcript/facts.ts";
import { importFacts } from "./import.ts";
import type { ModelRun } from "./model-run.ts";
import { sweepFacts } from "./sweep.ts";

/** What happened outside of Reprise: from the model's payments and requests, the mails and the operator's alerts. */
export function factsOf(run: ModelRun): Fact[] {
  const { dodo, world, timeline } = run;
  return [
    ...dodo.payments.map((payment) => paymentFact(payment, dodo)),
    ...dodo.mutations.flatMap((mutation) => requestFact(mutation, dodo)),
    ...run.commands.flatMap(({ at, by, id }): Fact[] => {
      const reply = id === null ? NOTHING_OPEN : world.replies.get(id);
      if (reply === undefined) throw new Error(`the command by the ${by} has no reply`);
      if (reply.ok) return [];
      return by === "operator"
        ? [{ kind: "command_refused", at, code: reply.code }]
        : [{ kind: "page_shown", at, page: pageOf(reply.code) }];
    }),
    ...mailFacts(world, dodo),
    ...world.alerts.map(({ at, cause }): Fact => ({ kind: "operator_notified", at, cause })),
    ...adviceFactsOf(world.published),
    ...sweepFacts(run, () => 0),
    ...importFacts(run),
    ...endFacts(world, dodo),
    ...(world.isOpen ? [{ kind: "open", at: timeline.now(), status: dodo.status } as const] : []),
  ];
}

const NOTHING_OPEN: CommandReply = {
  ok: false,
  code: "nothing_owed",
  reason: "no recovery is open",
};

function debtNumber(dodo: ModelDodo, debtId: string | null): number {
  const charges = dodo.payments.filter(({ origin }) => origin === "merchant");
  return charges.findIndex(({ paymentId }) => paymentId === debtId) + 1;
}

function requestFact(mutation: Mutation, dodo: ModelDodo): Fact[] {
  const { at, what, requested, paymentId, answer } = mutation;
  if (what === "cancel") return [{ kind: "cancel", at }];
  if (what !== "charge" || requested === null || paymentId !== null) return [];
  const key = parseAttemptKey(requested.key);
  return [
    {
      kind: "no_payment",
      at,
      number: key?.number ?? 0,
      debt: debtNumber(dodo, key?.debtId ?? null),
      amountMinor: requested.amountMinor,
      currency: requested.currency,
      answer: typeof answer === "string" ? null : answer,
    },
  ];
}

function paymentFact(payment: ModelPayment, dodo: ModelDodo): Fact {
  const { createdAt: at, totalMinor, currency, origin, paymentId } = payment;
  const ends = payment.ends.map(({ at: endedAt, status, declineCode: code }) => ({
    at: endedAt,
    status,
    code,
  }));
  const key = parseAttemptKey(payment.metadata["recovery_attempt"]);
  const maker = key?.number ?? makerOf(origin, dodo);
  const debt = debtNumber(dodo, key?.debtId ?? paymentId);
  const request = dodo.mutations.find((mutation) => mutation.paymentId === paymentId);
  const isUnanswered = request !== undefined && request.answer !== "given";
  return { kind: "payment", at, maker, debt, totalMinor, currency, isUnanswered, ends };
}

function makerOf(origin: ModelPayment["origin"], dodo: ModelDodo): PaymentMaker {
  if (origin === "merchant") return dodo.isOnDemand ? "merchant" : "renewal";
  // Reprise's charges carry a key.
  return origin === "charge" ? 0 : origin;
}

/** The page that the gateway shows for a refusal. */
function pageOf(code: string): PageKind {
  if (code === "nothing_owed" || code === "stale_link") return "nothing_owed";
  if (code === "confirm_with_bank") return "confirmation";
  return code === "being_processed" ? "being_processed" : "unavailable";
}

function mailFacts(world: ModelWorld, dodo: ModelDodo): Fact[] {
  const effects = world.decisions.flatMap(({ decision }) =>
    decision.effects.filter((effect) => effect.kind === "notice"),
  );
  return world.mails.map(({ at, key: name }) => {
    const effect = effects.find(({ debtId, key }) => name.endsWith(`/${debtId}/${key}`));
    if (effect === undefined) throw new Error(`no decision has the mail ${name}`);
    const notice: NoticeKind = effect.notice;
    const debt = debtNumber(dodo, effect.debtId);
    return { kind: "mail", at, notice, debt, key: effect.key, reason: effect.declineCode };
  });
}

function endFacts({ runs, results, stoppedAt }: ModelWorld, dodo: ModelDodo): Fact[] {
  const ended = runs.filter(({ endedAt }) => endedAt !== null && !stoppedAt.includes(endedAt));
  return ended.map(({ endedAt }, index) => {
    const debts = results[index]?.debts.map(({ debtId, ...end }) => ({
      ...end,
      debt: debtNumber(dodo, debtId),
    }));
    if (debts === undefined) throw new Error("a run ended without a result");
    return { kind: "end", at: endedAt ?? 0, debts };
  });
}
