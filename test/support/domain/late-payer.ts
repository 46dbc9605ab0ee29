import { exhaustedDebtsOf } from "../../../domain/debt/result.ts";
import type { ModelDodo } from "../../../dev/model/dodo.ts";
import type { ModelWorld } from "../../../dev/model/world.ts";

/** The debt that the page of a closed recovery offers to pay late; null if it offers none. */
export function lateDebtIdOf(world: ModelWorld, dodo: ModelDodo): string | null {
  if (world.isOpen || dodo.status !== "on_hold" || world.mode === "shadow") return null;
  return exhaustedDebtsOf(world.results.toReversed())[0]?.debtId ?? null;
}

let presses = 0;

/** Presses the button on the page of an exhausted debt, as the gateway does: opens a run if none is open. */
export function payLate(world: ModelWorld, debtId: string): string {
  presses += 1;
  const commandId = `late_${presses}`;
  world.open({
    kind: "command",
    commandId,
    command: { action: "create_payment_link", debtId },
  });
  return commandId;
}
