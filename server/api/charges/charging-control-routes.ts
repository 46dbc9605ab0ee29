import type { Client } from "@temporalio/client";
import { z } from "zod";
import { formatInstant } from "../../../domain/values/time.ts";
import { createActivityQueue } from "../../../platform/temporal/activity-queue.ts";
import {
  type Charging,
  type ChargingSwitch,
  createChargingSwitch,
} from "../../../platform/temporal/charging-switch.ts";
import { chargeQueueOf } from "../../../workflows/contract.ts";
import { askTemporal } from "../../temporal/ask-temporal.ts";
import type { ApiScope } from "../api.ts";
import { problemAnswer } from "../problem.ts";

/** Stop-all as an operator has it; every call ends within the gateway's deadline. */
export type ChargingDesk = {
  readonly read: () => Promise<Charging>;
  /** A stop that stands already keeps its reason. */
  readonly stop: (reason: string, by: string) => Promise<Charging>;
  readonly resume: (by: string) => Promise<Charging>;
};

/** @param client null until a connection is made */
export function createChargingDesk(client: () => Client | null, taskQueue: string): ChargingDesk {
  const turn = async (work: (charging: ChargingSwitch) => Promise<Charging>): Promise<Charging> =>
    await askTemporal(client, async (connected) => {
      const queue = createActivityQueue(connected, chargeQueueOf(taskQueue));
      return await work(createChargingSwitch(queue));
    });
  return {
    read: async () => await turn((charging) => charging.read()),
    stop: async (reason, by) =>
      await turn(async (charging) => (await charging.stop(`${by}: ${reason}`, by)).charging),
    resume: async (by) => await turn((charging) => charging.resume(`${by}: resumed`, by)),
  };
}

const stopBody = z
  .strictObject({
    reason: z
      .string()
      .trim()
      .min(1)
      .max(500)
      .describe("Shown in Temporal with the limit, behind the name of the key."),
  })
  .meta({ examples: [{ reason: "The bank is down" }] });

const chargingSchema = z
  .object({
    stopped: z.boolean(),
    reason: z.string().nullable(),
    by: z.string().nullable().describe("The key that stopped it; `worker`: Dodo refused its key."),
    since: z.iso.datetime().nullable(),
    limit_per_second: z
      .number()
      .nullable()
      .describe("Of the queue of charges, where one is set; else the workers' pace holds."),
  })
  .meta({ id: "Charging" });

const answer = { response: { 200: chargingSchema, default: problemAnswer } };

/** Stop-all and its end: attempts wait in the queue of charges, and are lost by neither. */
export function addChargingRoutes(api: ApiScope, desk: ChargingDesk): void {
  api.get(
    "/charging",
    {
      schema: {
        tags: ["Stop-all"],
        summary: "Whether charges go on, or who stopped them and why",
        ...answer,
      },
    },
    async () => bodyOf(await desk.read()),
  );
  api.post(
    "/charging/stop",
    {
      schema: {
        tags: ["Stop-all"],
        summary: "Stop all charges at once, over restarts, until they are resumed",
        description: "A stop that stands already keeps its reason.",
        body: stopBody,
        ...answer,
      },
    },
    async ({ body, operator }) => bodyOf(await desk.stop(body.reason, operator)),
  );
  api.post(
    "/charging/resume",
    {
      schema: {
        tags: ["Stop-all"],
        summary: "Let charges go on, at the pace that held before",
        ...answer,
      },
    },
    async ({ operator }) => bodyOf(await desk.resume(operator)),
  );
}

function bodyOf(charging: Charging): z.infer<typeof chargingSchema> {
  if (charging.kind === "goes_on") {
    const { limitPerSecond } = charging;
    const nobody = { reason: null, by: null, since: null };
    return { stopped: false, ...nobody, limit_per_second: limitPerSecond };
  }
  const { reason, by, since } = charging;
  return {
    stopped: true,
    reason,
    by,
    since: since === null ? null : formatInstant(since),
    limit_per_second: 0,
  };
}
