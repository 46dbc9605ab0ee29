import { optionalTsToMs } from "@temporalio/common/lib/time.js";
import { retentionNeededMs } from "../../../domain/policy.ts";
import { DAY_MS } from "../../../domain/values/time.ts";
import { readScheduleMemo } from "../../../platform/temporal/schedule-memo.ts";
import { MODE_MEMO, MODE_RECORD, SWEEP_SCHEDULE } from "../../../workflows/contract.ts";
import { type Check, fail, ok, unknown } from "../check.ts";
import { temporalCheck } from "./temporal-check.ts";

export const connectionCheck: Check = {
  name: "temporal.connection",
  what: "Connection",
  run: async ({ temporal }) => {
    const connected = await temporal.connect();
    switch (connected.kind) {
      case "misconfigured":
        return fail(`The TEMPORAL_* variables: ${connected.detail}`, "Correct them.");
      case "unreachable":
        return fail(
          `Nothing answers at ${connected.address} (${connected.detail}).`,
          `temporal operator cluster health --address ${connected.address}`,
        );
      case "connected": {
        const { serverVersion } = await connected.client.workflowService.getSystemInfo({});
        return ok(`${connected.address}, server ${serverVersion ?? "of unknown version"}`);
      }
    }
  },
};

export const namespaceCheck: Check = {
  name: "temporal.namespace",
  what: "Namespace",
  requests: 3,
  run: async ({ temporal, settings }) => {
    const connected = await temporal.connect();
    if (connected.kind !== "connected") return unknown("Temporal cannot be reached.");
    const { client, namespace } = connected;
    const found = await temporal.namespace(connected);
    if (found.kind === "refused") {
      const create = `temporal operator namespace create --namespace ${namespace} --retention 60d`;
      return found.refused.code === "NOT_FOUND"
        ? fail(`There is no namespace "${namespace}".`, create)
        : unknown(`These credentials may not describe it (${found.refused.code}).`);
    }
    const { environment } = settings.worker;
    const recorded =
      (await readScheduleMemo(client, MODE_RECORD, MODE_MEMO)) ??
      (await readScheduleMemo(client, SWEEP_SCHEDULE, MODE_MEMO));
    if (
      recorded === null ||
      recorded === environment ||
      settings.missing.has("DODO_PAYMENTS_API_KEY")
    ) {
      return ok(recorded === null ? namespace : `${namespace}, of ${recorded}`);
    }
    return fail(
      `"${namespace}" belongs to ${recorded}, and DODO_PAYMENTS_ENVIRONMENT is ${environment}.`,
      `Set TEMPORAL_NAMESPACE to one of its own: temporal operator namespace create --namespace ${environment} --retention 60d`,
    );
  },
};

export const retentionCheck = temporalCheck(
  { name: "temporal.retention", what: "Retention" },
  async (connected, { temporal, settings }) => {
    const found = await temporal.namespace(connected);
    if (found.kind === "refused")
      return unknown("These credentials may not describe the namespace.");
    const { config } = found.description;
    const retentionMs = optionalTsToMs(config?.workflowExecutionRetentionTtl);
    if (retentionMs === undefined) return unknown("Temporal does not tell it.");
    const neededDays = Math.ceil(retentionNeededMs(settings.worker.policy) / DAY_MS);
    const days = Number((retentionMs / DAY_MS).toFixed(1));
    if (days >= neededDays) return ok(`${days} days; the policy's window needs ${neededDays}.`);
    return fail(
      `Ended recoveries and idempotency keys are forgotten after ${days} days; the policy's window needs ${neededDays}.`,
      `temporal operator namespace update --namespace ${connected.namespace} --retention ${neededDays}d`,
    );
  },
);
