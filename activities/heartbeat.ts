import { Context } from "@temporalio/activity";

/** Most calls end sooner, and each heartbeat that reaches Temporal is an Action. */
const FIRST_HEARTBEAT_MS = 1_000;

const HEARTBEAT_EVERY_MS = 2_000;

type Activity = (input: never) => Promise<unknown>;

/**
 * Makes the named activities send heartbeats from their second second on, so that Temporal notices a killed worker within seconds instead of
 * after the activity's time-out. Their workflows set a heartbeat time-out. Works only inside a Temporal worker.
 */
export function withHeartbeats<Activities extends Readonly<Record<string, Activity>>>(
  activities: Activities,
  names: readonly (keyof Activities)[],
): Activities {
  const beating = names.map((name) => [name, withHeartbeat(activities[name] as Activity)] as const);
  return { ...activities, ...Object.fromEntries(beating) };
}

function withHeartbeat(activity: Activity): Activity {
  return async (input) => {
    const context = Context.current();
    let beat = setTimeout(() => {
      context.heartbeat();
      beat = setInterval(() => context.heartbeat(), HEARTBEAT_EVERY_MS);
    }, FIRST_HEARTBEAT_MS);
    try {
      return await activity(input);
    } finally {
      clearTimeout(beat);
    }
  };
}
