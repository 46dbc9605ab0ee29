import {
  createCommand,
  listAttributes,
  neededAttributes,
} from "../../../platform/temporal/search-attributes.ts";
import { SEARCH_ATTRIBUTES } from "../../../workflows/contract.ts";
import { fail, ok } from "../check.ts";
import { temporalCheck } from "./temporal-check.ts";

const NEEDED = neededAttributes(SEARCH_ATTRIBUTES);

export const attributesCheck = temporalCheck(
  { name: "temporal.search_attributes", what: "Search attributes", requests: 4 },
  async ({ client, connection, namespace }) => {
    const found = await listAttributes(client, connection.operatorService, NEEDED);
    const wrong = NEEDED.filter(({ name, type }) => (found.get(name) ?? type) !== type);
    if (wrong.length > 0) {
      const types = wrong.map(
        ({ name, type }) => `${name} is ${found.get(name)}, expected ${type}`,
      );
      const remove = wrong.map(({ name }) => `--name ${name}`).join(" ");
      return fail(
        `Of another type: ${types.join("; ")}.`,
        "Use another namespace; or, if nothing else uses them: " +
          `temporal operator search-attribute remove --namespace ${namespace} ${remove}`,
      );
    }
    const missing = NEEDED.filter(({ name }) => !found.has(name));
    if (missing.length === 0) return ok(`All ${NEEDED.length}.`);
    const names = missing.map(({ name }) => name).join(", ");
    return fail(
      `Missing: ${names}. Without them no recovery makes progress.`,
      createCommand(namespace, missing),
    );
  },
);
