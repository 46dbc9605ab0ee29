import { readEnv } from "../config/env.ts";
import { orExitWithProblems } from "../config/reader.ts";
import { readWorkerConfig } from "../config/worker.ts";
import { runWorkerProcess } from "./run.ts";

const env = readEnv();
const config = orExitWithProblems(() => readWorkerConfig(env));
await runWorkerProcess(env, config, { now: () => Date.now(), fetch: globalThis.fetch });
