import { Ajv2020 } from "ajv/dist/2020.js";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./documents.ts";

// Each date-time has a pattern too.
const ajv = new Ajv2020({ allErrors: true, validateFormats: false });

/** How JSON differs from a schema in docs/schemas/; empty where it does not. @param name `list` */
export function differencesFromSchema(name: string, json: string): readonly string[] {
  const path = join(ROOT, `docs/schemas/${name}.json`);
  const validate = ajv.compile(JSON.parse(readFileSync(path, "utf8")) as object);
  if (validate(JSON.parse(json))) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}
