import { bundleWorkflowCode, DefaultLogger } from "@temporalio/worker";
import { execFileSync } from "node:child_process";
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Makes `dist/`: the two processes and the command `reprise` as plain JavaScript, and the workflows bundled ahead of time. */
const root = fileURLToPath(new URL("..", import.meta.url));
const dist = `${root}dist`;

rmSync(dist, { recursive: true, force: true });
execFileSync(
  process.execPath,
  [`${root}node_modules/typescript/bin/tsc`, "-p", `${root}tsconfig.build.json`],
  { stdio: "inherit", cwd: root },
);
const { code } = await bundleWorkflowCode({
  workflowsPath: `${dist}/workflows/index.js`,
  logger: new DefaultLogger("WARN"),
});
writeFileSync(`${dist}/workflow-bundle.js`, code);
// The command `reprise`, which npm and the image start by its name.
chmodSync(`${dist}/cli/main.js`, 0o755);
console.log("Built dist/: server/main.js, worker/main.js, cli/main.js, workflow-bundle.js");
