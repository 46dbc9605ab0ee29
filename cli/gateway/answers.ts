import { z } from "zod";

// What the commands read of the API's answers. `--json` passes everything on, also what a later gateway adds.

const text = z.string();
const minor = z.number().nullable();

const attempt = z.looseObject({
  number: z.number(),
  trigger: text,
  started_at: text,
  payment_id: text.nullable(),
  result: text,
  decline_code: text.nullable(),
});

const debt = z.looseObject({
  debt_id: text,
  amount: z.number(),
  currency: text,
  since: text,
  first_decline_code: text.nullable(),
});

const ended = z.looseObject({
  debt_id: text.nullable(),
  outcome: text,
  by: text.nullable(),
  who: text.nullable(),
  amount: minor,
  currency: text.nullable(),
  payment_id: text.nullable(),
  reason: text,
  ended_at: text,
  attempts: z.array(attempt),
});

export const recoveryAnswer = z.looseObject({
  subscription_id: text,
  customer_id: text.nullable(),
  state: text,
  mode: text.nullable(),
  subscription_status: text.nullable(),
  opened_at: text,
  window_ends_at: text.nullable(),
  paused: z.looseObject({ since: text, by: text }).nullable(),
  imported: z.looseObject({ at: text, by: text, verified: z.boolean() }).nullish(),
  next: z.looseObject({ at: text.nullable(), what: text }),
  actions: z.array(z.looseObject({ action: text, applies: z.boolean(), effect: text })),
  attention: z.array(z.looseObject({ cause: text, since: text, text, advice: text, detail: text })),
  debt: debt.nullable(),
  attempts: z.array(attempt),
  charge: z
    .looseObject({
      number: z.number(),
      trigger: text,
      started_at: text,
      phase: text,
      payment_id: text.nullable(),
    })
    .nullable(),
  waiting_payment: z.looseObject({ payment_id: text, waits_for: text, since: text }).nullable(),
  queue: z.array(debt),
  ended: z.array(ended),
  timeline: z.array(z.looseObject({ at: text, rule: text, reason: text })),
});

export type RecoveryAnswer = z.infer<typeof recoveryAnswer>;
export type AttemptAnswer = z.infer<typeof attempt>;

export const recoveryPageAnswer = z.looseObject({
  recoveries: z.array(
    z.looseObject({
      subscription_id: text,
      customer_id: text.nullable(),
      state: text.nullable(),
      outcome: text.nullable(),
      decline_code: text.nullable(),
      amount_due: minor,
      currency: text.nullable(),
      next_attempt_at: text.nullable(),
    }),
  ),
  next_cursor: text.nullable(),
});

export type RecoveryPageAnswer = z.infer<typeof recoveryPageAnswer>;

export const chargeAnswer = z.looseObject({
  charge_id: text,
  subscription_id: text,
  amount: z.number(),
});

export const chargingAnswer = z.looseObject({
  stopped: z.boolean(),
  reason: text.nullable(),
  by: text.nullable(),
  since: text.nullable(),
  limit_per_second: z.number().nullable(),
});

export type ChargingAnswer = z.infer<typeof chargingAnswer>;

export const sweepAnswer = z.looseObject({ started: z.literal(true) });

export const importStartedAnswer = z.looseObject({ import_id: text });

const importedDebt = z.looseObject({
  amount: z.number(),
  currency: text,
  failed_at: text,
  decline_code: text.nullable(),
  mail_at: text.nullable(),
  charge_at: text.nullable(),
  asks: text.nullable(),
  observed: z.boolean(),
  queued: z.number(),
});

export const importAnswer = z.looseObject({
  import_id: text,
  state: text,
  dry_run: z.boolean(),
  started_at: text,
  listing: z.boolean(),
  cut_off: z.boolean(),
  total: z.number(),
  judged: z.number(),
  opens: z.number(),
  have_recovery: z.number(),
  left_out: z.record(text, z.number()),
  amounts: z.array(z.looseObject({ currency: text, amount: z.number() })),
  rows: z.array(
    z.looseObject({
      subscription_id: text,
      did: text,
      why: text.nullable(),
      debt: importedDebt.nullable(),
    }),
  ),
  next_cursor: text.nullable(),
});

export type ImportAnswer = z.infer<typeof importAnswer>;

const collected = z.looseObject({ amount: z.number(), payment_ids: z.array(text) });

export const proofAnswer = z.looseObject({
  subscription_id: text,
  as_of: text,
  agree: z.boolean(),
  findings: z.array(z.looseObject({ kind: text, detail: text })),
  runs: z.number(),
  debts: z.array(
    z.looseObject({
      debt_id: text,
      first_failed_at: text.nullable(),
      currency: text.nullable(),
      owed: minor,
      outcome: text.nullable(),
      by: text.nullable(),
      rule: text.nullable(),
      reason: text.nullable(),
      attempts: z.array(
        z.looseObject({
          number: z.number(),
          key: text,
          at: text,
          request: z.looseObject({ amount: minor, currency: text, via: text }),
          rule: text,
          reason: text,
          answer: z
            .looseObject({ kind: text, payment_id: text.nullable(), detail: text.nullable() })
            .nullable(),
          at_dodo: z.array(z.looseObject({ payment_id: text, status: text.nullable() })),
        }),
      ),
      collected,
      collected_at_dodo: collected,
    }),
  ),
});

export type ProofAnswer = z.infer<typeof proofAnswer>;

export const deliveryAnswer = z.looseObject({
  id: text,
  type: text,
  subscription_id: text,
  state: text,
  next_attempt_at: text.nullable(),
  attempts: z.array(z.looseObject({ at: text, status: z.number().nullable() })),
});

export type DeliveryAnswer = z.infer<typeof deliveryAnswer>;

export const deliveryPageAnswer = z.looseObject({
  deliveries: z.array(deliveryAnswer),
  next_cursor: text.nullable(),
});

export type DeliveryPageAnswer = z.infer<typeof deliveryPageAnswer>;

const sum = z.looseObject({ debts: z.number(), amount: z.number() });

export const reportAnswer = z.looseObject({
  by: text,
  watermark: text.nullable(),
  rows: z.array(
    z.looseObject({
      key: text.nullable(),
      currency: text,
      at_risk: sum,
      open_debts: sum,
      recovered_gross: sum,
      recovered_naturally: sum,
      lost: sum,
      recovery_rate: z
        .looseObject({ rate: z.number(), low: z.number(), high: z.number() })
        .nullable(),
      days_to_recover: z.looseObject({ median: z.number() }).nullable(),
    }),
  ),
});

export type ReportAnswer = z.infer<typeof reportAnswer>;

export const problemAnswer = z.looseObject({
  status: z.number(),
  code: text,
  detail: text,
  errors: z.array(z.looseObject({ path: text, message: text })).optional(),
  attempt: text.nullable().optional(),
  payment_id: text.nullable().optional(),
});

export type ProblemAnswer = z.infer<typeof problemAnswer>;
