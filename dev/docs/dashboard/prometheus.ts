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
};

const HOST = "127.0.0.1";
const READY_TIMEOUT_MS = 30_000;

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
  await untilReady(`http://${address}/-/ready`);
  return { query: async (expression) => await ask(`http://${address}`, expression) };
}

async function untilReady(url: string): Promise<void> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  for (;;) {
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok === true) return;
    if (performance.now() > deadline) throw new Error("Prometheus is not ready after 30 s");
    await delay(100);
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
