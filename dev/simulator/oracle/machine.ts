import { replay } from "../../model/recording.ts";
import type { Finding, Ledger } from "./ledger.ts";

/** What holds of the machine itself, whatever it decides. */
export async function findInMachine(ledger: Ledger): Promise<Finding[]> {
  return [...broke(ledger), ...decidedTwice(ledger), ...(await replayed(ledger))];
}

function broke({ life: { world } }: Ledger): Finding[] {
  return world.errors.map((error) => ({
    name: "broke",
    at: null,
    detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
  }));
}

/** Dodo sends each webhook at least once, and names it. */
function decidedTwice({ life: { world } }: Ledger): Finding[] {
  return (world.tapes ?? []).flatMap(({ decidedIds }) => {
    const again = decidedIds.find((id, index) => decidedIds.indexOf(id) < index);
    return again === undefined ? [] : [{ name: "decided_twice", at: null, detail: again } as const];
  });
}

/** Temporal does this with every recovery, at any time. */
async function replayed({ life: { world } }: Ledger): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const tape of world.tapes ?? []) {
    const { effects, ending } = await replay(tape);
    const isSame =
      effects.length === tape.effects.length &&
      effects.every((one, at) => one === tape.effects[at]);
    const isEnded = ending !== null || world.isOpen;
    if (!isSame || !isEnded) {
      const detail = `${effects.length} effects instead of ${tape.effects.length}`;
      findings.push({ name: "replay_differs", at: null, detail });
    }
  }
  return findings;
}
