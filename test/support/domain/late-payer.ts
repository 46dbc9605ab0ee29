import type { ModelDodo } from "../../../dev/model/dodo.ts";
import type { ModelWorld } from "../../../dev/model/world.ts";
import { exhaustedDebtsOf } from "../../../domain/debt/result.ts";

/** The debt that the page of a closed recovery offers to pay late; null if it offers none. */
export function lateDebtIdOf(world: ModelWorld, dodo: ModelDodo): string | null {
  if (world.isOpen || dodo.status !== "on_hold" || world.mode === "shadow") return null;
  return exhaustedDebtsOf(world.results.toReversed())[0]?.debtId ?? null;
}

/** By world, so that the ids of a story do not depend on what ran before it. */
const presses = new WeakMap<ModelWorld, number>();

/** Presses the button on the page of an exhausted debt, as the gateway does: opens a run if none is open. */
export function payLate(world: ModelWorld, debtId: string): string {
  const press = (presses.get(world) ?? 0) + 1;
  presses.set(world, press);
  const commandId = `late_${press}`;
  world.open({
    kind: "command",
    commandId,
    command: { action: "create_payment_link", debtId },
  });
  return commandId;
}
