import { createDodo } from "../../dodo/adapter/create-dodo.ts";
import { decide } from "../../domain/decide.ts";
import { DEFAULT_POLICY, type Policy } from "../../domain/policy.ts";
import type { Command } from "../../domain/state/command.ts";
import { DAY_MS, type Instant, SECOND_MS } from "../../domain/values/time.ts";
import { ModelDodo } from "../model/dodo.ts";
import { chargeRequested } from "../model/events.ts";
import { modelPort } from "../model/port.ts";
import { AUTHORIZED_AT, DAY_0 } from "../model/sample-states.ts";
import { Timeline } from "../model/timeline.ts";
import { MailDownError, ModelWorld } from "../model/world.ts";
import { happen } from "./faults.ts";
import { fetchFrom } from "./http.ts";
import { Line } from "./network-link.ts";
import { Person } from "./person.ts";
import type { Death, Happening, Plan } from "./plan.ts";
import { Random } from "./random.ts";
import { Tally } from "./tally.ts";
import { inVirtualTime } from "./virtual-globals.ts";

/** Long enough for a debt's window, what holds it up, and the debts that waited behind it. */
const HORIZON_MS = 200 * DAY_MS;

/** As what a worker that is killed leaves becomes known. @source contract.md: heartbeat time-out 8 s, sticky 4 s */
const DEATH_KNOWN_MS = 13 * SECOND_MS;

/** A world while it is lived, and afterwards its books. */
export type Life = {
  readonly plan: Plan;
  readonly timeline: Timeline;
  readonly dodo: ModelDodo;
  readonly world: ModelWorld;
  readonly line: Line;
  readonly tally: Tally;
  readonly commands: { readonly at: Instant; readonly command: Command }[];
  /** The policies, each from when it was in force. */
  readonly policies: { readonly since: Instant; readonly policy: Policy }[];
  /** The workers' wall clock less the true time. */
  skewMs: number;
  smtpDownUntil: Instant;
  /** Another release is at work. */
  hasNewRules: boolean;
};

/** Lives a world from its first failure until nothing is left to happen. */
export async function live(plan: Plan): Promise<Life> {
  const life = begin(plan);
  const { timeline, dodo, world } = life;
  const run = async (): Promise<Life> => {
    if (plan.asked) world.ask(chargeRequested(DAY_0));
    else dodo.merchantCharges({ kind: "decline", code: plan.first }, { invoice_id: "in_1" });
    for (const what of plan.happenings) {
      if (what.when.of === "day_0") plant(life, what, DAY_0 + what.when.afterMs);
    }
    crowd(life);
    await timeline.run(DAY_0 + HORIZON_MS);
    return life;
  };
  return plan.throughClient ? await inVirtualTime(timeline, new Random(0), run) : await run();
}

function begin(plan: Plan): Life {
  const timeline = new Timeline(DAY_0);
  const onDemand = plan.scheme === "on_demand";
  const given = { authorizedAt: AUTHORIZED_AT, onDemand, ...plan.subscription };
  const dodo = new ModelDodo(timeline, given);
  const line = new Line(timeline, plan.subscription.readMs);
  const policy: Policy = {
    ...DEFAULT_POLICY,
    ...plan.policy,
    scheduledSubscriptions: plan.scheme === "manage" ? "manage" : "observe",
  };
  const policies = [{ since: 0, policy }];
  const world = new ModelWorld(timeline, dodo, () => policies.at(-1)?.policy ?? policy);
  const life: Life = {
    plan,
    timeline,
    dodo,
    world,
    line,
    tally: new Tally(),
    commands: [],
    policies,
    skewMs: 0,
    smtpDownUntil: 0,
    hasNewRules: false,
  };
  dodo.verdicts.push(...plan.verdicts);
  dodo.faults.push(...plan.requests);
  line.faults.push(...plan.reads);
  furnish(life);
  return life;
}

/** Gives the world its line to Dodo, its clocks, its post, its people. */
function furnish(life: Life): void {
  const { plan, world, dodo, line, timeline } = life;
  world.api = plan.throughClient
    ? createDodo({
        apiKey: "model",
        environment: "test_mode",
        baseUrl: "http://dodo.model",
        requestTimeoutMs: 60_000,
        fetch: fetchFrom(dodo, line, plan.listOrder),
        now: timeline.now,
      })
    : modelPort(dodo, timeline.now, line);
  world.clock = { now: () => timeline.now() + life.skewMs, monotonicMs: timeline.now };
  world.tapes = [];
  world.mailer = async (mail) => {
    if (timeline.now() < life.smtpDownUntil) {
      life.tally.strike("smtp_down");
      throw new MailDownError("no connection");
    }
    return await Promise.resolve({ kind: "sent", messageId: mail.key });
  };
  deliverInTurn(life);
  chargeWithDeaths(life);
  const person = new Person(life);
  world.decide = (recovery, event, inForce, now) => {
    const decision = decide(
      life.hasNewRules ? underNewRules(recovery) : recovery,
      event,
      inForce,
      now,
    );
    person.hears({ ...recovery, ...decision.changes });
    return decision;
  };
}

/** A later release that handles some codes differently, under recoveries that are open. */
function underNewRules(recovery: Parameters<typeof decide>[0]): Parameters<typeof decide>[0] {
  const { policy } = recovery;
  if (policy === null) return recovery;
  const codes = {
    ...policy.codes,
    GENERIC_DECLINE: "customer",
    NETWORK_ERROR: "customer",
  } as const;
  return { ...recovery, policy: { ...policy, codes } };
}

function deliverInTurn({ plan, world, dodo, tally }: Life): void {
  let count = 0;
  let isHeard = false;
  world.deliver = (type) => {
    const delivery = plan.deliveries[count % plan.deliveries.length] ?? null;
    // The first failure is always heard of: without it there is no recovery to speak of.
    const isFirst = !isHeard && type === "payment.failed" && dodo.payments[0]?.status === "failed";
    count += 1;
    isHeard ||= isFirst;
    if (isFirst) return [1_000];
    if (delivery === null) tally.strike("webhook_lost");
    else if (delivery.length > 1) tally.strike("webhook_doubled");
    else if ((delivery[0] ?? 0) > 60_000) tally.strike("webhook_late");
    return delivery;
  };
}

function chargeWithDeaths(life: Life): void {
  const { plan, world, timeline, tally } = life;
  let count = 0;
  world.onCharge = () => {
    count += 1;
    for (const what of plan.happenings) {
      const { when } = what;
      if (when.of === "charge" && when.number === count) {
        tally.strike("around_a_charge");
        plant(life, what, timeline.now() + when.afterMs);
      }
    }
    const death = plan.deaths[count - 1] ?? null;
    if (death === null) return;
    tally.strike(`died_${death}`);
    world.killCharge = async (run) => await die(death, run, timeline);
  };
}

async function die(death: Death, run: () => Promise<unknown>, timeline: Timeline): Promise<never> {
  if (death === "after") await run();
  // Cut off from Temporal it goes on, and nobody hears of it.
  if (death === "cut_off") void run();
  await timeline.pass(DEATH_KNOWN_MS);
  throw new Error("heartbeat time-out");
}

function plant(life: Life, what: Happening, at: Instant): void {
  life.timeline.at(at, () => {
    if (happen(life, what)) life.tally.strike(what.kind);
  });
}

/** A card set up again and again: payments of nothing, more than a page of the list holds. */
function crowd({ plan, dodo, timeline, tally }: Life): void {
  if (plan.crowd === 0) return;
  tally.strike("crowded_list");
  timeline.at(DAY_0 + DAY_MS, () => {
    for (let count = 0; count < plan.crowd; count += 1) dodo.setsUpCard("pm_1");
  });
}
