import { replay } from "../../model/recording.ts";
import type { Ledger } from "./ledger.ts";
import type { Violation } from "./violation.ts";

/** Invariants of the loop itself, whatever the rules decide. */
export async function findInLoop(ledger: Ledger): Promise<Violation[]> {
  return [
    ...unexpectedErrors(ledger),
    ...webhooksDecidedTwice(ledger),
    ...(await differingReplays(ledger)),
  ];
}

function unexpectedErrors({ run: { world } }: Ledger): Violation[] {
  return world.errors.map((error) => ({
    name: "unexpected_error",
    at: null,
    detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
  }));
}

/** Dodo delivers a webhook at least once, always under the same id. */
function webhooksDecidedTwice({ run: { world } }: Ledger): Violation[] {
  return (world.recordings ?? []).flatMap(({ decidedIds }) => {
    const twice = decidedIds.find((id, index) => decidedIds.indexOf(id) < index);
    if (twice === undefined) return [];
    return [{ name: "webhook_decided_twice", at: null, detail: twice } as const];
  });
}

/** Temporal may replay any recovery at any time. */
async function differingReplays({ run: { world } }: Ledger): Promise<Violation[]> {
  const violations: Violation[] = [];
  for (const recording of world.recordings ?? []) {
    const { effects, ending } = await replay(recording);
    const isSame =
      effects.length === recording.effects.length &&
      effects.every((one, at) => one === recording.effects[at]);
    const isComplete = ending !== null || recording.isStopped || world.isOpen;
    if (!isSame || !isComplete) {
      const detail = `${effects.length} effects instead of ${recording.effects.length}`;
      violations.push({ name: "replay_differs", at: null, detail });
    }
  }
  return violations;
}
