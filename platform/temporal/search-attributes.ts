import type { Client, Connection } from "@temporalio/client";
import { refusedCallOf } from "./refused-call.ts";

/** Temporal's calls for search attributes. */
export type OperatorCalls = Pick<
  Connection["operatorService"],
  "listSearchAttributes" | "addSearchAttributes"
>;

/**
 * Types of search attributes in Temporal's API, by the name that the CLI takes.
 * @source https://github.com/temporalio/api, temporal/api/enums/v1/common.proto, `IndexedValueType`
 */
export const TYPES = {
  Text: 1,
  Keyword: 2,
  Int: 3,
  Double: 4,
  Bool: 5,
  Datetime: 6,
  KeywordList: 7,
} as const;

export type TypeName = keyof typeof TYPES;
export type Attribute = { readonly name: string; readonly type: TypeName };

/** The type of the SDK's keys, in the CLI's words. */
const TYPE_OF = { KEYWORD: "Keyword", INT: "Int", DATETIME: "Datetime" } as const;

type Keys = Readonly<Record<string, { readonly name: string; readonly type: string }>>;

/** @param keys as `defineSearchAttributeKey` makes them */
export function neededAttributes(keys: Keys): readonly Attribute[] {
  return Object.values(keys).map(({ name, type }) => ({
    name,
    type: TYPE_OF[type as keyof typeof TYPE_OF],
  }));
}

/** The namespace's search attributes; where the type cannot be read, the needed one. */
export async function listAttributes(
  client: Client,
  operator: Pick<OperatorCalls, "listSearchAttributes">,
  needed: readonly Attribute[],
): Promise<ReadonlyMap<string, TypeName>> {
  const { namespace } = client.options;
  try {
    const { customAttributes } = await operator.listSearchAttributes({ namespace });
    const names = Object.entries(customAttributes ?? {});
    return new Map(names.map(([name, type]) => [name, typeNameOf(Number(type))]));
  } catch (error) {
    const refused = refusedCallOf(error);
    if (refused?.code !== "PERMISSION_DENIED" && refused?.code !== "UNIMPLEMENTED") throw error;
    return await findByQuery(client, needed);
  }
}

function typeNameOf(type: number): TypeName {
  const entry = Object.entries(TYPES).find(([, value]) => value === type);
  return (entry?.[0] ?? "Text") as TypeName;
}

/** A role that may not list search attributes may query by them, and an unknown one is refused. */
async function findByQuery(
  client: Client,
  needed: readonly Attribute[],
): Promise<ReadonlyMap<string, TypeName>> {
  const { namespace } = client.options;
  const known = needed.map(async ({ name, type }) => {
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

/** The command that creates them. */
export function createCommand(namespace: string, attributes: readonly Attribute[]): string {
  const each = attributes.map(({ name, type }) => `--name ${name} --type ${type}`).join(" ");
  return `temporal operator search-attribute create --namespace ${namespace} ${each}`;
}
