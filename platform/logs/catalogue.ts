import type { Level } from "pino";
import type { FieldName, ValueOf } from "./fields.ts";
import { GATEWAY_EVENTS } from "./gateway-events.ts";
import type { EventRow } from "./row.ts";
import { SHARED_EVENTS } from "./shared-events.ts";
import { WORKER_EVENTS, WORKER_SET_UP_EVENTS } from "./worker-events.ts";

/**
 * Every event that the two processes log, by the `event` of its line. Other programs rely on the names: add, never rename. A line has
 * the fields of its row and no other, none of them a name, an address or the text of a foreign answer.
 */
export const EVENTS = {
  ...GATEWAY_EVENTS,
  ...WORKER_EVENTS,
  ...WORKER_SET_UP_EVENTS,
  ...SHARED_EVENTS,
} as const satisfies Readonly<Record<string, EventRow>>;

type Events = typeof EVENTS;

export type EventName = keyof Events;

type LevelsOf<Name extends EventName> = Events[Name]["level"] extends infer Given
  ? Given extends readonly (infer One)[]
    ? One
    : Given
  : never;

/** The events that are logged at a level. */
type EventAt<At extends Level> = {
  [Name in EventName]: At extends LevelsOf<Name> ? Name : never;
}[EventName];

type OptionalOf<Name extends EventName> = Events[Name] extends {
  readonly optional: readonly (infer One extends FieldName)[];
}
  ? One
  : never;

type LineOf<Name extends EventName> = Events[Name] extends { readonly isOpen: true }
  ? { readonly event: Name; readonly [field: string]: unknown }
  : { readonly event: Name } & {
      readonly [Field in Events[Name]["fields"][number]]: ValueOf<Field>;
    } & { readonly [Field in OptionalOf<Name>]?: ValueOf<Field> | null | undefined };

/** A line at a level. */
export type LineAt<At extends Level> = {
  [Name in EventAt<At>]: LineOf<Name>;
}[EventAt<At>];

type KeysOf<Line> = Line extends unknown ? keyof Line : never;

/** Forbids what the row lacks; a spread would bring it along unseen. */
type NothingElse<Line extends { readonly event: EventName }> =
  string extends KeysOf<LineOf<Line["event"]>>
    ? unknown
    : { readonly [Key in Exclude<KeysOf<Line>, KeysOf<LineOf<Line["event"]>>>]?: never };

/** Writes one line at a level. @param text for people: what happened and what to do */
export type LogMethod<At extends Level> = <const Line extends LineAt<At>>(
  line: Line & NothingElse<Line>,
  text?: string,
) => void;

/** A log that takes only lines of the table. */
export type Log = { readonly [At in Level]: LogMethod<At> };
