import { judge } from "./oracle/judge.ts";
import type { FindingName } from "./oracle/ledger.ts";
import { type Plan, USUAL_SUBSCRIPTION } from "./plan.ts";
import { live } from "./simulation-run.ts";

/** Worlds that are tried: a shrinking that takes longer than a minute helps nobody. */
const TRIES_MAX = 1_500;

/** The smallest world that still breaks the same law: what can be left out of it is left out. */
export async function shrink(plan: Plan, name: FindingName): Promise<Plan> {
  let smallest = plan;
  let tries = 0;
  const breaks = async (candidate: Plan): Promise<boolean> => {
    tries += 1;
    const findings = await judge(await live(candidate));
    return findings.some((finding) => finding.name === name);
  };
  for (;;) {
    let isSmaller = false;
    for (const candidate of smallerThan(smallest)) {
      if (tries >= TRIES_MAX) return smallest;
      if (!(await breaks(candidate))) continue;
      smallest = candidate;
      isSmaller = true;
      break;
    }
    if (!isSmaller) return smallest;
  }
}

/** Every world that lacks one thing of this one, the boldest cuts first. */
function* smallerThan(plan: Plan): Generator<Plan> {
  const lists = ["happenings", "reads", "deaths", "requests", "verdicts"] as const;
  for (const name of lists) if (plan[name].length > 0) yield { ...plan, [name]: [] };
  if (plan.deliveries.length > 1) yield { ...plan, deliveries: plan.deliveries.slice(0, 1) };
  if (plan.throughClient) yield { ...plan, throughClient: false };
  if (plan.crowd > 0) yield { ...plan, crowd: 0 };
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
  yield* plainer(plan);
}

/** Every field that may be as it is in most worlds. */
function* plainer(plan: Plan): Generator<Plan> {
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
  if (plan.asked) yield { ...plan, asked: false };
  if (plan.first !== "INSUFFICIENT_FUNDS") yield { ...plan, first: "INSUFFICIENT_FUNDS" };
}
