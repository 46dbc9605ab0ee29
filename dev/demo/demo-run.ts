import { Client, Connection } from "@temporalio/client";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startLocalStack } from "../local-stack/local-stack.ts";
import { startLocalLedger } from "../postgres/local-ledger.ts";
import type { Cleanup } from "../process/cleanup.ts";
import { findTemporalCli } from "../temporal/cli.ts";
import { startTemporal } from "../temporal/server.ts";
import { startWebUiView } from "../temporal/web-ui-view.ts";
import { consoleExtras } from "./console-extras.ts";
import { checkPorts, type DemoPorts } from "./demo-ports.ts";
import { formatVerdict } from "./demo-verdict.ts";
import { createRecoveryClock } from "./recovery-clock.ts";
import { SCENARIOS } from "./scenarios.ts";
import { createStoryPrinter, type StoryPrinter } from "./story-printer.ts";
import { beginStory, type Demo, type Story } from "./story.ts";

export type DemoOptions = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cleanup: Cleanup;
  /** Null: any free ones, which each server takes when it starts. */
  readonly ports: DemoPorts | null;
  readonly print: (line: string) => void;
  readonly hasColours: boolean;
  /** The secret of the operator API's key. */
  readonly operatorSecret: string;
  /** Further variables of gateway and worker. */
  readonly variables?: Readonly<Record<string, string>>;
};

/** Starts everything; no charge has been made yet. @throws if a port is in use, with what to do */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const { env, cleanup, ports, print } = options;
  const folder = mkdtempSync(join(tmpdir(), "reprise-demo-"));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
  if (ports !== null) await checkPorts(ports);
  const cli = await findTemporalCli({ env, print });
  print(`Starting Temporal ${cli.version} (${cli.source}) …`);
  const server = await startTemporal({
    cli,
    timeSkipping: true,
    ...(ports === null ? {} : { port: ports.temporal }),
    uiPort: "free",
  });
  cleanup.add(() => server.stop());
  const { namespace, uiUrl } = server;
  const webUi = await startWebUiView({ uiUrl: uiUrl ?? "", namespace, port: ports?.webUi ?? 0 });
  cleanup.add(() => webUi.close());
  const temporal = { ...server, uiUrl: webUi.url };
  // Without the SDK's retry interceptor: a retry that is pending when the demo ends would throw.
  const connection = await Connection.connect({ address: temporal.address, interceptors: [] });
  cleanup.add(() => connection.close());
  const client = new Client({ connection, namespace: temporal.namespace });
  print("Starting PostgreSQL, worker, gateway, sandbox Dodo and inbox …");
  const ledger = await startLocalLedger({ folder, durable: false, cleanup, print });
  // The console needs the demo, which needs the sandbox that shows the console.
  const parts: { demo: Demo | null } = { demo: null };
  const stack = await startLocalStack({
    temporal,
    taskQueue: "reprise",
    folder,
    skipsTime: true,
    ...(ledger === null ? {} : { env: { DATABASE_URL: ledger } }),
    // The demo's account computes no tax.
    policy: "unknown_tax: none\n",
    operatorKeys: `demo:${options.operatorSecret}`,
    env: options.variables ?? {},
    ...(ports === null ? {} : { ports }),
    sandbox: {
      settings: { webhookRetryScale: 0.01 },
      consoleExtras: consoleExtras(
        () => parts.demo,
        (line) => print(`console: ${line}`),
      ),
    },
  });
  cleanup.add(() => stack.stop());
  const { control } = stack.sandbox;
  const clock = createRecoveryClock(connection, temporal.namespace, client, control);
  const demo = { stack, temporal, webUi, client, clock };
  parts.demo = demo;
  await Promise.all([stack.startGateway("1"), stack.startWorker("1")]);
  return demo;
}

/** So that a person can follow the days. */
const READING_PAUSE_MS = 400;

/**
 * Tells all stories, day by day, and prints the verdict.
 * @returns a line for each difference from what was expected
 */
export async function runStories(
  demo: Demo,
  { print: printAlways, cleanup, hasColours }: DemoOptions,
): Promise<readonly string[]> {
  const print = (line: string): void => {
    if (!cleanup.isRunning()) printAlways(line);
  };
  print(
    `${SCENARIOS.length} customers whose charges fail. Time is skipped while nothing happens. Each line shows its time\n` +
      "since the customer's charge: the day, hours and minutes.\n",
  );
  const stories = await Promise.all(SCENARIOS.map((scenario) => beginStory(scenario, demo)));
  const printer = createStoryPrinter(print, hasColours);
  for (let day: number | null = 0; day !== null; day = nextDayOf(stories)) {
    printer.beginDay();
    await liveThrough(day, stories, printer);
    if (cleanup.isRunning()) return ["the demo was stopped"];
    await delay(READING_PAUSE_MS);
  }
  const findings = stories.flatMap((story) => story.findings);
  print(`\n${formatVerdict(findings, SCENARIOS.length)}`);
  return findings;
}

/** Plays a day of all stories at once. Their lines are printed one story after another. */
async function liveThrough(
  day: number,
  stories: readonly Story[],
  printer: StoryPrinter,
): Promise<void> {
  const open = stories.filter((story) => story.nextDay() !== null);
  const played = open.map((story) => ({ story, lines: story.playDay(day) }));
  for (const { story, lines } of played) printer.print(story.name, story.startedAt, await lines);
}

function nextDayOf(stories: readonly Story[]): number | null {
  const days = stories.map((story) => story.nextDay()).filter((day) => day !== null);
  return days.length === 0 ? null : Math.min(...days);
}
