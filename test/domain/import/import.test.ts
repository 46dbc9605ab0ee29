import { describe, expect, test } from "vitest";
import type { ModelOptions } from "../../../dev/model/ledger.ts";
import {
  addHeldPage,
  addRow,
  countsOf,
  IMPORT_MAX,
  type ImportedDebt,
  type ImportRow,
  newImport,
} from "../../../domain/import/import.ts";
import { reserveNotice } from "../../../domain/notice/weekly-cap.ts";
import { DEFAULT_POLICY, type Policy } from "../../../domain/policy.ts";
import type { Mode } from "../../../domain/state/outcome.ts";
import { parseSubscriptionId, type SubscriptionId } from "../../../domain/values/ids.ts";
import {
  DAY_0,
  DAY_MS,
  dayOf,
  HOUR_MS,
  MINUTE_MS,
  type Scenario,
  startScenario,
} from "../../support/domain/scenario.ts";

function idOf(text: string): SubscriptionId {
  const id = parseSubscriptionId(text);
  if (id === null) throw new Error("malformed");
  return id;
}

type Import = { readonly row: ImportRow; readonly scenario: Scenario };

type Given = {
  readonly code?: string;
  readonly retry?: boolean;
  readonly policy?: Partial<Policy>;
  readonly options?: Partial<ModelOptions>;
  readonly mode?: Mode;
  readonly dryRun?: boolean;
  /** What happens between the failure and the import. */
  readonly meanwhile?: (scenario: Scenario) => void | Promise<void>;
};

/** A charge fails on day 0 without a webhook, and is imported on a later day. */
async function imported(day: number, given: Given = {}): Promise<Import> {
  const { code = "INSUFFICIENT_FUNDS", retry = false, dryRun = false } = given;
  const policy = { ...DEFAULT_POLICY, ...given.policy };
  const scenario = startScenario(given.options, policy, given.mode);
  const { world, dodo, timeline, until } = scenario;
  world.deliver = () => null;
  dodo.merchantCharges({ kind: "decline", code });
  await until(0, HOUR_MS);
  await given.meanwhile?.(scenario);
  await until(day);
  world.deliver = () => [1_000];
  const row = await world.importing().importDebt({
    at: timeline.now(),
    subscriptionId: idOf(dodo.subscriptionId),
    dryRun,
    import: { importId: "import-1", by: "anna", isVerified: true, retry },
  });
  return { row, scenario };
}

const debtOf = ({ row }: Import): ImportedDebt => {
  if (row.did === "left_out") throw new Error(row.why);
  return row.debt;
};

const charges = ({ scenario: { dodo } }: Import): readonly number[] =>
  dodo.mutations.filter(({ what }) => what === "charge").map(({ at }) => at);

describe("an import", () => {
  test.each([
    ["INSUFFICIENT_FUNDS", 2, false],
    ["INSUFFICIENT_FUNDS", 40, false],
    ["INSUFFICIENT_FUNDS", 40, true],
    ["NETWORK_ERROR", 1, false],
    ["STOLEN_CARD", 2, true],
    ["EXPIRED_CARD", 300, false],
  ] as const)(
    "of %s, %i days old, retry %s, mails and charges when its table says",
    async (code, day, retry) => {
      const one = await imported(day, { code, retry });
      const { mailAt, chargeAt } = debtOf(one);
      await one.scenario.until(day + 6);
      const [mail] = one.scenario.world.mails;
      // The recovery reads twice before it plans, and a task takes a moment.
      expect(Math.abs((mail?.at ?? 0) - (mailAt ?? 0))).toBeLessThan(MINUTE_MS);
      const [charge] = charges(one);
      expect(charge === undefined ? null : dayOf(charge).slice(0, -3)).toBe(
        chargeAt === null ? null : dayOf(chargeAt).slice(0, -3),
      );
      if (charge !== undefined) {
        expect(charge).toBeGreaterThanOrEqual(DAY_0 + (day + 1) * DAY_MS);
        expect(mail?.at).toBeLessThan(charge);
      }
    },
  );

  test("of a debt that only the merchant can mend says that the operator is asked", async () => {
    const one = await imported(2, { code: "INVALID_AMOUNT" });
    expect(debtOf(one)).toMatchObject({ asks: "merchant_code", mailAt: null, chargeAt: null });
    await one.scenario.until(3);
    expect(one.scenario.world.recovery?.state).toBe("needs_attention");
  });

  test("leaves out a debt whose payment was refunded since", async () => {
    const { row } = await imported(5, {
      meanwhile: async ({ dodo, until }) => {
        dodo.merchantCharges({ kind: "succeed" });
        await until(1);
        const [paid] = dodo.succeeded;
        if (paid !== undefined) dodo.reverse(paid, "refunded");
      },
    });
    expect(row).toMatchObject({ did: "left_out", why: "refunded" });
  });

  test("leaves out two failures of different amounts, which may be one debt or two", async () => {
    const { row } = await imported(5, {
      meanwhile: ({ dodo }) => {
        dodo.merchantCharges({ kind: "decline", code: null }, {}, 1_500);
      },
    });
    expect(row).toMatchObject({ did: "left_out", why: "unclear" });
  });

  test("leaves out what failed more than a year ago", async () => {
    const { row } = await imported(370);
    expect(row).toMatchObject({ did: "left_out", why: "no_failed_payment" });
  });

  test("opens nothing in a dry run", async () => {
    const { row, scenario } = await imported(2, { dryRun: true });
    expect(row.did).toBe("would_open");
    expect(scenario.world.isOpen).toBe(false);
  });

  test("records who imported, also where nothing checked the name", async () => {
    const one = await imported(2);
    await one.scenario.untilOver();
    const [result] = one.scenario.world.results;
    expect(result?.debts[0]?.imported).toMatchObject({ by: "anna", isVerified: true });
  });

  test("does not charge a dead address: nobody was told, so a person is asked", async () => {
    const one = await imported(2);
    one.scenario.world.mailer = async () =>
      await Promise.resolve({ kind: "rejected", detail: "550" });
    await one.scenario.until(8);
    expect(charges(one)).toEqual([]);
    expect(one.scenario.world.recovery?.attention.map(({ cause }) => cause)).toEqual([
      "announcement_unsent",
    ]);
  });

  test("waits with a card that was changed on an active subscription until the customer has a mail", async () => {
    const one = await imported(3, {
      options: { holdsOnFailure: false },
      meanwhile: ({ dodo }) => {
        dodo.setUpCard("pm_9");
      },
    });
    await one.scenario.until(3, 6 * HOUR_MS);
    expect(charges(one)).toEqual([]);
    await one.scenario.until(6);
    expect(charges(one).length).toBeGreaterThan(0);
    expect(one.scenario.world.mails[0]?.at).toBeLessThan(charges(one)[0] ?? 0);
  });

  test("goes on in the run that follows a stopped one, however old its debt is", async () => {
    const one = await imported(70, { retry: true });
    const { world, dodo, until } = one.scenario;
    await until(70, HOUR_MS);
    const given = world.recovery?.imported;
    world.terminate();
    dodo.setStatus("on_hold", "subscription.on_hold");
    await until(70, 2 * HOUR_MS);
    expect(world.recovery).toMatchObject({ state: "waiting", imported: given });
    await until(80);
    expect(world.results).toMatchObject([{ outcome: "recovered", by: "attempt" }]);
  });

  test("says nothing of a debt that fails after it, in the run that follows a stopped one", async () => {
    const one = await imported(3);
    const { world, dodo, until } = one.scenario;
    await until(3, HOUR_MS);
    world.terminate();
    world.deliver = () => null;
    dodo.merchantCharges({ kind: "succeed" });
    await until(20);
    world.deliver = () => [1_000];
    dodo.merchantCharges({ kind: "decline", code: "INSUFFICIENT_FUNDS" }, {}, 1_500);
    await until(20, HOUR_MS);
    expect(world.recovery).toMatchObject({ state: "waiting", imported: null });
    expect(world.recovery?.windowEndsAt).toBeGreaterThan(DAY_0 + 49 * DAY_MS);
  });

  test("charges the second of its debts only after a mail about it, whatever came of the first", async () => {
    const one = await imported(12, {
      code: "EXPIRED_CARD",
      meanwhile: async ({ dodo, until }) => {
        await until(5);
        dodo.merchantCharges({ kind: "decline", code: "INSUFFICIENT_FUNDS" }, {}, 1_500);
      },
      policy: { foreignCharges: "new_debt" },
    });
    const { world, dodo, until } = one.scenario;
    await until(14);
    expect(world.mails).toHaveLength(1);
    dodo.merchantUsesSavedMethod("pm_2", { kind: "succeed" });
    await until(30);
    expect(charges(one)).not.toEqual([]);
    const about = world.mails.filter(({ key }) => key.includes("/pay_2/"));
    expect(about[0]?.at).toBeLessThan(charges(one)[0] ?? 0);
  });

  test("in shadow mode opens the recovery, and sends and charges nothing", async () => {
    const one = await imported(2, { mode: "shadow" });
    await one.scenario.until(20);
    expect(one.scenario.world.mails).toEqual([]);
    expect(charges(one)).toEqual([]);
    expect(one.scenario.world.recovery?.mode).toBe("shadow");
  });

  test("announces once where the policy announces nothing, and charges after that", async () => {
    const { notices } = DEFAULT_POLICY;
    const one = await imported(2, {
      policy: { notices: { ...notices, beforeAttemptMs: 0 } },
    });
    await one.scenario.until(6);
    expect(one.scenario.world.mails[0]?.at).toBeLessThan(charges(one)[0] ?? 0);
  });
});

describe("a customer's notices in the first day after an import", () => {
  const at = (hours: number): number => DAY_0 + hours * HOUR_MS;
  const ask = (
    reserved: Parameters<typeof reserveNotice>[0],
    key: string,
    hours: number,
    importedHours: number | null,
  ): ReturnType<typeof reserveNotice> =>
    reserveNotice(reserved, {
      key,
      at: at(hours),
      perWeek: 5,
      ...(importedHours === null ? {} : { importedAt: at(importedHours) }),
    });

  test("are one, whichever of several imported debts it is about", () => {
    const first = ask([], "a", 2, 0);
    expect(first.answer).toEqual({ granted: true });
    const second = ask(first.reserved, "b", 3, 0);
    expect(second.answer).toEqual({ granted: false, until: at(24) });
    expect(ask(second.reserved, "a", 4, 0).answer).toEqual({ granted: true });
    expect(ask(second.reserved, "b", 24, 0).answer).toEqual({ granted: true });
  });

  test("are one, also where the other is about a debt that was not imported", () => {
    const first = ask([], "a", 2, 0);
    expect(ask(first.reserved, "b", 3, null).answer).toEqual({ granted: false, until: at(24) });
    const other = ask([], "b", 1, null);
    expect(ask(other.reserved, "a", 2, 0).answer).toEqual({ granted: false, until: at(24) });
  });

  test("do not count what the customer got before the import", () => {
    const before = ask([], "b", 1, null);
    expect(ask(before.reserved, "a", 3, 2).answer).toEqual({ granted: true });
  });
});

describe("the progress of an import", () => {
  const order = {
    importId: "import-1",
    subscriptionIds: null,
    dryRun: false,
    retry: false,
    by: "anna",
    isVerified: true,
  } as const;
  const ids = (count: number, from = 0): SubscriptionId[] =>
    Array.from({ length: count }, (_one, at) => idOf(`sub_${from + at}`));

  test("takes each subscription once, also where a list moves while it is read", () => {
    const first = addHeldPage(newImport(order, 0), {
      subscriptionIds: ids(3),
      haveRecovery: 1,
      isLast: false,
    });
    expect(first).toMatchObject({ nextPage: 1 });
    const second = addHeldPage(first, {
      subscriptionIds: ids(3, 2),
      haveRecovery: 0,
      isLast: true,
    });
    expect(second).toMatchObject({ nextPage: null, waiting: ids(5), isCutOff: false });
    const twice = newImport({ ...order, subscriptionIds: [...ids(2), ...ids(2)] }, 0);
    expect(twice.waiting).toEqual(ids(2));
  });

  test("stops at what fits one import, and says so", () => {
    const full = addHeldPage(newImport(order, 0), {
      subscriptionIds: ids(IMPORT_MAX + 1),
      haveRecovery: 0,
      isLast: false,
    });
    expect(full).toMatchObject({ nextPage: null, isCutOff: true });
    expect(full.waiting).toHaveLength(IMPORT_MAX);
  });

  test("sums what is opened by currency, and counts why others are left out", () => {
    const debt = { debtId: "pay_1", amountMinor: 2_900, currency: "USD" } as never;
    const [a, b, c] = ids(3);
    const rows: ImportRow[] = [
      { subscriptionId: a as SubscriptionId, did: "opened", debt },
      { subscriptionId: b as SubscriptionId, did: "left_out", why: "paid_since" },
    ];
    const progress = rows.reduce(addRow, newImport({ ...order, subscriptionIds: ids(3) }, 0));
    expect(progress.waiting).toEqual([c]);
    expect(countsOf(progress)).toMatchObject({
      total: 3,
      judged: 2,
      opens: 1,
      leftOut: { paid_since: 1 },
      amounts: { USD: 2_900 },
    });
  });

  test("fits Temporal's limit of a payload with the longest table", () => {
    const row = (id: SubscriptionId): ImportRow => ({
      subscriptionId: id,
      did: "opened",
      debt: {
        debtId: `pay_${"x".repeat(22)}` as never,
        amountMinor: 1_234_567,
        currency: "USD",
        failedAt: DAY_0,
        declineCode: "AUTHENTICATION_REQUIRED",
        mailAt: DAY_0,
        chargeAt: DAY_0,
        asks: "announcement_unsent",
        isObserved: true,
        queued: 20,
      },
    });
    const long = ids(IMPORT_MAX).map((id) => idOf(`${id}_${"x".repeat(16)}`));
    const progress = { ...newImport(order, 0), rows: long.map(row) };
    expect(JSON.stringify(progress).length).toBeLessThan(2 * 1_024 * 1_024 * 0.9);
  });
});
