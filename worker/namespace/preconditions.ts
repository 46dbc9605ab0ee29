import type { Client } from "@temporalio/client";
import type { Policy } from "../../domain/policy.ts";
import { messageOf } from "../../platform/error-message.ts";
import type { Log } from "../../platform/log.ts";
import { refusedCallOf } from "../../platform/temporal/refused-call.ts";
import type { OperatorCalls } from "../../platform/temporal/search-attributes.ts";
import { pause } from "../pause.ts";
import { warnWithoutFairness } from "./fairness.ts";
import { warnOfShortRetention } from "./retention.ts";
import { ensureSearchAttributes } from "./search-attributes.ts";
import type { Unfitness } from "./unfitness.ts";

export type NamespaceNeeds = {
  readonly client: Client;
  /** Temporal's calls for search attributes. */
  readonly operator: OperatorCalls;
  /** The mode at Dodo of this worker. */
  readonly environment: "test_mode" | "live_mode";
  readonly policy: Policy;
  /** Creates the sweep's schedule, which records the mode. @returns the mode that is recorded */
  readonly ensureSchedule: () => Promise<string>;
  readonly log: Log;
};

/** A new namespace, or a new search attribute, is visible after a moment. */
const PATIENCE_MS = 10_000;
const POLL_MS = 500;

/**
 * Waits until the namespace has what Reprise needs. What is missing and may be made is made; what is only unwise is
 * warned of. While Temporal does not answer, it asks again.
 *
 * @returns what is still wrong after ten seconds; null if the namespace is fit, or once `signal` is aborted
 * @source docs/ARCHITECTURE.md, "Preconditions"
 */
export async function untilFit(
  needs: NamespaceNeeds,
  signal: AbortSignal,
  patienceMs: number = PATIENCE_MS,
): Promise<Unfitness | null> {
  const { log } = needs;
  let unfitSince: number | null = null;
  for (let failures = 0; !signal.aborted; await pause(POLL_MS, signal)) {
    try {
      const unfit = await findUnfitness(needs);
      if (unfit === null) {
        await warnOfWeaknesses(needs);
        return null;
      }
      unfitSince ??= performance.now();
      if (unfit.isFinal || performance.now() - unfitSince >= patienceMs) return unfit;
    } catch (error) {
      unfitSince = null;
      const detail = messageOf(error);
      // The first failure and then every twentieth, so that a long outage does not fill the log.
      if (failures % 20 === 0) {
        const text = "the namespace cannot be checked; retrying. No work starts before";
        log.warn({ event: "namespace_check_failed", detail }, text);
      }
      failures += 1;
    }
  }
  return null;
}

/** What is unwise, but no reason to stop. A warning that cannot be made delays nothing. */
async function warnOfWeaknesses({ client, policy, log }: NamespaceNeeds): Promise<void> {
  const { namespace } = client.options;
  log.info({ event: "namespace_fit", namespace });
  const checks = [warnOfShortRetention(client, policy, log), warnWithoutFairness(client, log)];
  for (const check of await Promise.allSettled(checks)) {
    if (check.status === "fulfilled") continue;
    const detail = messageOf(check.reason);
    log.info({ event: "namespace_not_described", namespace, detail });
  }
}

async function findUnfitness(needs: NamespaceNeeds): Promise<Unfitness | null> {
  const { client, operator, log } = needs;
  return (
    (await checkNamespace(client)) ??
    (await ensureSearchAttributes(client, operator, log)) ??
    (await ensureMode(needs))
  );
}

async function checkNamespace(client: Client): Promise<Unfitness | null> {
  const { namespace } = client.options;
  try {
    await client.workflowService.describeNamespace({ namespace });
    return null;
  } catch (error) {
    const refused = refusedCallOf(error);
    if (refused === null) throw error;
    // A role that may run workflows need not see the namespace's settings.
    if (refused.code !== "NOT_FOUND") return null;
    return {
      what: "namespace_missing",
      text:
        `there is no namespace "${namespace}". Create it, and start the worker again: ` +
        `temporal operator namespace create --namespace ${namespace} --retention 60d`,
      isFinal: false,
    };
  }
}

/** Test and live data never share a namespace. */
async function ensureMode({
  client,
  environment,
  ensureSchedule,
}: NamespaceNeeds): Promise<Unfitness | null> {
  const { namespace } = client.options;
  try {
    const recorded = await ensureSchedule();
    if (recorded === environment) return null;
    return {
      what: "other_mode",
      text:
        `namespace "${namespace}" belongs to ${recorded}, and DODO_PAYMENTS_ENVIRONMENT is ${environment}. ` +
        `Give ${environment} a namespace of its own: create one (temporal operator namespace create ` +
        "--namespace <name> --retention 60d) and set TEMPORAL_NAMESPACE to it. " +
        `With npm start, use another folder: npm start -- --data data-${environment}`,
      isFinal: true,
    };
  } catch (error) {
    const refused = refusedCallOf(error);
    if (refused === null) throw error;
    return {
      what: "schedule_refused",
      text:
        `Temporal refuses to create the sweep's schedule in namespace "${namespace}" ` +
        `(${refused.code}: ${refused.details}). The schedule finds lost webhooks, and records which mode owns the ` +
        "namespace. Give this worker's credentials write access to the namespace, and start it again",
      isFinal: false,
    };
  }
}
