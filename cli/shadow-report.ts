/** `npm run shadow:report`: compares what Reprise would have done in shadow mode with what happened. */
import { visible } from "../domain/values/visible-text.ts";
import { messageOf } from "../platform/error-message.ts";
import { shadowReport } from "./shadow-comparison.ts";
import { temporalFromEnv } from "./temporal-client.ts";

const { address, taskQueue, withClient } = temporalFromEnv();
try {
  await withClient(async (client) => {
    for await (const text of shadowReport(client, taskQueue)) console.log(text);
  });
} catch (error) {
  const detail = visible(messageOf(error));
  console.error(
    `The report failed: ${detail}\nIt needs Temporal at ${address} (TEMPORAL_ADDRESS).`,
  );
  process.exitCode = 1;
}
