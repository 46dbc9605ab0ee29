import { ModelDodo, type ModelOptions } from "../../../dev/model/dodo.ts";
import { AUTHORIZED_AT, DAY_0, formatStoryTime } from "../../../dev/model/story-day.ts";
import { Timeline } from "../../../dev/model/timeline.ts";
import { ModelWorld } from "../../../dev/model/world.ts";
import { DEFAULT_POLICY, type Policy } from "../../../domain/policy.ts";
import { describeAlert } from "../../../domain/state/alert.ts";
import type { Mode } from "../../../domain/state/outcome.ts";
import {
  DAY_MS,
  describeInstant,
  HOUR_MS,
  type Instant,
  MINUTE_MS,
  SECOND_MS,
} from "../../../domain/values/time.ts";

export type Scenario = {
  readonly timeline: Timeline;
  readonly dodo: ModelDodo;
  readonly world: ModelWorld;
  /** Runs to a day of the scenario, and so many milliseconds longer. */
  readonly until: (day: number, plusMs?: number) => Promise<void>;
  readonly untilOver: () => Promise<void>;
  /** Requests to Dodo, mails, alerts and states, one per line, in order of time. */
  readonly transcript: () => string[];
};

/** Creates a model of Dodo and a recovery in virtual time, with the production rules, loop and activities. */
export function startScenario(
  options: Partial<ModelOptions> = {},
  policy: Policy = DEFAULT_POLICY,
  mode: Mode = "act",
): Scenario {
  const timeline = new Timeline(DAY_0);
  const known = { authorizedAt: AUTHORIZED_AT, unsettledTax: "given" } as const;
  const dodo = new ModelDodo(timeline, { ...known, ...options });
  const world = new ModelWorld(timeline, dodo, () => policy, mode);
  const check = (): void => {
    if (world.errors.length > 0) throw world.errors[0];
  };
  return {
    timeline,
    dodo,
    world,
    until: async (day, plusMs = 0) => {
      await timeline.run(DAY_0 + day * DAY_MS + plusMs);
      check();
    },
    untilOver: async () => {
      await timeline.run(DAY_0 + 100 * DAY_MS, () => world.results.length > 0 && !world.isOpen);
      check();
    },
    transcript: () => transcriptOf(dodo, world),
  };
}

/** `day 3 13:10:00`, counted by the calendar from the day of the first failure. */
export function dayOf(at: Instant): string {
  return formatStoryTime(at).slice(0, -".000".length);
}

function transcriptOf(dodo: ModelDodo, world: ModelWorld): string[] {
  const lines = [
    ...dodo.mutations.map(({ at, what }) => ({ at, line: what })),
    ...world.mails.map(({ at, key }) => ({ at, line: `mail ${key.split("/").at(-1) ?? ""}` })),
    ...world.alerts.map((alert) => ({
      at: alert.at,
      line: `operator ${alert.cause} ${describeAlert(alert)}`,
    })),
    ...world.decisions
      .filter(({ decision }) => decision.changes.state !== undefined)
      .map(({ at, decision }) => ({ at, line: `-> ${decision.changes.state}` })),
  ];
  const results = world.results.map(
    ({ outcome, by, reactivated }) => `end ${outcome} by ${by ?? "-"}, reactivated ${reactivated}`,
  );
  const sorted = lines.toSorted((a, b) => a.at - b.at);
  return [...sorted.map(({ at, line }) => `${dayOf(at)}  ${line}`), ...results];
}

/** All decisions with their reasons, to find out why a scenario fails. */
export function describeDecisions(world: ModelWorld): string {
  return world.decisions
    .map(
      ({ at, event, decision }) =>
        `${describeInstant(at)} ${event.kind}: ${decision.reason} [${decision.rule}]`,
    )
    .join("\n");
}

export { AUTHORIZED_AT, DAY_0, DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS };
