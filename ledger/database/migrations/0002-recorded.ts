import { type Kysely, type Migration, sql } from "kysely";

/** What of a run has come from its history, beside what the worker wrote as decisions were made. */
export const recorded: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql
      .raw(
        `alter table recoveries
          add column recorded integer not null default 0,
          add column closed_at timestamptz`,
      )
      .execute(db);
  },
};
