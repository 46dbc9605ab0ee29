import { readEnv } from "../../config/env.ts";
import { orExitWithProblems } from "../../config/reader.ts";
import { readWorkerConfig } from "../../config/worker.ts";
import { runWorkerProcess } from "../../worker/run.ts";
import { createVirtualClock } from "../temporal/virtual-clock.ts";

/** The demo's worker: the deployed one, but its activities follow the skipped time of their recovery. */
const env = readEnv();
const config = orExitWithProblems(() => readWorkerConfig(env));
const clock = createVirtualClock();
await runWorkerProcess(env, config, {
  now: clock.now,
  fetch: clock.fetch,
  interceptors: { activity: [clock.activityInterceptor] },
});
