/** How the rules are asked: once, as one that throws must stop the workflow task, not be tried until it passes. */
export const DECIDE_OPTIONS = {
  startToCloseTimeout: "10s",
  retry: { maximumAttempts: 1 },
} as const;

/** @throws a plain error, which fails the workflow task and never the run: it waits, safe, for a fix */
export async function decided<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw new Error("the rules could not decide", { cause: error });
  }
}
