/** `npm run shadow:report`: what was watched in shadow mode, side by side with what happened. */
import { shadowReport } from "./shadow-comparison.ts";
import { temporalOfEnv } from "./temporal-client.ts";

const { address, taskQueue, withClient } = temporalOfEnv();
try {
  await withClient(async (client) => {
    for await (const text of shadowReport(client, taskQueue)) console.log(text);
  });
} catch (error) {
  const detail = error instanceof Error ? error.message : String(error);
  console.error(
    `The report could not be made: Temporal at ${address} and a worker must be running. ${detail}`,
  );
  process.exitCode = 1;
}
