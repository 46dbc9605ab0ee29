/** Small workflows that show what the local Temporal does to time. */
import {
  condition,
  defineSignal,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  sleep,
} from "@temporalio/workflow";

const DAY_MS = 86_400_000;

export type ClockActivities = {
  /** Virtual time as the activity sees it; fails until its attempt is `attempt`. */
  readClock(input: { at?: number; attempt: number }): Promise<number>;
};

const { readClock } = proxyActivities<ClockActivities>({
  startToCloseTimeout: "1 minute",
  retry: { initialInterval: "2 days", backoffCoefficient: 2 },
});
const { readClock: readClockLocally } = proxyLocalActivities<ClockActivities>({
  startToCloseTimeout: "1 minute",
});

export const go = defineSignal("go");

/** Sleeps. @returns for how many days, by its own clock */
export async function sleeper(days: number): Promise<number> {
  const startedAt = Date.now();
  await sleep(days * DAY_MS);
  return (Date.now() - startedAt) / DAY_MS;
}

/** Sleeps `count` times in a row. @returns for how many days in all */
export async function napper(count: number, days: number): Promise<number> {
  const startedAt = Date.now();
  for (let nap = 0; nap < count; nap += 1) await sleep(days * DAY_MS);
  return (Date.now() - startedAt) / DAY_MS;
}

/** Waits for the signal. @returns how many days it took, by its own clock; null when it never came */
export async function waiter(days: number): Promise<number | null> {
  const startedAt = Date.now();
  let isGone = false;
  setHandler(go, () => {
    isGone = true;
  });
  const came = await condition(() => isGone, days * DAY_MS);
  return came ? (Date.now() - startedAt) / DAY_MS : null;
}

export type ClockReadings = {
  /** The workflow's own time, before each reading. */
  readonly workflow: readonly number[];
  /** What a usual, a local, a three times tried and an `at`-less activity saw. */
  readonly activity: readonly number[];
};

/** Sleeps, then asks activities of each kind what time it is. */
export async function clockReader(days: number): Promise<ClockReadings> {
  await sleep(days * DAY_MS);
  const workflow: number[] = [];
  const activity: number[] = [];
  async function read(reading: (at: number) => Promise<number>): Promise<void> {
    const at = Date.now();
    workflow.push(at);
    activity.push(await reading(at));
  }
  await read((at) => readClock({ at, attempt: 1 }));
  await read((at) => readClockLocally({ at, attempt: 1 }));
  await read((at) => readClock({ at, attempt: 3 }));
  await read(() => readClock({ attempt: 1 }));
  return { workflow, activity };
}
