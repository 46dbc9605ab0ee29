import type { ModelDodo, ModelPayment, Mutation } from "../../../dev/model/dodo.ts";
import type { ModelWorld } from "../../../dev/model/world.ts";
import type { CommandReply } from "../../../domain/state/command.ts";
import type { NoticeKind } from "../../../domain/state/notice.ts";
import { parseAttemptKey } from "../../../domain/values/ids.ts";
import type { Fact, PageKind, PaymentMaker } from "../transcript/facts.ts";
import type { Scene } from "./story-run.ts";
import { sweepFacts } from "./sweep.ts";

/** What happened outside: from the model's books, from the mails, and from what was said to the operator. */
export function factsOf(scene: Scene): Fact[] {
  const { dodo, world, timeline } = scene;
  return [
    ...dodo.payments.map((payment) => paymentFact(payment, dodo)),
    ...dodo.mutations.flatMap((mutation) => requestFact(mutation, dodo)),
    ...scene.commands.flatMap(({ at, who, id }): Fact[] => {
      const reply = id === null ? NOTHING_OPEN : world.replies.get(id);
      if (reply === undefined) throw new Error(`the ${who} was not answered`);
      if (reply.ok) return [];
      return who === "operator"
        ? [{ kind: "operator_refused", at, code: reply.code }]
        : [{ kind: "page_refused", at, page: pageOf(reply.code) }];
    }),
    ...mailFacts(world, dodo),
    ...world.alerts.map(({ at, cause }): Fact => ({ kind: "operator", at, cause })),
    ...sweepFacts(scene, () => 0),
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
  const { at, what, asked, paymentId, answer } = mutation;
  if (what === "cancel") return [{ kind: "cancel", at }];
  if (what !== "charge" || asked === null || paymentId !== null) return [];
  const key = parseAttemptKey(asked.key);
  return [
    {
      kind: "no_payment",
      at,
      number: key?.number ?? 0,
      debt: debtNumber(dodo, key?.debtId ?? null),
      amountMinor: asked.amountMinor,
      currency: asked.currency,
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
  const who = key?.number ?? makerOf(origin, dodo);
  const debt = debtNumber(dodo, key?.debtId ?? paymentId);
  const request = dodo.mutations.find((mutation) => mutation.paymentId === paymentId);
  const isUnanswered = request !== undefined && request.answer !== "given";
  return { kind: "payment", at, who, debt, totalMinor, currency, isUnanswered, ends };
}

function makerOf(origin: ModelPayment["origin"], dodo: ModelDodo): PaymentMaker {
  if (origin === "merchant") return dodo.isOnDemand ? "merchant" : "renewal";
  // A charge of ours carries its key.
  return origin === "charge" ? 0 : origin;
}

/** The page on which the gateway shows a refusal. */
function pageOf(code: string): PageKind {
  if (code === "nothing_owed" || code === "stale_link") return "nothing_owed";
  return code === "being_processed" ? "being_processed" : "unavailable";
}

function mailFacts(world: ModelWorld, dodo: ModelDodo): Fact[] {
  const effects = world.decisions.flatMap(({ decision }) =>
    decision.effects.filter((effect) => effect.kind === "notice"),
  );
  return world.mails.map(({ at, key: name }) => {
    const effect = effects.find(({ debtId, key }) => name.endsWith(`/${debtId}/${key}`));
    if (effect === undefined) throw new Error(`nobody decided on the mail ${name}`);
    const notice: NoticeKind = effect.notice;
    const debt = debtNumber(dodo, effect.debtId);
    return { kind: "mail", at, notice, debt, key: effect.key, reason: effect.declineCode };
  });
}

function endFacts({ runs, results }: ModelWorld, dodo: ModelDodo): Fact[] {
  const ended = runs.filter(({ endedAt }) => endedAt !== null);
  return ended.map(({ endedAt }, index) => {
    const debts = results[index]?.debts.map(({ debtId, ...end }) => ({
      ...end,
      debt: debtNumber(dodo, debtId),
    }));
    if (debts === undefined) throw new Error("a run ended without a result");
    return { kind: "end", at: endedAt ?? 0, debts };
  });
}
