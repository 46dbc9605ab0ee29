import { MINUTE_MS } from "../../domain/values/time.ts";
import type { Stage } from "./stage.ts";
import { until } from "./until.ts";

type Control = Stage["sandbox"]["control"];

/** A subscription whose next charges have these outcomes, and then succeed. @returns its id */
export async function scripted(
  control: Control,
  outcomes: Parameters<Control["script"]>[1],
  given: Parameters<Control["createSubscription"]>[0] = {},
): Promise<string> {
  const { subscriptionId } = await control.createSubscription({ onDemand: true, ...given });
  await control.script(subscriptionId, outcomes, "succeed");
  return subscriptionId;
}

/**
 * A subscription whose charge has failed, and whose recovery has read Dodo twice: a minute has passed.
 *
 * @param outcomes of the charge that fails, and of those that come after it; then they succeed
 * @returns the subscription's id
 */
export async function failedCharge(
  stage: Stage,
  outcomes: Parameters<Control["script"]>[1],
  given: Parameters<Control["createSubscription"]>[0] = {},
): Promise<string> {
  const { control } = stage.sandbox;
  const subscriptionId = await scripted(control, outcomes, given);
  await control.charge(subscriptionId);
  await until(async () => await stage.view(subscriptionId), { what: "its recovery" });
  await stage.skip(subscriptionId, MINUTE_MS);
  return subscriptionId;
}
