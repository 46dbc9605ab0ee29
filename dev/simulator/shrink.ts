import { findViolations } from "./oracle/find-violations.ts";
import type { ViolationName } from "./oracle/violation.ts";
import { type Plan, USUAL_SUBSCRIPTION } from "./plan.ts";
import { runPlan } from "./run-plan.ts";

/** Keeps shrinking below a minute. */
const RUNS_MAX = 1_500;

/** Reduces a plan as long as its run still has the same violation. */
export async function shrink(plan: Plan, name: ViolationName): Promise<Plan> {
  let smallest = plan;
  let runs = 0;
  const fails = async (candidate: Plan): Promise<boolean> => {
    runs += 1;
    const violations = await findViolations(await runPlan(candidate));
    return violations.some((violation) => violation.name === name);
  };
  for (;;) {
    let isSmaller = false;
    for (const candidate of smallerThan(smallest)) {
      if (runs >= RUNS_MAX) return smallest;
      if (!(await fails(candidate))) continue;
      smallest = candidate;
      isSmaller = true;
      break;
    }
    if (!isSmaller) return smallest;
  }
}

/** Plans that lack one thing of this one, the largest cuts first. */
function* smallerThan(plan: Plan): Generator<Plan> {
  const lists = ["faults", "readFaults", "workerCrashes", "requestFaults", "verdicts"] as const;
  for (const name of lists) if (plan[name].length > 0) yield { ...plan, [name]: [] };
  if (plan.deliveries.length > 1) yield { ...plan, deliveries: plan.deliveries.slice(0, 1) };
  if (plan.decisionMs !== undefined) {
    const { decisionMs: _, ...rest } = plan;
    yield rest;
  }
  if (plan.throughClient) yield { ...plan, throughClient: false };
  if (plan.zeroAmountPayments > 0) yield { ...plan, zeroAmountPayments: 0 };
  for (const name of lists) {
    for (let index = 0; index < plan[name].length; index += 1) {
      yield { ...plan, [name]: plan[name].toSpliced(index, 1) };
    }
  }
  for (let index = 0; index < plan.deliveries.length; index += 1) {
    if (plan.deliveries.length > 1) {
      yield { ...plan, deliveries: plan.deliveries.toSpliced(index, 1) };
    }
    const delivery = plan.deliveries[index] ?? null;
    if (delivery?.length !== 1 || delivery[0] !== 1_000) {
      yield { ...plan, deliveries: plan.deliveries.with(index, [1_000]) };
    }
  }
  yield* simplerThan(plan);
}

/** Plans with one more field that has its usual value. */
function* simplerThan(plan: Plan): Generator<Plan> {
  for (const [name, value] of Object.entries(USUAL_SUBSCRIPTION)) {
    const { subscription } = plan;
    if (subscription[name as keyof typeof subscription] !== value) {
      yield { ...plan, subscription: { ...subscription, [name]: value } };
    }
  }
  const { policy } = plan;
  if (policy.foreignCharges !== "ask")
    yield { ...plan, policy: { ...policy, foreignCharges: "ask" } };
  if (policy.debtKey !== null) yield { ...plan, policy: { ...policy, debtKey: null } };
  if (policy.onExhausted !== "leave")
    yield { ...plan, policy: { ...policy, onExhausted: "leave" } };
  if (plan.requestedCharge) yield { ...plan, requestedCharge: false };
  if (plan.firstDeclineCode !== "INSUFFICIENT_FUNDS") {
    yield { ...plan, firstDeclineCode: "INSUFFICIENT_FUNDS" };
  }
}
