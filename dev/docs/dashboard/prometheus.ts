import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { stringify } from "yaml";
import { startProcess } from "../../process/child-process.ts";
import type { Cleanup } from "../../process/cleanup.ts";
import { freePort } from "../../process/ports.ts";

/** A series of an answer: its labels, and its value as text. */
export type Series = { readonly labels: Readonly<Record<string, string>>; readonly value: string };

export type Prometheus = {
  /** @throws if Prometheus refuses the query, with its message */
  readonly query: (expression: string) => Promise<readonly Series[]>;
  /** Waits until a query has a series. @throws after two minutes */
  readonly until: (expression: string) => Promise<void>;
};

const HOST = "127.0.0.1";
const TIMEOUT_MS = 120_000;
const POLL_MS = 200;

/** @returns the path of `prometheus`; null where it is not installed */
export function findPrometheus(): string | null {
  try {
    return execFileSync("/bin/sh", ["-c", "command -v prometheus"], { encoding: "utf8" }).trim();
  } catch {
    return null;
  }
}

/**
 * Starts a Prometheus that scrapes the targets every second.
 * @param targets `host:port` of each job
 */
export async function startPrometheus(
  command: string,
  targets: Readonly<Record<string, string>>,
  cleanup: Cleanup,
): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), "reprise-prometheus-"));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
  const config = {
    global: { scrape_interval: "1s" },
    scrape_configs: Object.entries(targets).map(([job, target]) => ({
      job_name: job,
      static_configs: [{ targets: [target] }],
    })),
  };
  const file = join(folder, "prometheus.yml");
  writeFileSync(file, stringify(config));
  const address = `${HOST}:${await freePort(HOST)}`;
  const child = startProcess({
    command,
    args: [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=${address}`,
    ],
    logFile: join(folder, "prometheus.log"),
  });
  cleanup.add(() => child.stop());
  const url = `http://${address}`;
  await until("Prometheus is ready", async () => (await fetch(`${url}/-/ready`)).ok);
  const query = async (expression: string): Promise<readonly Series[]> =>
    await ask(url, expression);
  return {
    query,
    until: async (expression) =>
      await until(expression, async () => (await query(expression)).length > 0),
  };
}

async function until(what: string, isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS;
  while (!(await isTrue().catch(() => false))) {
    if (performance.now() > deadline) throw new Error(`Still waiting after two minutes: ${what}`);
    await delay(POLL_MS);
  }
}

type Answer = {
  readonly error?: string;
  readonly data?: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value: readonly [number, string];
    }[];
  };
};

async function ask(url: string, expression: string): Promise<readonly Series[]> {
  const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`);
  const { data, error } = (await response.json()) as Answer;
  if (data === undefined) throw new Error(`${expression}: ${error ?? response.status}`);
  return data.result.map(({ metric, value: [, value] }) => ({ labels: metric, value }));
}
