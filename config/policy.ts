import { readFileSync } from "node:fs";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { riskProblems } from "../domain/policy-risk.ts";
import {
  DEFAULT_POLICY,
  type Policy,
  type PolicyProblem,
  policyProblems,
} from "../domain/policy.ts";
import { parseDurationMs } from "../domain/values/time.ts";
import type { Reader } from "./reader.ts";
import { keyProblems } from "./unknown-keys.ts";

const duration = z
  .string({ error: "expected a duration such as 3d, 24h, 10m or 30s" })
  .refine((text) => parseDurationMs(text) !== null, {
    error: "expected a duration such as 3d, 24h, 10m or 30s",
  })
  .transform((text) => parseDurationMs(text) ?? 0);

const handling = z.enum(["retry", "customer", "merchant", "never"]);

/**
 * The schema of the policy file. Unknown keys are errors, so a misspelt key does not silently keep its default.
 *
 * @source docs/CONFIGURATION.md, "Policy"
 */
const FILE = z.strictObject({
  retry: z
    .strictObject({
      gaps: z.array(duration),
      transient_gap: duration,
      align: z.enum(["authorization_time", "none"]),
      repeated_code_limit: z.int(),
      settle: duration,
      settle_reads: z.int(),
      outcome_deadline: duration,
      follow_up: z.array(duration),
      after_method_change: duration,
    })
    .partial(),
  notices: z
    .strictObject({
      first_soft: duration,
      before_attempt: duration,
      hard: z.array(duration),
      per_customer_week: z.int(),
      recovered: z.boolean(),
    })
    .partial(),
  opening_reread: duration,
  window: duration,
  quiet_end: duration,
  on_exhausted: z.enum(["leave", "cancel"]),
  foreign_charges: z.enum(["ask", "same_debt", "new_debt"]),
  debt_key: z.string().min(1).max(40).nullable(),
  replaced_by: z.enum(["ask", "end", "ignore"]),
  unknown_tax: z.enum(["ask", "none"]),
  max_debt_age: duration,
  max_opened_per_sweep: z.int(),
  scheduled_subscriptions: z.enum(["observe", "manage"]),
  one_time_payments: z.enum(["ignore", "notify"]),
  accept_risk: z.boolean(),
  codes: z.record(z.string(), handling),
});

export type PolicyReading =
  | { readonly kind: "policy"; readonly policy: Policy }
  | { readonly kind: "problems"; readonly problems: readonly PolicyProblem[] };

/**
 * Parses a policy file. Keys that it leaves out have the values of the built-in policy.
 * @param isLive it charges real customers, so some values need `accept_risk: true`
 */
export function parsePolicy(text: string, isLive = false): PolicyReading {
  let raw: unknown;
  try {
    raw = parseYaml(text) ?? {};
  } catch (error) {
    const problem =
      error instanceof Error ? (error.message.split("\n")[0] ?? "") : "not valid YAML";
    return { kind: "problems", problems: [{ path: "(file)", problem }] };
  }
  const read = FILE.partial().safeParse(raw);
  if (!read.success) {
    const problems = keyProblems(FILE, read.error).map(({ path, problem }) => ({
      path: path.join(".") || "(file)",
      problem,
    }));
    return { kind: "problems", problems };
  }
  const policy = policyOf(read.data);
  const problems = [...policyProblems(policy), ...(isLive ? riskProblems(policy) : [])];
  return problems.length === 0 ? { kind: "policy", policy } : { kind: "problems", problems };
}

type FilePolicy = z.output<ReturnType<typeof FILE.partial>>;

function policyOf(file: FilePolicy): Policy {
  const { retry = {}, notices = {} } = file;
  const base = DEFAULT_POLICY;
  return {
    retry: {
      gapsMs: retry.gaps ?? base.retry.gapsMs,
      transientGapMs: retry.transient_gap ?? base.retry.transientGapMs,
      align: retry.align ?? base.retry.align,
      repeatedCodeLimit: retry.repeated_code_limit ?? base.retry.repeatedCodeLimit,
      settleMs: retry.settle ?? base.retry.settleMs,
      settleReads: retry.settle_reads ?? base.retry.settleReads,
      outcomeDeadlineMs: retry.outcome_deadline ?? base.retry.outcomeDeadlineMs,
      followUpMs: retry.follow_up ?? base.retry.followUpMs,
      afterMethodChangeMs: retry.after_method_change ?? base.retry.afterMethodChangeMs,
    },
    notices: {
      firstSoftMs: notices.first_soft ?? base.notices.firstSoftMs,
      beforeAttemptMs: notices.before_attempt ?? base.notices.beforeAttemptMs,
      hardMs: notices.hard ?? base.notices.hardMs,
      perCustomerWeek: notices.per_customer_week ?? base.notices.perCustomerWeek,
      recovered: notices.recovered ?? base.notices.recovered,
    },
    openingRereadMs: file.opening_reread ?? base.openingRereadMs,
    windowMs: file.window ?? base.windowMs,
    quietEndMs: file.quiet_end ?? base.quietEndMs,
    onExhausted: file.on_exhausted ?? base.onExhausted,
    foreignCharges: file.foreign_charges ?? base.foreignCharges,
    debtKey: file.debt_key ?? base.debtKey,
    replacedBy: file.replaced_by ?? base.replacedBy,
    unknownTax: file.unknown_tax ?? base.unknownTax,
    maxDebtAgeMs: file.max_debt_age ?? base.maxDebtAgeMs,
    maxOpenedPerSweep: file.max_opened_per_sweep ?? base.maxOpenedPerSweep,
    scheduledSubscriptions: file.scheduled_subscriptions ?? base.scheduledSubscriptions,
    oneTimePayments: file.one_time_payments ?? base.oneTimePayments,
    acceptRisk: file.accept_risk ?? base.acceptRisk,
    codes: file.codes ?? base.codes,
  };
}

/** The policy file that `RECOVERY_POLICY` names, or the built-in policy. */
export function readPolicy(reader: Reader, isLive: boolean): Policy {
  const name = "RECOVERY_POLICY";
  const path = reader.text(name);
  if (path === null) return DEFAULT_POLICY;
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    reader.addProblem(name, `cannot read ${path}`);
    return DEFAULT_POLICY;
  }
  const reading = parsePolicy(text, isLive);
  if (reading.kind === "policy") return reading.policy;
  for (const { path: key, problem } of reading.problems)
    reader.addProblem(name, `${key}: ${problem}`);
  return DEFAULT_POLICY;
}
