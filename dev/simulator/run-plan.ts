import { createDodo } from "../../dodo/adapter/create-dodo.ts";
import { decide } from "../../domain/decide.ts";
import { DEFAULT_POLICY, type Policy } from "../../domain/policy.ts";
import type { Recovery } from "../../domain/state/recovery.ts";
import { DAY_MS, type Instant, SECOND_MS } from "../../domain/values/time.ts";
import { ModelDodo } from "../model/dodo.ts";
import { chargeRequested } from "../model/events.ts";
import { modelPort } from "../model/port.ts";
import { AUTHORIZED_AT, DAY_0 } from "../model/story-day.ts";
import { Timeline } from "../model/timeline.ts";
import { ModelWorld } from "../model/world.ts";
import { injectFault } from "./faults.ts";
import { modelFetch } from "./network/http.ts";
import { modelMailServer } from "./network/mail-server.ts";
import { isBeforeImport, startImport } from "./imports.ts";
import { NetworkLink } from "./network/network-link.ts";
import { inVirtualTime } from "./network/virtual-globals.ts";
import { SimulatedMerchant } from "./merchant.ts";
import { SimulatedOperator } from "./operator.ts";
import type { Fault, Plan, WorkerCrash } from "./plan.ts";
import { Random } from "./random.ts";
import type { SimulationRun } from "./simulation-run.ts";
import { Tally } from "./tally.ts";

/** Covers a debt's window, everything that extends it, and the queued debts. */
const HORIZON_MS = 200 * DAY_MS;

/**
 * Until Temporal knows that a worker crashed: the heartbeat time-out of a charge (workflows/recovery/perform.ts), and the
 * sticky time-out (worker/workers.ts).
 */
const CRASH_KNOWN_MS = 13 * SECOND_MS;

/** Simulates a world from its first failure until nothing is left to happen. */
export async function runPlan(plan: Plan): Promise<SimulationRun> {
  const run = createRun(plan);
  const { timeline, dodo, world } = run;
  const start = async (): Promise<SimulationRun> => {
    if (plan.requestedCharge) world.requestCharge(chargeRequested(DAY_0));
    else {
      const verdict = { kind: "decline", code: plan.firstDeclineCode } as const;
      dodo.merchantCharges(verdict, { invoice_id: "in_1" });
    }
    if (plan.imported !== undefined)
      timeline.at(DAY_0 + plan.imported.afterMs, () => startImport(run));
    for (const fault of plan.faults) {
      if (fault.when.from === "day_0") scheduleFault(run, fault, DAY_0 + fault.when.afterMs);
    }
    fillList(run);
    await timeline.run(DAY_0 + HORIZON_MS);
    return run;
  };
  return plan.throughClient ? await inVirtualTime(timeline, new Random(0), start) : await start();
}

function createRun(plan: Plan): SimulationRun {
  const timeline = new Timeline(DAY_0);
  const onDemand = plan.scheme === "on_demand";
  const known = { authorizedAt: AUTHORIZED_AT, onDemand, unsettledTax: "given" } as const;
  const dodo = new ModelDodo(timeline, { ...known, ...plan.subscription });
  if (plan.paidBefore === true) dodo.addEarlierSuccess(DAY_0 - 30 * DAY_MS);
  if (plan.lineItemsAfterMs !== undefined) {
    timeline.at(DAY_0 + plan.lineItemsAfterMs, () => {
      dodo.lineItems = "taxed";
    });
  }
  const link = new NetworkLink(timeline, plan.subscription.readMs);
  const policy: Policy = {
    ...DEFAULT_POLICY,
    ...plan.policy,
    scheduledSubscriptions: plan.scheme === "manage" ? "manage" : "observe",
  };
  const policies = [{ since: 0, policy }];
  const mode = plan.advice === undefined ? "act" : "advise";
  const world = new ModelWorld(timeline, dodo, () => policies.at(-1)?.policy ?? policy, mode);
  world.publishes = plan.advice !== undefined;
  const run: SimulationRun = {
    plan,
    timeline,
    dodo,
    world,
    link,
    tally: new Tally(),
    deadClaims: [],
    completedAt: new Map(),
    imports: [],
    commands: [],
    policies,
    clockSkewMs: 0,
    mail: {
      downUntil: 0,
      senderRefusedUntil: 0,
      addressRefusedUntil: 0,
      crashes: 0,
      refusedKeys: new Set(),
    },
    hasNewRules: false,
  };
  dodo.verdicts.push(...plan.verdicts);
  dodo.faults.push(...plan.requestFaults);
  link.faults.push(...plan.readFaults);
  wireWorld(run);
  return run;
}

/** Connects the world to its client of Dodo, its clock, mail server, webhooks, workers and operator. */
function wireWorld(run: SimulationRun): void {
  const { plan, world, dodo, link, timeline } = run;
  world.api = plan.throughClient
    ? createDodo({
        apiKey: "model",
        environment: "test_mode",
        baseUrl: "http://dodo.model",
        requestTimeoutMs: 60_000,
        now: timeline.now,
        fetch: modelFetch(dodo, link, plan.listOrder),
      })
    : modelPort(dodo, timeline.now, link);
  world.clock = { now: () => timeline.now() + run.clockSkewMs, monotonicMs: timeline.now };
  world.recordings = [];
  world.mailer = modelMailServer(run);
  slowDecisions(run);
  deliverWebhooks(run);
  crashWorkers(run);
  const operator = new SimulatedOperator(run);
  const merchant = new SimulatedMerchant(run);
  world.onPublished = (publications) => merchant.receive(publications);
  world.decide = (recovery, event, inForce, now, isLast) => {
    const known = run.hasNewRules ? underNewRules(recovery) : recovery;
    const decision = decide(known, event, inForce, now, isLast);
    operator.observe({ ...recovery, ...decision.changes });
    return decision;
  };
}

/** Models a later release that handles two decline codes differently while recoveries are open. */
function underNewRules(recovery: Recovery): Recovery {
  const { policy } = recovery;
  if (policy === null) return recovery;
  const codes = {
    ...policy.codes,
    GENERIC_DECLINE: "customer",
    NETWORK_ERROR: "customer",
  } as const;
  return { ...recovery, policy: { ...policy, codes } };
}

function slowDecisions({ plan: { decisionMs = [] }, world, tally }: SimulationRun): void {
  if (decisionMs.length === 0) return;
  let count = 0;
  world.decisionMs = () => {
    const ms = decisionMs[count % decisionMs.length] ?? 0;
    count += 1;
    if (ms > 0) tally.count("decision_slow");
    return ms;
  };
}

function deliverWebhooks(run: SimulationRun): void {
  const { plan, world, dodo, tally } = run;
  let count = 0;
  let isOpened = false;
  world.deliver = (type) => {
    const delivery = plan.deliveries[count % plan.deliveries.length] ?? null;
    if (isBeforeImport(run)) return null;
    // The first failure's webhook always arrives: without it there is no recovery.
    const isFirst = !isOpened && type === "payment.failed" && dodo.payments[0]?.status === "failed";
    count += 1;
    isOpened ||= isFirst;
    if (isFirst) return [1_000];
    if (delivery === null) tally.count("webhook_lost");
    else if (delivery.length > 1) tally.count("webhook_duplicated");
    else if ((delivery[0] ?? 0) > 60_000) tally.count("webhook_late");
    return delivery;
  };
}

function crashWorkers(run: SimulationRun): void {
  const { plan, world, timeline, tally } = run;
  let count = 0;
  world.onCharge = () => {
    count += 1;
    for (const fault of plan.faults) {
      const { when } = fault;
      if (when.from === "charge" && when.number === count) {
        tally.count("fault_near_a_charge");
        scheduleFault(run, fault, timeline.now() + when.afterMs);
      }
    }
    const crash = plan.workerCrashes[count - 1] ?? null;
    if (crash === null) return;
    tally.count(`worker_crash_${crash}`);
    world.killCharge = async (charge) => await crashedCharge(crash, charge, timeline);
  };
}

async function crashedCharge(
  crash: WorkerCrash,
  charge: () => Promise<unknown>,
  timeline: Timeline,
): Promise<never> {
  if (crash === "after_charge") await charge();
  // The worker completes the charge, and cannot report it.
  if (crash === "while_charging") void charge();
  await timeline.pass(CRASH_KNOWN_MS);
  throw new Error("heartbeat time-out");
}

function scheduleFault(run: SimulationRun, fault: Fault, at: Instant): void {
  run.timeline.at(at, () => {
    if (injectFault(run, fault)) run.tally.count(fault.kind);
  });
}

/** The customer sets the card up again and again: more payments than a page of the list holds. */
function fillList({ plan, dodo, timeline, tally }: SimulationRun): void {
  if (plan.zeroAmountPayments === 0) return;
  tally.count("list_over_one_page");
  timeline.at(DAY_0 + DAY_MS, () => {
    for (let count = 0; count < plan.zeroAmountPayments; count += 1) dodo.setUpCard("pm_1");
  });
}
