import rateLimit from "@fastify/rate-limit";
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance, FastifyRequest } from "fastify";
import {
  hasZodFastifySchemaValidationErrors,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from "fastify-type-provider-zod";
import type { Log } from "../../platform/log.ts";
import { noSuchRoute } from "../bad-request.ts";
import { logActions } from "./action-log.ts";
import { clientOf } from "../client-address.ts";
import { TemporalUnavailableError } from "../temporal/call-temporal.ts";
import { DESCRIPTION, DOCS_PAGE } from "./api-description.ts";
import type { ApiScope } from "./api-scope.ts";
import { addChargeRoutes } from "./charges/charge-routes.ts";
import type { Charges } from "./charges/charges.ts";
import { addChargingControlRoutes } from "./charges/charging-control-routes.ts";
import type { ChargingControl } from "./charges/charging-control.ts";
import { addDeliveryRoutes } from "./deliveries/delivery-routes.ts";
import type { Deliveries } from "./deliveries/deliveries.ts";
import { addImportRoutes } from "./imports/import-routes.ts";
import type { Imports } from "./imports/imports.ts";
import { addMandateRoutes } from "./mandates/mandate-routes.ts";
import type { Mandates } from "./mandates/mandates.ts";
import { type OperatorKey, operatorsBy } from "./operator-key.ts";
import { Problem, sendProblem } from "./problem.ts";
import { addProofRoutes } from "./recoveries/proof-routes.ts";
import type { Proofs } from "./recoveries/proofs.ts";
import type { RecoveryClient } from "./recoveries/recovery-client.ts";
import { addRecoveryRoutes } from "./recoveries/recovery-routes.ts";
import { addReportRoutes, type Reports } from "./reports/report-routes.ts";

export type ApiDependencies = {
  /** Without keys the API is off. */
  readonly operatorKeys: readonly OperatorKey[];
  readonly recoveryClient: RecoveryClient;
  readonly charges: Charges;
  readonly charging: ChargingControl;
  readonly imports: Imports;
  readonly mandates: Mandates;
  readonly proofs: Proofs;
  readonly deliveries: Deliveries;
  readonly reports: Reports;
  readonly log: Log;
};

/** Holds the largest request: a charge or a mandate with all the metadata that Dodo accepts. */
const BODY_BYTES_MAX = 64 * 1_024;

/** Per key, or per address if a request has no valid key. A person stays far below it. */
const REQUESTS_PER_MINUTE = 600;

const RETRY_AFTER_S = 5;

const MALFORMED = "The body is not valid JSON, or has a key named __proto__.";

/** Adds the operator API under `/v1`, its OpenAPI description and its documentation page. Adds nothing without keys. */
export function addApi(app: FastifyInstance, dependencies: ApiDependencies): void {
  if (dependencies.operatorKeys.length === 0) return;
  void app.register(async (scope) => {
    await scope.register(swagger, DESCRIPTION);
    await scope.register(swaggerUi, DOCS_PAGE);
    await scope.register(
      async (raw) => {
        const api = raw.withTypeProvider<ZodTypeProvider>();
        await addGuards(api, dependencies);
        api.get("/openapi.json", { schema: { hide: true }, config: { isPublic: true } }, () =>
          scope.swagger(),
        );
        addRecoveryRoutes(api, dependencies.recoveryClient);
        addProofRoutes(api, dependencies.proofs);
        addChargeRoutes(api, dependencies.charges);
        addImportRoutes(api, dependencies.imports);
        addMandateRoutes(api, dependencies.mandates);
        addChargingControlRoutes(api, dependencies.charging, dependencies.log);
        addDeliveryRoutes(api, dependencies.deliveries);
        addReportRoutes(api, dependencies.reports);
      },
      { prefix: "/v1" },
    );
  });
}

/** Adds what applies to every route: body parsing, error handling, rate limit and authentication. */
async function addGuards(api: ApiScope, { operatorKeys, log }: ApiDependencies): Promise<void> {
  const operatorOf = operatorsBy(operatorKeys);
  const nameOf = (request: FastifyRequest): string | null =>
    operatorOf(request.headers.authorization);
  api.setValidatorCompiler(validatorCompiler);
  api.setSerializerCompiler(serializerCompiler);
  api.removeAllContentTypeParsers();
  // zod drops a key named __proto__ without a word.
  const parseJson = api.getDefaultJsonParser("error", "ignore");
  api.addContentTypeParser(
    "application/json",
    { parseAs: "string", bodyLimit: BODY_BYTES_MAX },
    (request, text, done) => {
      if (text === "") return done(null, undefined);
      return parseJson(request, String(text), (error, body) =>
        error === null ? done(null, body) : done(new Problem(400, "malformed_json", MALFORMED)),
      );
    },
  );
  logActions(api, log);
  api.setErrorHandler(async (error, request, reply) => {
    const problem = problemOf(error);
    request.problemCode = problem.code;
    const requestId = request.id;
    if (problem.status >= 500) log.error({ event: "api_request_failed", requestId, err: error });
    return await sendProblem(reply, problem);
  });
  await api.register(rateLimit, {
    max: REQUESTS_PER_MINUTE,
    timeWindow: 60_000,
    keyGenerator: (request) => nameOf(request) ?? `address ${clientOf(request)}`,
    errorResponseBuilder: (_request, { ttl }) =>
      new Problem(
        429,
        "too_many_requests",
        `The limit is ${REQUESTS_PER_MINUTE} requests a minute.`,
        { retryAfterS: Math.ceil(ttl / 1_000) },
      ),
  });
  api.decorateRequest("operator", "");
  // After the rate limit, which therefore also limits guesses, and before the body is read.
  api.addHook("preParsing", async (request) => {
    if (request.routeOptions.config.isPublic === true) return;
    const name = nameOf(request);
    if (name === null) {
      const detail = "Send a valid operator key: Authorization: Bearer <secret>.";
      throw new Problem(401, "unauthorized", detail);
    }
    request.operator = name;
    await Promise.resolve();
  });
  api.setNotFoundHandler(
    { preHandler: api.rateLimit() },
    async (request, reply) => await sendProblem(reply, noSuchRoute(request, reply)),
  );
}

/** Turns any error into a problem document. Details of internal errors go to the log only. */
function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const errors = error.validation.map(({ instancePath, message }) => ({
      path: instancePath,
      message: message ?? "invalid",
    }));
    const detail = "The request does not match the API's schema; see errors.";
    return new Problem(422, "invalid_request", detail, { errors });
  }
  if (error instanceof TemporalUnavailableError) {
    const detail =
      "Temporal or a worker did not answer in time. The request may still take effect: check, or repeat it with the same Idempotency-Key.";
    return new Problem(503, "unavailable", detail, { retryAfterS: RETRY_AFTER_S });
  }
  const status =
    typeof error === "object" && error !== null && "statusCode" in error ? error.statusCode : 500;
  switch (status) {
    case 413:
      return new Problem(413, "too_large", "The body is larger than this route accepts.");
    case 415:
      return new Problem(415, "unsupported_media_type", "Send application/json.");
    case 400:
      return new Problem(400, "bad_request", "The request cannot be read.");
    default:
      return new Problem(500, "internal_error", "An internal error occurred; see the log.");
  }
}
