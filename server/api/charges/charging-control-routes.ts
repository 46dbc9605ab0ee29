import { z } from "zod";
import { formatInstant } from "../../../domain/values/time.ts";
import type { Charging } from "../../../platform/temporal/charging-switch.ts";
import type { Log } from "../../../platform/log.ts";
import type { ApiScope } from "../api-scope.ts";
import { problemAnswer } from "../problem.ts";
import type { ChargingControl } from "./charging-control.ts";

const stopBody = z
  .strictObject({
    reason: z
      .string()
      .trim()
      .min(1)
      .max(500)
      .describe("Shown in Temporal with the rate limit, after the name of the key."),
  })
  .meta({ examples: [{ reason: "The bank is down" }] });

export const chargingSchema = z
  .object({
    stopped: z.boolean(),
    reason: z.string().nullable(),
    by: z
      .string()
      .nullable()
      .describe("The key that stopped charging; `worker` if Dodo rejected the API key."),
    since: z.iso.datetime().nullable(),
    limit_per_second: z
      .number()
      .nullable()
      .describe(
        "Rate limit of the charge queue; null if none is set and the workers' limit applies.",
      ),
  })
  .meta({ id: "Charging" });

const answer = { response: { 200: chargingSchema, default: problemAnswer } };

/** Stop-all: read, stop, resume. Attempts that are due wait in the charge queue. */
export function addChargingControlRoutes(api: ApiScope, control: ChargingControl, log: Log): void {
  api.get(
    "/charging",
    {
      schema: {
        tags: ["Stop-all"],
        summary: "Get whether charging is stopped, by whom and why",
        ...answer,
      },
    },
    async () => bodyOf(await control.read()),
  );
  api.post(
    "/charging/stop",
    {
      schema: {
        tags: ["Stop-all"],
        summary: "Stop all charges now, across restarts, until they are resumed",
        description: "If charging is already stopped, the first stop keeps its reason.",
        body: stopBody,
        ...answer,
      },
    },
    async ({ id: requestId, body, operator: by }) => {
      const charging = await control.stop(body.reason, by);
      log.warn({ event: "charging_stopped", by, requestId }, "an operator stopped all charges");
      return bodyOf(charging);
    },
  );
  api.post(
    "/charging/resume",
    {
      schema: {
        tags: ["Stop-all"],
        summary: "Resume charges at the rate limit that applied before the stop",
        ...answer,
      },
    },
    async ({ id: requestId, operator: by }) => {
      const charging = await control.resume(by);
      log.warn({ event: "charging_resumed", by, requestId }, "an operator resumed all charges");
      return bodyOf(charging);
    },
  );
}

function bodyOf(charging: Charging): z.infer<typeof chargingSchema> {
  if (charging.kind === "running") {
    const { limitPerSecond } = charging;
    const unstopped = { reason: null, by: null, since: null };
    return { stopped: false, ...unstopped, limit_per_second: limitPerSecond };
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
