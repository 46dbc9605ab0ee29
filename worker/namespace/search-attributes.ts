import type { Client, Connection } from "@temporalio/client";
import type { Log } from "../../platform/log.ts";
import { type RefusedCall, refusedCallOf } from "../../platform/temporal/refused-call.ts";
import { SEARCH_ATTRIBUTES } from "../../workflows/contract.ts";
import type { Unfitness } from "./unfitness.ts";

export type OperatorCalls = Pick<
  Connection["operatorService"],
  "listSearchAttributes" | "addSearchAttributes"
>;

/**
 * Types of search attributes in Temporal's API, by the name that the CLI takes.
 * @source https://github.com/temporalio/api, temporal/api/enums/v1/common.proto, `IndexedValueType`
 */
const TYPES = {
  Text: 1,
  Keyword: 2,
  Int: 3,
  Double: 4,
  Bool: 5,
  Datetime: 6,
  KeywordList: 7,
} as const;

type TypeName = keyof typeof TYPES;
type Attribute = { readonly name: string; readonly type: TypeName };

/** The type of the SDK's keys, in the CLI's words. */
const TYPE_OF = { KEYWORD: "Keyword", INT: "Int", DATETIME: "Datetime" } as const;

const NEEDED: readonly Attribute[] = Object.values(SEARCH_ATTRIBUTES).map(({ name, type }) => ({
  name,
  type: TYPE_OF[type],
}));

/**
 * Creates the search attributes that are missing. Without them every workflow task fails and is retried forever.
 *
 * @returns what is missing or wrong, with the command that mends it; null if nothing is
 */
export async function ensureSearchAttributes(
  client: Client,
  operator: OperatorCalls,
  log: Log,
): Promise<Unfitness | null> {
  const { namespace } = client.options;
  const found = await listAttributes(client, operator);
  const wrong = NEEDED.filter(({ name, type }) => (found.get(name) ?? type) !== type);
  if (wrong.length > 0) return otherType(namespace, wrong, found);
  const missing = NEEDED.filter(({ name }) => !found.has(name));
  if (missing.length === 0) return null;
  const refused = await add(operator, namespace, missing);
  // An attribute counts once it is listed, because creating one can fail silently.
  const created = refused === null ? await listAttributes(client, operator) : found;
  const left = missing.filter(({ name }) => !created.has(name));
  if (left.length > 0) return stillMissing(namespace, left, refused);
  const names = missing.map(({ name }) => name);
  log.info({ event: "search_attributes_created", namespace, names });
  return null;
}

async function add(
  operator: OperatorCalls,
  namespace: string,
  missing: readonly Attribute[],
): Promise<RefusedCall | null> {
  const types = missing.map(({ name, type }) => [name, TYPES[type]] as const);
  try {
    await operator.addSearchAttributes({ namespace, searchAttributes: Object.fromEntries(types) });
    return null;
  } catch (error) {
    const refused = refusedCallOf(error);
    if (refused === null) throw error;
    return refused;
  }
}

/** The namespace's search attributes; where the type cannot be read, the needed one. */
async function listAttributes(
  client: Client,
  operator: OperatorCalls,
): Promise<ReadonlyMap<string, TypeName>> {
  const { namespace } = client.options;
  try {
    const { customAttributes } = await operator.listSearchAttributes({ namespace });
    const names = Object.entries(customAttributes ?? {});
    return new Map(names.map(([name, type]) => [name, typeNameOf(Number(type))]));
  } catch (error) {
    const refused = refusedCallOf(error);
    if (refused?.code !== "PERMISSION_DENIED" && refused?.code !== "UNIMPLEMENTED") throw error;
    return await findByQuery(client);
  }
}

function typeNameOf(type: number): TypeName {
  const entry = Object.entries(TYPES).find(([, value]) => value === type);
  return (entry?.[0] ?? "Text") as TypeName;
}

/** A role that may not list search attributes may query by them, and an unknown one is refused. */
async function findByQuery(client: Client): Promise<ReadonlyMap<string, TypeName>> {
  const { namespace } = client.options;
  const known = NEEDED.map(async ({ name, type }) => {
    try {
      const query = `${name} IS NULL`;
      await client.workflowService.countWorkflowExecutions({ namespace, query });
      return [[name, type] as const];
    } catch (error) {
      if (refusedCallOf(error)?.code !== "INVALID_ARGUMENT") throw error;
      return [];
    }
  });
  return new Map((await Promise.all(known)).flat());
}

function stillMissing(
  namespace: string,
  missing: readonly Attribute[],
  refused: RefusedCall | null,
): Unfitness {
  const names = missing.map(({ name }) => name).join(", ");
  const why =
    refused === null
      ? "Temporal accepted their creation and does not list them"
      : `Temporal refuses to create them (${refused.code}: ${refused.details})`;
  return {
    what: "search_attributes_missing",
    text:
      `namespace "${namespace}" lacks the search attributes ${names}, and ${why}. Without them no recovery makes ` +
      `progress. Create them, and start the worker again: ${createCommand(namespace, missing)}`,
    isFinal: false,
  };
}

function otherType(
  namespace: string,
  wrong: readonly Attribute[],
  found: ReadonlyMap<string, TypeName>,
): Unfitness {
  const types = wrong.map(({ name, type }) => `${name} is ${found.get(name)}, expected ${type}`);
  const remove = wrong.map(({ name }) => `--name ${name}`).join(" ");
  return {
    what: "search_attribute_of_other_type",
    text:
      `namespace "${namespace}" has search attributes of another type: ${types.join("; ")}. Use another namespace, ` +
      "or, if nothing else uses them, remove them and start the worker again, which creates them: " +
      `temporal operator search-attribute remove --namespace ${namespace} ${remove}`,
    isFinal: true,
  };
}

function createCommand(namespace: string, attributes: readonly Attribute[]): string {
  const each = attributes.map(({ name, type }) => `--name ${name} --type ${type}`).join(" ");
  return `temporal operator search-attribute create --namespace ${namespace} ${each}`;
}
