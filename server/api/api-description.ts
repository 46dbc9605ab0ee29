import type { FastifyDynamicSwaggerOptions, SwaggerTransformObject } from "@fastify/swagger";
import type { FastifySwaggerUiOptions } from "@fastify/swagger-ui";
import {
  createJsonSchemaTransform,
  createJsonSchemaTransformObject,
} from "fastify-type-provider-zod";
import { STATUS_CODES } from "node:http";

// Settings of `/v1/openapi.json` and `/docs`; the routes bring their own descriptions.

/** Keeps Swagger UI's tables inside a phone's screen. No operation has links, so their column is left out. */
const PHONE_STYLE = `
.swagger-ui .response-col_links{display:none}
@media (max-width:40rem){
.swagger-ui .wrapper{padding:0 10px}
.swagger-ui .opblock-body table,.swagger-ui .opblock-body tbody{display:block;width:100%}
.swagger-ui .opblock-body thead{display:none}
.swagger-ui .opblock-body tr,.swagger-ui .opblock-body td{display:block;width:100%!important;max-width:100%;box-sizing:border-box}
.swagger-ui input,.swagger-ui select,.swagger-ui textarea{min-width:0!important;max-width:100%!important;box-sizing:border-box}
.swagger-ui .opblock-body{overflow-wrap:anywhere}
}`;

/** Allows the gateway's own files only, so the page works offline. Swagger UI's scripts set inline styles. */
const DOCS_CSP = [
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:",
  "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
].join("; ");

const OPENAPI = {
  openapi: "3.1.0",
  info: {
    title: "Reprise",
    description:
      "Recovers failed subscription payments. For operators and the merchant's own systems.",
    version: "1",
  },
  components: { securitySchemes: { key: { type: "http", scheme: "bearer" } } },
  security: [{ key: [] }],
} as const;

const zodToJsonConfig: Parameters<typeof createJsonSchemaTransform>[0]["zodToJsonConfig"] = {
  // zod adds the safe-integer range to every integer; it is not a limit of the API.
  override: ({ jsonSchema }) => {
    if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    // `format` is enough, and Swagger UI generates odd examples from the pattern.
    if (jsonSchema.format === "date-time") delete jsonSchema.pattern;
    if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  },
};

const withSchemas = createJsonSchemaTransformObject({ zodToJsonConfig });

/** Removes schemas that nothing refers to, describes each response by the name of its HTTP status, and says which bodies are optional. */
const withoutUnused: SwaggerTransformObject = (document) => {
  const described = withSchemas(document) as Described;
  const text = JSON.stringify(described);
  const { schemas = {}, ...components } = described.components;
  const used = Object.entries(schemas).filter(([name]) =>
    text.includes(`"#/components/schemas/${name}"`),
  );
  for (const operation of Object.values(described.paths).flatMap((path) => Object.values(path))) {
    const { requestBody } = operation;
    // The plugin calls every body required.
    if (requestBody !== undefined) requestBody.required = !isOptional(requestBody);
    for (const [status, response] of Object.entries(operation.responses)) {
      response.description = STATUS_CODES[Number(status)] ?? response.description;
    }
  }
  return {
    ...described,
    components: { ...components, schemas: Object.fromEntries(used) },
  } as never;
};

type Described = {
  readonly components: { readonly schemas?: Readonly<Record<string, unknown>> };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};

type RequestBody = {
  required: boolean;
  readonly content: Readonly<
    Record<string, { readonly schema: { readonly anyOf?: readonly { readonly type?: string }[] } }>
  >;
};

type Operation = {
  readonly requestBody?: RequestBody;
  readonly responses: Readonly<Record<string, { description: string }>>;
};

/** A body that may be null may also be absent. */
function isOptional({ content }: RequestBody): boolean {
  return Object.values(content).some(({ schema }) =>
    schema.anyOf?.some(({ type }) => type === "null"),
  );
}

export const DESCRIPTION: FastifyDynamicSwaggerOptions = {
  openapi: { ...OPENAPI, security: [...OPENAPI.security] } as never,
  transform: createJsonSchemaTransform({ zodToJsonConfig }) as never,
  transformObject: withoutUnused,
};

export const DOCS_PAGE: FastifySwaggerUiOptions = {
  routePrefix: "/docs",
  staticCSP: DOCS_CSP,
  logLevel: "silent",
  theme: {
    title: "Reprise: the operator API",
    css: [{ filename: "phone.css", content: PHONE_STYLE }],
  },
  // Hides the bar for loading another API description.
  uiConfig: { validatorUrl: null, layout: "BaseLayout", defaultModelsExpandDepth: 0 },
};
