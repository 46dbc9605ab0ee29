import {
  continueAsNew,
  defineQuery,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from "@temporalio/workflow";
import type { ImportActivities } from "../../activities/import/import.ts";
import {
  addHeldPage,
  addRow,
  type ImportCounts,
  type ImportOrder,
  type ImportProgress,
  type ImportRange,
  importViewOf,
  type ImportView,
  countsOf,
  newImport,
} from "../../domain/import/import.ts";
import type { SubscriptionId } from "../../domain/values/ids.ts";
import { dodoQueueOf, IMPORT_QUERY } from "../contract.ts";
import { PATIENT } from "../shared/retries.ts";
import { importDetails } from "./import-details.ts";

/** Continue-as-new carries the table, and leaves out the ids of the order: those that wait are in `carried`. */
export type ImportInput = { readonly order: ImportOrder; readonly carried?: ImportProgress };

export type ImportResult = ImportCounts & { readonly importId: string };

/** After this many subscriptions a run continues as new: its history stays short. */
const ROWS_A_RUN = 250;

/** Subscriptions that are read at the same time. The rate limit of Dodo's queue paces them. */
const PARALLEL = 20;

const EVERYTHING: ImportRange = { offset: 0, limit: 100 };

/**
 * Reads what each subscription owes, by an operator's order, and opens its recovery. A dry run only reads. All reads run on
 * Dodo's queue, behind those of recoveries, so an import takes what the rate limit leaves.
 */
export async function debtImport({ order, carried }: ImportInput): Promise<ImportResult> {
  let progress = carried ?? newImport(order, Date.now());
  const show = (next: ImportProgress): void => {
    progress = next;
    setCurrentDetails(importDetails(order, progress));
  };
  setHandler(
    defineQuery<ImportView, [ImportRange?]>(IMPORT_QUERY),
    (range = EVERYTHING) => importViewOf(order, progress, range),
    { description: "The sums of the import, and a part of its table. {offset, limit}" },
  );
  while (progress.nextPage !== null) {
    show(addHeldPage(progress, await readHeldPage(progress.nextPage)));
  }
  const batch = progress.waiting.slice(0, ROWS_A_RUN);
  await eachOf(batch, async (id) => {
    const row = await dodoActivities(`Import ${id}`).importDebt(orderOf(order, id));
    show(addRow(progress, row));
  });
  if (progress.waiting.length > 0) {
    const rest = order.subscriptionIds === null ? order : { ...order, subscriptionIds: [] };
    return await continueAsNew<typeof debtImport>({ order: rest, carried: progress });
  }
  show({ ...progress, endedAt: Date.now() });
  return { importId: order.importId, ...countsOf(progress) };
}

function orderOf(
  { importId, dryRun, retry, by, isVerified }: ImportOrder,
  subscriptionId: SubscriptionId,
): Parameters<ImportActivities["importDebt"]>[0] {
  return { at: Date.now(), subscriptionId, dryRun, import: { importId, by, isVerified, retry } };
}

async function readHeldPage(page: number): ReturnType<ImportActivities["heldPage"]> {
  return await dodoActivities(`Subscriptions on hold, page ${page}`).heldPage({ page });
}

function dodoActivities(summary: string): ImportActivities {
  return proxyActivities<ImportActivities>({
    taskQueue: dodoQueueOf(workflowInfo().taskQueue),
    retry: PATIENT,
    startToCloseTimeout: "5m",
    heartbeatTimeout: "10s",
    // What recoveries and customers wait for goes first in this queue.
    priority: { priorityKey: 5 },
    summary,
  });
}

/** Runs `work` for each item, a few at a time. */
async function eachOf<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (;;) {
      const item = items[next];
      if (item === undefined) return;
      next += 1;
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, lane));
}
