/** Floor of the sleepers: a workflow that waits for one timer, with the search attributes of a recovery. */
import { sleep } from "@temporalio/workflow";

export async function floorSleeper(): Promise<void> {
  await sleep("3d");
}
