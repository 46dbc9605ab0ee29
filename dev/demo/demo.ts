import { randomBytes } from "node:crypto";
import { readEnv } from "../../config/env.ts";
import { createCleanup, onInterrupt } from "../process/cleanup.ts";
import { readOptions } from "../process/options.ts";
import { DEMO_PORTS } from "./demo-ports.ts";
import { type DemoOptions, runStories, startDemo } from "./demo-run.ts";
import { addExtraCustomers, addressLines, tryLines } from "./demo-texts.ts";
import { messageOf } from "./story.ts";

const USAGE = `npm run demo -- [--once] [--free-ports]
  --once         ends with the verdict: exit code 0 if all stories ended right, else 1
  --free-ports   any free ports instead of the usual ones`;

const EXIT_INTERRUPTED = 130;

const { values } = readOptions(USAGE, {
  once: { type: "boolean", default: false },
  "free-ports": { type: "boolean", default: false },
});

await main(values.once);

/** Without `once` everything keeps running until Ctrl-C. */
async function main(once: boolean): Promise<void> {
  const cleanup = createCleanup();
  const interrupted = onInterrupt(
    cleanup,
    "Stopping worker, gateway, sandbox, inbox, PostgreSQL and Temporal …",
  ).then(() => {
    console.log("Everything has stopped.");
    process.exit(once ? EXIT_INTERRUPTED : 0);
  });
  try {
    const options: DemoOptions = {
      env: readEnv(),
      cleanup,
      // Nobody opens a page of a demo that ends by itself.
      ports: values["free-ports"] || once ? null : DEMO_PORTS,
      print: console.log,
      hasColours: process.stdout.hasColors?.() ?? false,
      operatorSecret: randomBytes(24).toString("base64url"),
    };
    const demo = await startDemo(options);
    if (!once) for (const line of addressLines(demo)) console.log(line);
    const findings = await runStories(demo, options);
    if (cleanup.isRunning()) await interrupted;
    if (once) {
      await cleanup.run();
      process.exit(findings.length === 0 ? 0 : 1);
    }
    await addExtraCustomers(demo);
    for (const line of tryLines(demo, options.operatorSecret)) console.log(line);
    await interrupted;
  } catch (error) {
    // Stopping while something starts makes the start fail: that is no error of the demo.
    if (cleanup.isRunning()) await interrupted;
    console.error(`The demo failed: ${messageOf(error)}`);
    await cleanup.run();
    process.exit(1);
  }
}
