import { load, type LoadResult } from "../load/http-load.ts";
import { paymentWebhook, signed } from "../load/webhooks.ts";
import { cpuDuring } from "../machine/process-usage.ts";
import { startFloor } from "../sides/floor-process.ts";
import { type Bench, type OpenPath, type Path, PRODUCT, type Sample } from "../run/path.ts";
import { startProduct, startServer } from "../sides/product.ts";

const ECHO = "Fastify echo";
const VERIFIED = "Fastify with standardwebhooks";

const CONNECTIONS = 32;
/** Distinct webhooks, sent in turn. */
const WEBHOOKS = 256;

export const gateway: Path = {
  name: "gateway",
  title: "a webhook that signals nothing, 32 at once",
  rounds: { full: 9, quick: 3 },
  warmUps: { full: 1, quick: 1 },
  measures: [
    {
      key: "cpuUs",
      title: "CPU a webhook",
      unit: "µs",
      against: [{ subject: ECHO }, { subject: VERIFIED, goal: { atMost: 1.2 } }],
    },
    {
      key: "rate",
      title: "webhooks a second",
      unit: "",
      against: [{ subject: ECHO }, { subject: VERIFIED }],
    },
    { key: "p50", title: "p50", unit: "ms" },
    { key: "p99", title: "p99", unit: "ms" },
  ],
  open,
};

async function open(bench: Bench): Promise<OpenPath> {
  const temporal = await startServer(bench);
  const stack = await startProduct(bench, temporal, {
    sandbox: { settings: { webhookUrl: null } },
  });
  const key = stack.env.gateway["DODO_PAYMENTS_WEBHOOK_KEY"] ?? "";
  const [product, echo, verified] = await Promise.all([
    stack.startGateway("1"),
    startFloor(bench, "fastify-echo", {}),
    startFloor(bench, "fastify-standardwebhooks", { WEBHOOK_KEY: key }),
  ]);
  const run = (url: string, pid: number) => async () => await measure(bench, url, pid, key);
  return {
    subjects: [
      { name: PRODUCT, run: run(stack.gatewayUrl, product.pid) },
      { name: VERIFIED, run: run(verified.detail, verified.pid) },
      { name: ECHO, run: run(echo.detail, echo.pid) },
    ],
    close: async () => {
      await Promise.all([echo.stop(), verified.stop(), stack.stop()]);
      await temporal.stop();
    },
  };
}

async function measure(bench: Bench, url: string, pid: number, key: string): Promise<Sample> {
  const webhooks = Array.from({ length: WEBHOOKS }, (_, at) =>
    // Translated like any payment, and then ignored: the payment is of no subscription.
    signed(key, paymentWebhook("payment.succeeded", `pay_bench_${at}`, null)),
  );
  const until = performance.now() + (bench.isQuick ? 1_500 : 4_000);
  const { result, cpu } = await cpuDuring({ server: pid }, async (): Promise<LoadResult> => {
    const next = (turn: number) =>
      performance.now() < until ? (webhooks[turn % webhooks.length] ?? null) : null;
    return await load({ url: `${url}/webhooks/dodo`, connections: CONNECTIONS, next });
  });
  return {
    cpuUs: (cpu.server * 1_000) / result.count,
    rate: result.ratePerSecond,
    p50: result.p50Ms,
    p99: result.p99Ms,
  };
}
