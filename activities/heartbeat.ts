import { Context } from "@temporalio/activity";

const HEARTBEAT_EVERY_MS = 2_000;

type Activity = (input: never) => Promise<unknown>;

/**
 * Makes the named activities send heartbeats while they run, so that Temporal notices a killed worker within seconds instead of
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
    context.heartbeat();
    const beat = setInterval(() => context.heartbeat(), HEARTBEAT_EVERY_MS);
    try {
      return await activity(input);
    } finally {
      clearInterval(beat);
    }
  };
}
