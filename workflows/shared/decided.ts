/** Rules run once: if they throw, the workflow task fails until a new release mends them. */
export const DECIDE_OPTIONS = {
  startToCloseTimeout: "10s",
  retry: { maximumAttempts: 1 },
} as const;

/**
 * Runs a local activity that decides.
 *
 * @throws a plain `Error` where it fails: the workflow task fails, and the run waits for a fix
 */
export async function decided<T>(decide: () => Promise<T>): Promise<T> {
  try {
    return await decide();
  } catch (error) {
    throw new Error("the rules could not decide", { cause: error });
  }
}
