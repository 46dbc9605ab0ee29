import { type Instant, SECOND_MS } from "../../../domain/values/time.ts";
import { PRODUCT_ID } from "../../model/bodies.ts";
import { debtOf, debtOfMail, type Ledger, noticeOfMail } from "./ledger.ts";
import type { Violation } from "./violation.ts";

/** Invariants of debts whose customer has bought the same product again. */
export function findInReplacements(ledger: Ledger): Violation[] {
  if (ledger.run.plan.policy.replacedBy === "ignore") return [];
  const mails = ledger.run.world.mails.filter((mail) => !CLOSING.includes(noticeOfMail(mail)));
  return [
    ...ledger.charges.flatMap(({ at, key, what, debtId }): Violation[] => {
      const replacement = replacementOf(debtId, at, ledger);
      if (replacement === null) return [];
      return [{ name: "charged_replaced_debt", at, detail: `${key ?? what}: ${replacement}` }];
    }),
    ...mails.flatMap((mail): Violation[] => {
      const replacement = replacementOf(debtOfMail(mail), mail.at, ledger);
      if (replacement === null) return [];
      const detail = `${noticeOfMail(mail)}: ${replacement}`;
      return [{ name: "notice_after_replacement", at: mail.at, detail }];
    }),
  ];
}

const CLOSING = ["recovered", "cancelled"];

/** The reads before a request take time. */
const READS_MS = 60 * SECOND_MS;

/**
 * A subscription to the same product that was bought after the debt's first failure, paid long enough before `at` to be
 * seen, and about which no person has answered since.
 */
function replacementOf(debtId: string | null, at: Instant, ledger: Ledger): string | null {
  const { run, payments, unseenMs } = ledger;
  const first = payments.find(
    (one) => one.paymentId === debtId || (debtId !== null && debtOf(one, ledger) === debtId),
  );
  if (first?.ends[0]?.status !== "failed" || first.ends[0].at > at) return null;
  const found = run.dodo.others.find(
    (other) =>
      other.productId === PRODUCT_ID &&
      other.createdAt > first.createdAt &&
      other.payments.some(
        ({ createdAt }) =>
          createdAt + unseenMs + READS_MS < at && !isAnswered(createdAt, at, ledger),
      ),
  );
  return found?.subscriptionId ?? null;
}

/** An answer to any question counts: the run does not show which payment it was about. */
function isAnswered(from: Instant, to: Instant, { run }: Ledger): boolean {
  return run.commands.some(
    ({ at, command }) => command.action === "resume" && at > from && at <= to,
  );
}
