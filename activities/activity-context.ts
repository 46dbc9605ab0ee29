import { Context } from "@temporalio/activity";

/** Null outside of an activity, as where the business of the API key is read, and in tests. */
export function activityContext(): Context | null {
  try {
    return Context.current();
  } catch {
    return null;
  }
}
