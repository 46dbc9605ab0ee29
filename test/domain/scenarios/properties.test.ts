import { describe, expect, test } from "vitest";
import { isOwn } from "../../../dev/model/ledger.ts";
import { DEFAULT_POLICY } from "../../../domain/policy.ts";
import { SCHEDULE_TRIGGERS } from "../../../domain/state/attempt.ts";
import { DAY_MS } from "../../support/domain/scenario.ts";
import { CHECK_MS, COLLECTS_ELSEWHERE, forWorlds, isMerchants } from "./random-worlds.ts";

describe("whatever webhooks, faults, operators and customers do", () => {
  test("nothing is collected twice", async () => {
    await forWorlds((run, plan) => {
      if (plan.interferences.some(({ kind }) => COLLECTS_ELSEWHERE.includes(kind))) return;
      expect(run.dodo.succeeded.length).toBeLessThanOrEqual(1);
    });
  });

  test("no debt is collected twice by Reprise, whoever else charges", async () => {
    await forWorlds((run) => {
      const keys = run.dodo.succeeded.flatMap(({ metadata }) => metadata["recovery_attempt"] ?? []);
      const debts = keys.map((key) => String(key).split(".")[0]);
      expect(new Set(debts).size).toBe(debts.length);
      expect(run.dodo.succeeded.filter(({ isManualRetry }) => isManualRetry).length).toBeLessThan(
        2,
      );
    });
  });

  test("each charge asks for the amount of its debt's first charge", async () => {
    await forWorlds((run) => {
      for (const payment of run.dodo.payments) {
        const debtId = String(payment.metadata["recovery_attempt"] ?? "").split(".")[0];
        const first = run.dodo.payments.find(({ paymentId }) => paymentId === debtId);
        if (first !== undefined) expect(payment.totalMinor).toBe(first.totalMinor);
      }
    });
  });

  test("an observed scheduled subscription is never charged", async () => {
    await forWorlds((run, { scheme }) => {
      if (scheme === "observe") expect(run.dodo.mutations).toEqual([]);
      if (scheme !== "on_demand")
        expect(run.dodo.mutations.map(({ what }) => what)).not.toContain("charge");
    });
  });

  test("no charge is sent after a payment has settled the debt, unless a person was asked", async () => {
    await forWorlds((run, { foreignCharges, interferences }) => {
      // A payment may settle one debt and not the other; the stories cover that.
      if (interferences.some(({ kind }) => kind.startsWith("another_debt"))) return;
      for (const { createdAt, metadata } of run.dodo.payments) {
        const debtId = String(metadata["recovery_attempt"] ?? "").split(".")[0];
        const first = run.dodo.payments.find(({ paymentId }) => paymentId === debtId);
        if (first === undefined) continue;
        const settledBy = run.dodo.succeeded.find(
          (one) =>
            one.createdAt > first.createdAt &&
            one.ends.length > 0 &&
            // The policy may say that a merchant's own charge pays something else.
            !(foreignCharges === "new_debt" && isMerchants(one)) &&
            (one.ends[0]?.at ?? 0) + CHECK_MS + run.dodo.listLagMs < createdAt,
        );
        if (settledBy !== undefined)
          expect(run.world.alerts.map(({ cause }) => cause)).toContain("unattributed_success");
      }
    });
  });

  test("every command gets a reply", async () => {
    await forWorlds((run) => {
      const decided = run.world.decisions.flatMap(({ event }) =>
        event.kind === "command" ? event.commandId : [],
      );
      for (const commandId of decided) expect(run.world.replies.has(commandId)).toBe(true);
    });
  });

  test("the number of decisions is bounded", async () => {
    await forWorlds((run) => {
      expect(run.world.decisions.length).toBeLessThan(1_200);
    });
  });

  test("a collected debt ends as recovered, unless it waits for a person", async () => {
    await forWorlds((run, plan) => {
      const elsewhere = ["merchant_charges", "another_debt_paid"];
      if (plan.interferences.some(({ kind }) => elsewhere.includes(kind))) return;
      // A payment after the end, or too shortly before it to be seen, is not part of the recovery.
      const endedAt = run.world.results[0]?.debts[0]?.endedAt ?? Number.POSITIVE_INFINITY;
      const seenUntil = endedAt - CHECK_MS - run.dodo.listLagMs;
      if (!run.dodo.succeeded.some(({ createdAt }) => createdAt < seenUntil)) return;
      const outcomes = run.world.results.map(({ outcome }) => outcome);
      if (run.world.alerts.some(({ cause }) => cause === "unattributed_success")) return;
      const isHeld = ["needs_attention", "paused"].includes(run.world.recovery?.state ?? "");
      if (!isHeld) expect(outcomes).toContain("recovered");
    });
  });

  test("every recovery ends, or waits for a person", async () => {
    await forWorlds((run) => {
      const { recovery, isOpen } = run.world;
      if (isOpen) expect(["needs_attention", "paused"]).toContain(recovery?.state);
    });
  });

  test("the merchant's systems get one opening and one end of each debt, in that order", async () => {
    await forWorlds(({ world: { published, results } }) => {
      const ended = results.flatMap(({ debts }) => debts).filter((one) => one.amountMinor !== null);
      for (const { debtId, outcome } of ended) {
        const aboutDebt = published.filter((one) => one.debtId === debtId);
        const types = aboutDebt.map(({ type }) => type);
        // Found to be nothing before its opening was published.
        if (outcome === "nothing_owed" && types.length === 0) continue;
        expect(types.filter((type) => type === "recovery.opened").length).toBe(1);
        expect(types[0]).toBe("recovery.opened");
        expect(types.filter((type) => type === `recovery.${outcome}`).length).toBe(1);
        expect(types.at(-1)).toBe(`recovery.${outcome}`);
      }
      expect(new Set(published.map(({ id }) => id)).size).toBe(published.length);
    });
  });

  test("every wake-up is in the future and every decision has a reason", async () => {
    await forWorlds((run) => {
      for (const { at, decision } of run.world.decisions) {
        expect(decision.reason).not.toBe("");
        expect(decision.wakeAt ?? Number.POSITIVE_INFINITY).toBeGreaterThan(at);
      }
    });
  });

  test("the schedule makes at most four attempts of a debt", async () => {
    await forWorlds((run) => {
      const attempts = run.world.results.flatMap(({ debts }) => debts.map((debt) => debt.attempts));
      for (const all of attempts) {
        const scheduled = all.filter(({ trigger }) => SCHEDULE_TRIGGERS.includes(trigger));
        expect(scheduled.length).toBeLessThanOrEqual(DEFAULT_POLICY.retry.gapsMs.length + 1);
      }
    });
  });

  test("a card with a final decline is not charged again, unless it worked since", async () => {
    await forWorlds((run) => {
      for (const { methodId, createdAt } of run.dodo.payments.filter(isOwn)) {
        const finalDecline = run.dodo.payments.find(
          (one) =>
            one.methodId === methodId &&
            (isOwn(one) || one === run.dodo.payments[0]) &&
            (one.ends[0]?.at ?? createdAt) < createdAt &&
            ["STOLEN_CARD", "EXPIRED_CARD"].includes(one.declineCode ?? ""),
        );
        const worked = run.dodo.succeeded.some(
          (one) => one.methodId === methodId && one.createdAt > (finalDecline?.createdAt ?? 0),
        );
        if (!worked) expect(finalDecline).toBeUndefined();
      }
    });
  });

  test("a subscription is charged at most eight times in 30 days without an operator", async () => {
    await forWorlds((run, { interferences }) => {
      if (interferences.some(({ kind }) => kind === "retry_now")) return;
      for (const { createdAt } of run.dodo.payments.filter(isOwn)) {
        const month = run.dodo.payments.filter(
          (one) =>
            one.createdAt <= createdAt &&
            one.createdAt > createdAt - 30 * DAY_MS &&
            one.totalMinor > 0,
        );
        expect(month.length).toBeLessThanOrEqual(8);
      }
    });
  });

  test("the state of a recovery survives JSON", async () => {
    await forWorlds((run) => {
      for (const { recovery } of run.world.decisions)
        expect(JSON.parse(JSON.stringify(recovery))).toEqual(recovery);
    });
  });
});
