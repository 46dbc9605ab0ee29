import { readEnv } from "../../config/env.ts";
import { orExitWithProblems } from "../../config/reader.ts";
import { readWorkerConfig } from "../../config/worker.ts";
import { runWorkerProcess } from "../../worker/run.ts";
import { createVirtualClock } from "../temporal/virtual-clock.ts";

/** The worker of the demo: the product's, but its activities live in their recovery's time, which is skipped. */
const env = readEnv();
const config = orExitWithProblems(() => readWorkerConfig(env));
const clock = createVirtualClock();
await runWorkerProcess(env, config, {
  now: clock.now,
  fetch: clock.fetch,
  interceptors: { activity: [clock.activityInterceptor] },
});
