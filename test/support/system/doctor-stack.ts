import { msToTs } from "@temporalio/common/lib/time.js";
import { endpointTypes } from "../../../dodo/port.ts";
import { reprise } from "../command-line.ts";
import { until } from "../until.ts";
import { type ProcessStack, startProcessStack } from "./process-stack.ts";

/** A line of `reprise doctor --json`. */
export type DoctorLine = {
  readonly name: string;
  readonly status: string;
  readonly detail: string;
  readonly mend: string | null;
};

export type DoctorReport = {
  readonly healthy: boolean;
  readonly checks: readonly DoctorLine[];
  readonly lists: readonly {
    readonly name: string;
    readonly query: string;
    readonly url: string;
  }[];
};

export type Variables = Readonly<Record<string, string>>;

/** A set-up that works: a gateway and a worker as processes, in a namespace of their own. */
export type DoctorStack = ProcessStack & {
  /** The variables of both processes. */
  readonly env: Variables;
};

/** The events that an endpoint has to select. */
export const ALL_TYPES: readonly string[] = endpointTypes(false);

export async function startDoctorStack(): Promise<DoctorStack> {
  const processes = await startProcessStack("doctor", {
    ownNamespace: true,
    sandbox: { settings: { webhookTypes: [...ALL_TYPES] } },
  });
  await setRetention(processes, "60d");
  const { stack } = processes;
  await stack.startGateway("1");
  await stack.startWorker("1");
  await until(async () => (await fetch(`${stack.gatewayUrl}/readyz`)).status === 200, {
    what: "a gateway that is ready",
  });
  return { ...processes, env: { ...stack.env.gateway, ...stack.env.worker } };
}

export async function setRetention(
  { client }: ProcessStack,
  retention: "1d" | "60d",
): Promise<void> {
  await client.workflowService.updateNamespace({
    namespace: client.options.namespace,
    config: { workflowExecutionRetentionTtl: msToTs(retention) },
  });
}

/** Runs the command in this process. */
export async function doctor(
  env: Variables,
  args: readonly string[] = ["--timeout", "30s"],
): Promise<{ readonly code: number; readonly report: DoctorReport }> {
  const { code, out } = await reprise(["doctor", "--json", ...args], { env });
  return { code, report: JSON.parse(out) as DoctorReport };
}

export const failedIn = ({ checks }: DoctorReport): readonly string[] =>
  checks.filter(({ status }) => status === "fail").map(({ name }) => name);

export function lineOf({ checks }: DoctorReport, name: string): DoctorLine {
  const found = checks.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no line ${name}`);
  return found;
}
