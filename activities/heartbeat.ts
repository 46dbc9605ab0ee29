import { Context } from "@temporalio/activity";

const HEARTBEAT_EVERY_MS = 2_000;

type Activity = (input: never) => Promise<unknown>;

/**
 * The activities, of which those named send heartbeats while they work: a killed worker is known within seconds, not after the
 * activity's time-out. Their workflows set a heartbeat time-out. Outside of Temporal, use the activities as they are.
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
