import type { FastifyReply } from "fastify";
import { STATUS_CODES } from "node:http";
import { z } from "zod";

/** An answer that is a no, as RFC 9457 has it; `code` is stable, for programs. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  readonly code: string;
  readonly more: ProblemFields;
  constructor(status: number, code: string, detail: string, more: ProblemFields = {}) {
    super(detail);
    this.status = status;
    this.code = code;
    this.more = more;
  }
}

export type ProblemFields = {
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
  /** Seconds until it is worth another try. */
  readonly retryAfterS?: number;
};

const problemSchema = z
  .object({
    type: z.literal("about:blank"),
    title: z.string(),
    status: z.int().min(400).max(599),
    code: z.string().describe("Stable, for programs."),
    detail: z.string().describe("For people; may change."),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: "Problem", description: "RFC 9457, application/problem+json." });

/** What every route answers where it is a no. */
export const problemAnswer = {
  description: "A no, and why: a problem document.",
  content: { "application/problem+json": { schema: problemSchema } },
} as const;

export async function sendProblem(reply: FastifyReply, problem: Problem): Promise<FastifyReply> {
  const { status, code, message, more } = problem;
  const { errors, retryAfterS } = more;
  if (retryAfterS !== undefined) void reply.header("retry-after", retryAfterS);
  if (status === 401) void reply.header("www-authenticate", 'Bearer realm="Reprise"');
  const title = STATUS_CODES[status] ?? "Error";
  const body = {
    type: "about:blank",
    title,
    status,
    code,
    detail: message,
    ...(errors === undefined ? {} : { errors }),
  };
  // Written here: what is no success needs no schema, and the type is not JSON's own.
  return await reply
    .code(status)
    .type("application/problem+json")
    .serializer((value: unknown) => JSON.stringify(value))
    .send(body);
}
