/** Small workflows that show how time skipping affects them. */
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
  /** @returns the time that the activity sees. Fails until its attempt number is `attempt`. */
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

/** Sleeps once. @returns the days that passed by its own clock */
export async function sleeper(days: number): Promise<number> {
  const startedAt = Date.now();
  await sleep(days * DAY_MS);
  return (Date.now() - startedAt) / DAY_MS;
}

/** Sleeps `count` times in a row. @returns the days that passed by its own clock */
export async function napper(count: number, days: number): Promise<number> {
  const startedAt = Date.now();
  for (let nap = 0; nap < count; nap += 1) await sleep(days * DAY_MS);
  return (Date.now() - startedAt) / DAY_MS;
}

/** Waits for the signal. @returns the days until it came by its own clock; null if it never came */
export async function waiter(days: number): Promise<number | null> {
  const startedAt = Date.now();
  let hasSignal = false;
  setHandler(go, () => {
    hasSignal = true;
  });
  const isSignaled = await condition(() => hasSignal, days * DAY_MS);
  return isSignaled ? (Date.now() - startedAt) / DAY_MS : null;
}

export type ClockReadings = {
  /** The workflow's time before each reading. */
  readonly workflow: readonly number[];
  /** The time in an ordinary activity, a local one, one at its third attempt, and one without `at`. */
  readonly activity: readonly number[];
};

/** Sleeps, then reads the time in an activity of each kind. */
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
