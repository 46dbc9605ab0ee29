import { DEFAULT_POLICY, type Policy } from "../../domain/policy.ts";
import { RECOVERY_STATES, type RecoveryState } from "../../domain/state/outcome.ts";
import { type Recovery } from "../../domain/state/recovery.ts";
import {
  DAY_MS,
  HOUR_MS,
  type Instant,
  MINUTE_MS,
  parseInstant,
} from "../../domain/values/time.ts";
import { ModelDodo, type ModelOptions } from "./dodo.ts";
import { chargeRequested } from "./events.ts";
import { Timeline } from "./timeline.ts";
import { ModelWorld } from "./world.ts";

/** A recovery as it stood right after one of its decisions. */
export type Specimen = { readonly recovery: Recovery; readonly at: Instant };

/** Every story begins here: an authorization at 13:10 UTC, and a charge at 13:10 UTC two months later. */
export const AUTHORIZED_AT = parseInstant("2026-08-05T13:10:00Z") ?? 0;
export const DAY_0 = parseInstant("2026-10-05T13:10:00Z") ?? 0;

/** Enough of each state for a test of every event; more would only repeat. */
const PER_STATE_MAX = 15;

type Stage = {
  readonly dodo: ModelDodo;
  readonly world: ModelWorld;
  /** Runs to the given day of the story, and so much longer. */
  readonly until: (day: number, plusMs?: number) => Promise<void>;
};

type Play = (stage: Stage) => Promise<void>;

async function play(
  code: string,
  act: Play,
  options: Partial<ModelOptions> = {},
  policy: Partial<Policy> = {},
): Promise<Specimen[]> {
  const timeline = new Timeline(DAY_0);
  const dodo = new ModelDodo(timeline, { authorizedAt: AUTHORIZED_AT, ...options });
  const world = new ModelWorld(timeline, dodo, () => ({ ...DEFAULT_POLICY, ...policy }));
  const until: Stage["until"] = async (day, plusMs = 0) =>
    await timeline.run(DAY_0 + day * DAY_MS + plusMs);
  dodo.merchantCharges({ kind: "decline", code });
  await until(0, MINUTE_MS);
  await act({ dodo, world, until });
  return world.decisions.map(({ recovery, at }) => ({ recovery, at }));
}

const operator = { by: "anna", note: "" } as const;

/** Stories that lead through every state; the first to reach one gives its typical specimen. */
const PLAYS: readonly (() => Promise<Specimen[]>)[] = [
  () => play("INSUFFICIENT_FUNDS", ({ until }) => until(20)),
  () =>
    play("STOLEN_CARD", async ({ world, until }) => {
      world.command({ action: "create_payment_link", debtId: null });
      await until(1);
      world.command({ action: "pause", ...operator });
      await until(2);
      world.command({ action: "resume", ...operator });
      await until(40);
    }),
  () =>
    play("INSUFFICIENT_FUNDS", async ({ dodo, world, until }) => {
      dodo.faults.push({ kind: "timeout_before" });
      await until(3, HOUR_MS);
      world.command({ action: "write_off", ...operator });
      await until(40);
    }),
  () => play("INVALID_AMOUNT", ({ until }) => until(3)),
  () => play("INSUFFICIENT_FUNDS", ({ until }) => until(20), { onDemand: false }),
  () =>
    play(
      "INSUFFICIENT_FUNDS",
      async ({ dodo, until }) => {
        dodo.merchantCharges({ kind: "decline", code: "GENERIC_DECLINE" }, {}, 1_500);
        await until(30);
      },
      {},
      { foreignCharges: "new_debt" },
    ),
  () =>
    play("INSUFFICIENT_FUNDS", async ({ dodo, until }) => {
      // Dodo has the money and the hold stays: the subscription's return is waited for.
      const change = dodo.setStatus.bind(dodo);
      dodo.setStatus = (status, type) => (status === "active" ? undefined : change(status, type));
      dodo.customerChangesMethod("pm_2");
      await until(3);
    }),
];

/** Charges asked of us, in every state that they have before their first decline. */
export async function askedSpecimens(): Promise<readonly Specimen[]> {
  const timeline = new Timeline(DAY_0);
  const dodo = new ModelDodo(timeline, { authorizedAt: AUTHORIZED_AT });
  const world = new ModelWorld(timeline, dodo, () => DEFAULT_POLICY);
  dodo.chargeFaults.push({ kind: "timeout_before" });
  dodo.verdicts.push({ kind: "decline", code: "INSUFFICIENT_FUNDS" });
  for (const digit of ["a", "b", "c"]) world.ask(chargeRequested(DAY_0, { digit }));
  await timeline.run(DAY_0 + 20 * DAY_MS);
  return world.decisions.map(({ recovery, at }) => ({ recovery, at }));
}

/** Recoveries in every state, the typical one first. */
export async function specimens(): Promise<ReadonlyMap<RecoveryState, readonly Specimen[]>> {
  const stories = await Promise.all(PLAYS.map((begin) => begin()));
  const all = stories.flat();
  return new Map(
    RECOVERY_STATES.map((state) => [
      state,
      all.filter(({ recovery }) => recovery.state === state).slice(0, PER_STATE_MAX),
    ]),
  );
}
