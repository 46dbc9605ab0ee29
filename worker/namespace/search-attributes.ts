import type { Client } from "@temporalio/client";
import type { Log } from "../../platform/log.ts";
import { type RefusedCall, refusedCallOf } from "../../platform/temporal/refused-call.ts";
import {
  type Attribute,
  createCommand,
  listAttributes,
  neededAttributes,
  type OperatorCalls,
  TYPES,
  type TypeName,
} from "../../platform/temporal/search-attributes.ts";
import { SEARCH_ATTRIBUTES } from "../../workflows/contract.ts";
import type { Unfitness } from "./unfitness.ts";

const NEEDED = neededAttributes(SEARCH_ATTRIBUTES);

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
  const found = await listAttributes(client, operator, NEEDED);
  const wrong = NEEDED.filter(({ name, type }) => (found.get(name) ?? type) !== type);
  if (wrong.length > 0) return otherType(namespace, wrong, found);
  const missing = NEEDED.filter(({ name }) => !found.has(name));
  if (missing.length === 0) return null;
  const refused = await add(operator, namespace, missing);
  // An attribute counts once it is listed, because creating one can fail silently.
  const created = refused === null ? await listAttributes(client, operator, NEEDED) : found;
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
