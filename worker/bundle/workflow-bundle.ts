import { bundleWorkflowCode, DefaultLogger } from "@temporalio/worker";
import { readFile } from "node:fs/promises";
import { dirname, extname, join } from "node:path";

/** A bundle that was made ahead of time, or the module that exports the workflows. */
export type WorkflowSource = { readonly bundlePath: string } | { readonly path: string };

/**
 * Bundles the workflows. Their modules keep no state, so all workflows of a worker share them: none loads them anew, and a
 * cached one takes less memory.
 *
 * @param path the module that exports them
 */
export async function bundleWorkflows(path: string): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: path,
    preloadModules: [path],
    workflowInterceptorModules: [join(dirname(path), `shared/trace-headers${extname(path)}`)],
    logger: new DefaultLogger("WARN"),
  });
  return code;
}

/**
 * The code that a worker runs. Without stack traces it has no source map either: only they need it.
 *
 * @param stackTraces the SDK then takes the stack of every promise that a workflow makes, and translates it by the source
 * map: a quarter of the cost of a replay
 */
export async function workflowCodeOf(
  source: WorkflowSource,
  stackTraces: boolean,
): Promise<string> {
  const code =
    "path" in source
      ? await bundleWorkflows(source.path)
      : await readFile(source.bundlePath, "utf8");
  return stackTraces ? code : withoutStackTraces(code);
}

const SOURCE_MAP = "//# sourceMappingURL=data:";

/** The SDK reads the map's file name, and translates by it what it finds in it. */
const EMPTY_MAP = { version: 3, file: "workflow-bundle.js", sources: [], names: [], mappings: "" };

/** It stays one script, whose first statement holds for all workflows in it. */
function withoutStackTraces(code: string): string {
  const end = code.lastIndexOf(SOURCE_MAP);
  const map = Buffer.from(JSON.stringify(EMPTY_MAP)).toString("base64");
  const script = end === -1 ? code : code.slice(0, end);
  return `Error.stackTraceLimit = 0;${script}${SOURCE_MAP}application/json;base64,${map}`;
}
