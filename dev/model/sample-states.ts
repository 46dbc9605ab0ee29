import { DEFAULT_POLICY, type Policy } from "../../domain/policy.ts";
import { RECOVERY_STATES, type RecoveryState } from "../../domain/state/outcome.ts";
import { type Recovery } from "../../domain/state/recovery.ts";
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS } from "../../domain/values/time.ts";
import { ModelDodo } from "./dodo.ts";
import { chargeRequested } from "./events.ts";
import type { ModelOptions } from "./ledger.ts";
import { AUTHORIZED_AT, DAY_0 } from "./story-day.ts";
import { Timeline } from "./timeline.ts";
import { ModelWorld } from "./world.ts";

/** A recovery right after one of its decisions. */
export type SampleState = { readonly recovery: Recovery; readonly at: Instant };

/** Enough of each state for the tests that try every event; more of them add no case. */
const PER_STATE_MAX = 15;

type Scene = {
  readonly dodo: ModelDodo;
  readonly world: ModelWorld;
  /** Runs to the given day of the scenario, and `plusMs` longer. */
  readonly until: (day: number, plusMs?: number) => Promise<void>;
};

type Scenario = {
  /** Of the first charge. */
  readonly declineCode: string;
  readonly options?: Partial<ModelOptions>;
  readonly policy?: Partial<Policy>;
  readonly run: (scene: Scene) => Promise<void>;
};

async function statesOf(scenario: Scenario): Promise<SampleState[]> {
  const { declineCode: code, options, policy, run } = scenario;
  const timeline = new Timeline(DAY_0);
  const dodo = new ModelDodo(timeline, {
    authorizedAt: AUTHORIZED_AT,
    unsettledTax: "given",
    ...options,
  });
  const world = new ModelWorld(timeline, dodo, () => ({ ...DEFAULT_POLICY, ...policy }));
  const until: Scene["until"] = async (day, plusMs = 0) =>
    await timeline.run(DAY_0 + day * DAY_MS + plusMs);
  dodo.merchantCharges({ kind: "decline", code });
  await until(0, MINUTE_MS);
  await run({ dodo, world, until });
  return world.decisions.map(({ recovery, at }) => ({ recovery, at }));
}

const operator = { by: "anna", note: "" } as const;

/** Together they lead through every state; the first that reaches a state gives its typical sample. */
const SCENARIOS: readonly Scenario[] = [
  { declineCode: "INSUFFICIENT_FUNDS", run: ({ until }) => until(20) },
  {
    declineCode: "STOLEN_CARD",
    run: async ({ world, until }) => {
      world.command({ action: "create_payment_link", debtId: null });
      await until(1);
      world.command({ action: "pause", ...operator });
      await until(2);
      world.command({ action: "resume", ...operator });
      await until(40);
    },
  },
  {
    declineCode: "INSUFFICIENT_FUNDS",
    run: async ({ dodo, world, until }) => {
      dodo.faults.push({ kind: "timeout_before" });
      await until(3, HOUR_MS);
      world.command({ action: "write_off", ...operator });
      await until(40);
    },
  },
  {
    declineCode: "INSUFFICIENT_FUNDS",
    options: { refusesWhilePending: false },
    run: async ({ dodo, world, until }) => {
      dodo.verdicts.push({ kind: "stay", status: "requires_customer_action" });
      await until(7);
      world.command({
        action: "retry_now",
        ...operator,
        confirmedAbsent: false,
        confirmedDead: true,
      });
      await until(40);
    },
  },
  { declineCode: "INVALID_AMOUNT", run: ({ until }) => until(3) },
  {
    declineCode: "INSUFFICIENT_FUNDS",
    options: { onDemand: false },
    run: ({ until }) => until(20),
  },
  {
    declineCode: "INSUFFICIENT_FUNDS",
    policy: { foreignCharges: "new_debt" },
    run: async ({ dodo, until }) => {
      dodo.merchantCharges({ kind: "decline", code: "GENERIC_DECLINE" }, {}, 1_500);
      await until(30);
    },
  },
  {
    declineCode: "INSUFFICIENT_FUNDS",
    run: async ({ dodo, until }) => {
      // Dodo has the money and keeps the hold: the recovery waits for the reactivation.
      const setStatus = dodo.setStatus.bind(dodo);
      dodo.setStatus = (status, type) =>
        status === "active" ? undefined : setStatus(status, type);
      dodo.customerChangesMethod("pm_2");
      await until(3);
    },
  },
];

/** Requested charges, in every state that they have before their first decline. */
export async function sampleRequestedCharges(): Promise<readonly SampleState[]> {
  const timeline = new Timeline(DAY_0);
  const dodo = new ModelDodo(timeline, { authorizedAt: AUTHORIZED_AT, unsettledTax: "given" });
  const world = new ModelWorld(timeline, dodo, () => DEFAULT_POLICY);
  dodo.chargeFaults.push({ kind: "timeout_before" });
  dodo.verdicts.push({ kind: "decline", code: "INSUFFICIENT_FUNDS" });
  for (const digit of ["a", "b", "c"]) world.requestCharge(chargeRequested(DAY_0, { digit }));
  await timeline.run(DAY_0 + 20 * DAY_MS);
  return world.decisions.map(({ recovery, at }) => ({ recovery, at }));
}

/** Recoveries in every state, the typical one first. */
export async function sampleStates(): Promise<ReadonlyMap<RecoveryState, readonly SampleState[]>> {
  const all = (await Promise.all(SCENARIOS.map(statesOf))).flat();
  return new Map(
    RECOVERY_STATES.map((state) => [
      state,
      all.filter(({ recovery }) => recovery.state === state).slice(0, PER_STATE_MAX),
    ]),
  );
}
