const PATIENCE_MS = 10_000;
const EVERY_MS = 5;

/** Asks again until there is an answer: neither null, undefined nor false. */
export async function until<Answer>(
  ask: () => Answer | Promise<Answer>,
): Promise<Exclude<Answer, null | undefined | false>> {
  const start = Date.now();
  for (;;) {
    const answer = await ask();
    if (answer != null && answer !== false) {
      return answer as Exclude<Answer, null | undefined | false>;
    }
    if (Date.now() - start > PATIENCE_MS)
      throw new Error(`not within ${PATIENCE_MS} ms: ${String(ask)}`);
    await new Promise((resolve) => {
      setTimeout(resolve, EVERY_MS);
    });
  }
}
