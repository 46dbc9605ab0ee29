import { MINUTE_MS } from "../../../domain/values/time.ts";
import { until } from "../until.ts";
import type { TestSystem } from "./test-system.ts";

type Control = TestSystem["sandbox"]["control"];

/** Creates a subscription whose next charges have these outcomes; later ones succeed. @returns its id */
export async function scriptedSubscription(
  control: Control,
  outcomes: Parameters<Control["script"]>[1],
  given: Parameters<Control["createSubscription"]>[0] = {},
): Promise<string> {
  const { subscriptionId } = await control.createSubscription({ onDemand: true, ...given });
  await control.script(subscriptionId, outcomes, "succeed");
  return subscriptionId;
}

/** Creates a subscription whose charge fails with this code; later ones succeed. @returns its id */
export async function declinedCharge(
  control: Control,
  decline: string,
  given: Parameters<Control["createSubscription"]>[0] = {},
): Promise<string> {
  const subscriptionId = await scriptedSubscription(control, [{ decline }], given);
  await control.charge(subscriptionId);
  return subscriptionId;
}

/**
 * Creates a subscription whose charge has failed and whose recovery has read Dodo twice. A minute has passed since.
 *
 * @param outcomes of the failing charge and of those after it; later ones succeed
 * @returns the subscription's id
 */
export async function failedCharge(
  system: TestSystem,
  outcomes: Parameters<Control["script"]>[1],
  given: Parameters<Control["createSubscription"]>[0] = {},
): Promise<string> {
  const { control } = system.sandbox;
  const subscriptionId = await scriptedSubscription(control, outcomes, given);
  await control.charge(subscriptionId);
  await until(async () => await system.readView(subscriptionId), { what: "its recovery" });
  await system.skipTime(subscriptionId, MINUTE_MS);
  return subscriptionId;
}
