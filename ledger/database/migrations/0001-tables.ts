import { type Kysely, type Migration, sql } from "kysely";

/** Recoveries, debts, attempts, notices and operator actions. */
export const tables: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const RUN = `
  provider text not null,
  recovery_id text not null,
  run_id text not null,
  decision integer not null`;

const STATEMENTS: readonly string[] = [
  `create table recoveries (${RUN},
    subscription_id text not null,
    customer_id text,
    product_id text,
    mode text,
    state text not null,
    opened_at timestamptz not null,
    started_at timestamptz not null,
    ended_at timestamptz,
    written_at timestamptz not null default clock_timestamp(),
    primary key (provider, recovery_id, run_id)
  )`,
  `create index recoveries_by_writing on recoveries (written_at)`,
  `create table debts (${RUN},
    debt_id text not null,
    status text not null,
    amount_minor bigint,
    currency text,
    first_failed_at timestamptz,
    first_decline_code text,
    decline_class text,
    trigger text,
    is_requested boolean not null,
    is_late boolean not null,
    outcome text,
    ended_at timestamptz,
    ended_by text,
    rule text,
    settled_at timestamptz,
    settled_by_payment_id text,
    settled_attempt integer,
    collected_minor bigint,
    is_reactivated boolean,
    attempts integer not null,
    own_attempts integer not null,
    declined_attempts integer not null,
    notices integer not null,
    notices_before_settlement integer not null,
    primary key (provider, recovery_id, run_id, debt_id)
  )`,
  `create index debts_by_id on debts (debt_id)`,
  `create index debts_by_first_failure on debts (first_failed_at)`,
  `create table attempts (${RUN},
    debt_id text not null,
    position integer not null,
    number integer not null,
    trigger text not null,
    result text not null,
    decline_code text,
    decline_class text,
    payment_id text,
    started_at timestamptz not null,
    ended_at timestamptz not null,
    rule text not null,
    primary key (provider, recovery_id, run_id, debt_id, position)
  )`,
  `create table notices (${RUN},
    effect_id text not null,
    debt_id text not null,
    kind text not null,
    notice_key text not null,
    started_at timestamptz not null,
    result text,
    primary key (provider, recovery_id, run_id, effect_id)
  )`,
  `create table operator_actions (${RUN},
    update_id text not null,
    debt_id text,
    action text not null,
    given_at timestamptz not null,
    refusal text,
    primary key (provider, recovery_id, run_id, update_id)
  )`,
  `create table ledger_views (version text not null)`,
];
