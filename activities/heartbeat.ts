import { Context } from "@temporalio/activity";

const HEARTBEAT_EVERY_MS = 2_000;

/** Heartbeats while the work is under way: a killed worker is known within seconds, not after the time-out. */
export async function withHeartbeat<T>(work: () => Promise<T>): Promise<T> {
  const context = Context.current();
  context.heartbeat();
  const beat = setInterval(() => context.heartbeat(), HEARTBEAT_EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(beat);
  }
}
