import { execFileSync } from "node:child_process";
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bundleWorkflows } from "../worker/bundle/workflow-bundle.ts";

/** Makes `dist/`: the two processes and the command `reprise` as plain JavaScript, and the workflows bundled ahead of time. */
const root = fileURLToPath(new URL("..", import.meta.url));
const dist = `${root}dist`;

rmSync(dist, { recursive: true, force: true });
execFileSync(
  process.execPath,
  [`${root}node_modules/typescript/bin/tsc`, "-p", `${root}tsconfig.build.json`],
  { stdio: "inherit", cwd: root },
);
writeFileSync(`${dist}/workflow-bundle.js`, await bundleWorkflows(`${dist}/workflows/index.js`));
// The command `reprise`, which npm and the image start by its name.
chmodSync(`${dist}/cli/main.js`, 0o755);
console.log("Built dist/: server/main.js, worker/main.js, cli/main.js, workflow-bundle.js");
