import type { EarlierRunsReader } from "../../../activities/evidence/read-dodo.ts";
import {
  createImportActivities,
  type ImportActivities,
} from "../../../activities/import/import.ts";
import type { RecoveryPort } from "../../../dodo/port.ts";
import type { Policy } from "../../../domain/policy.ts";
import type { DebtImported } from "../../../domain/state/event.ts";
import type { Mode } from "../../../domain/state/outcome.ts";
import type { Instant } from "../../../domain/values/time.ts";
import { createLog } from "../../../platform/log.ts";

/** What an import uses of a model's world. */
type ImportedWorld = {
  readonly api: RecoveryPort;
  readonly clock: { readonly now: () => Instant };
  readonly mode: Mode;
  readonly isOpen: boolean;
  readonly open: (event: DebtImported) => void;
};

const LOG = createLog("fatal", "model");

/** A world has one subscription, so the account's lists are not modelled. */
const unlisted = (): never => {
  throw new Error("the model has no lists of the account");
};

/** The product's activities of an import, which opens the recovery of this world. */
export function importActivitiesOf(
  world: ImportedWorld,
  policy: Policy,
  earlierRuns: Awaited<ReturnType<EarlierRunsReader>>,
): ImportActivities {
  return createImportActivities({
    dodo: { ...world.api, paymentsPage: unlisted, subscriptionsPage: unlisted },
    recoveries: {
      readNewestRun: async () => await Promise.resolve({ isOpen: world.isOpen, importId: null }),
      open: async (_id, event) => await Promise.resolve(world.open(event)),
    },
    readEarlierRuns: async () => await Promise.resolve(earlierRuns),
    policy,
    mode: world.mode,
    log: LOG,
    now: () => world.clock.now(),
  });
}
