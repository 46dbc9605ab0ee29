import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type Process, VARIABLES } from "../../config/variables.ts";
import { readWorkerConfig } from "../../config/worker.ts";
import { chargeQueueOf, dodoQueueOf } from "../../workflows/contract.ts";

type Service = {
  readonly image: string;
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly restart: string;
  readonly environment?: Readonly<Record<string, string | number | null>>;
  readonly env_file?: unknown;
  readonly ports?: readonly string[];
  readonly networks: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: unknown;
  readonly stop_grace_period?: string;
  readonly init: boolean;
  readonly read_only: boolean;
  readonly cap_drop: readonly string[];
  readonly security_opt: readonly string[];
};
type Compose = {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), "utf8");

const text = read("docker-compose.yml");
const dockerfile = read("Dockerfile");
const compose = parse(text, { merge: true }) as Compose;
const services = Object.entries(compose.services);
const { version, dependencies } = JSON.parse(read("package.json")) as {
  version: string;
  dependencies: Record<string, string>;
};

/** Variables of the deployment itself, which no process reads. docs/CONTAINERS.md describes them. */
const DEPLOYMENT_VARIABLES = [
  "GATEWAY_PORT",
  "MAILPIT_PORT",
  "POSTGRES_PASSWORD",
  "TEMPORAL_UI_PORT",
];

/** Variables whose default or value is set by docker-compose.yml instead of the program. */
const CONTAINER_VALUES: Readonly<Record<string, string | number>> = {
  HOST: "0.0.0.0",
  PORT: 3000,
  PUBLIC_URL: "${PUBLIC_URL:-http://127.0.0.1:${GATEWAY_PORT:-3000}}",
  TEMPORAL_ADDRESS: "${TEMPORAL_ADDRESS:-temporal:7233}",
  TEMPORAL_NAMESPACE: "${TEMPORAL_NAMESPACE:-default}",
  TEMPORAL_TASK_QUEUE: "reprise",
};

function serviceOf(name: string): Service {
  const service = compose.services[name];
  if (service === undefined) throw new Error(`no service ${name}`);
  return service;
}

/** The variables that docs/CONFIGURATION.md abbreviates as `TEMPORAL_TLS…`, read from the SDK's code. */
function tlsVariables(): readonly string[] {
  const library = dirnameOf("@temporalio/envconfig");
  const code = readFileSync(join(library, "envconfig-toml.js"), "utf8");
  return [...new Set([...code.matchAll(/'(TEMPORAL_TLS\w*)'/g)].map(([, name]) => name ?? ""))];
}

function dirnameOf(library: string): string {
  return join(createRequire(import.meta.url).resolve(library), "..");
}

function variablesOf(process: Process): readonly string[] {
  const read = VARIABLES.filter(
    ({ readBy, isSupported }) => isSupported && readBy.includes(process),
  );
  return read.flatMap(({ name }) => (name === "TEMPORAL_TLS…" ? tlsVariables() : [name]));
}

function secondsOf(duration: string | undefined): number {
  return Number(/^(\d+)s$/.exec(duration ?? "")?.[1] ?? Number.NaN);
}

describe("environment of the containers", () => {
  test("each container gets exactly the variables that its process reads", () => {
    expect(tlsVariables().length).toBeGreaterThan(5);
    for (const name of ["gateway", "worker"] as const) {
      const { environment, env_file: envFile } = serviceOf(name);
      expect(Object.keys(environment ?? {}).toSorted(), name).toEqual(variablesOf(name).toSorted());
      // An env_file would give each process the other's secrets.
      expect(envFile, name).toBeUndefined();
    }
  });

  test("docker-compose.yml demands required variables and leaves other defaults to the program", () => {
    for (const name of ["gateway", "worker"] as const) {
      for (const [variable, value] of Object.entries(serviceOf(name).environment ?? {})) {
        const isRequired = VARIABLES.some((row) => row.name === variable && row.required);
        if (isRequired) expect(value, variable).toMatch(new RegExp(`^\\$\\{${variable}:\\?.+\\}$`));
        else expect(value, variable).toBe(CONTAINER_VALUES[variable] ?? null);
      }
    }
  });

  test("docker-compose.yml reads only documented variables from .env", () => {
    const taken = [...text.matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name ?? "");
    const known = [...VARIABLES.map(({ name }) => name), ...DEPLOYMENT_VARIABLES];
    expect(taken.filter((name) => !known.includes(name))).toEqual([]);
    for (const name of DEPLOYMENT_VARIABLES) {
      expect(taken, name).toContain(name);
      expect(read("docs/CONTAINERS.md"), name).toContain(`\`${name}\``);
    }
  });

  test("docker-compose.yml contains no secret", () => {
    const secrets = services.flatMap(([, { environment }]) =>
      Object.entries(environment ?? {}).filter(([name]) => isSecret(name)),
    );
    expect(secrets.length).toBeGreaterThan(5);
    for (const [name, value] of secrets)
      expect(value === null || /^\$\{[A-Z_]+:\?[^}]+\}$/.test(String(value)), name).toBe(true);
  });
});

function isSecret(name: string): boolean {
  const row = VARIABLES.find((one) => one.name === name);
  return row?.secret ?? /PASSWORD|PWD|_DATA$|SECRET/.test(name);
}

describe("images", () => {
  test("images are pinned to exact versions, and both processes share one", () => {
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image ?? "");
    expect(bases).toHaveLength(3);
    for (const image of [...services.map(([, service]) => service.image), ...bases])
      expect(image).toMatch(/^[a-z]+(\/[a-z-]+)?:v?\d+\.\d+(\.\d+)?(-bookworm(-slim)?)?$/);
    expect(text + dockerfile).not.toMatch(/latest|auto-setup/);
    expect(serviceOf("gateway").image).toBe(`reprise:${version}`);
    expect(serviceOf("worker").image).toBe(`reprise:${version}`);
    expect(dockerfile).toContain(`org.opencontainers.image.version="${version}"`);
    const [server, tools] = [serviceOf("temporal").image, serviceOf("temporal-schema").image];
    expect(tools.split(":")[1]).toBe(server.split(":")[1]);
  });

  test("the image runs the built program on glibc as an unprivileged user", () => {
    const runs = dockerfile.slice(dockerfile.lastIndexOf("FROM "));
    expect(runs).toMatch(/^FROM node:24\.\d+\.\d+-bookworm-slim$/m);
    expect(runs).toMatch(/^USER node$/m);
    expect(runs).toMatch(/^ENV NODE_ENV=production$/m);
    expect(runs).not.toMatch(/^RUN /m);
    expect(dockerfile).toContain("RUN sh modules.sh");
    expect(read("deploy/image/modules.sh")).toContain("npm ci --omit=dev");
    expect(serviceOf("gateway").command).toEqual(["node", "dist/server/main.js"]);
    expect(serviceOf("worker").command).toEqual(["node", "dist/worker/main.js"]);
  });

  test("the image is built from the files that the build needs, without secrets", () => {
    const lines = read(".dockerignore").split("\n");
    const isComment = (line: string): boolean => line === "" || line.startsWith("#");
    const [first, ...rest] = lines.filter((line) => !isComment(line));
    expect(first).toBe("*");
    const { include } = JSON.parse(read("tsconfig.build.json")) as { include: string[] };
    const files = ["package.json", "package-lock.json", "LICENSE", "tsconfig.json"];
    expect(rest.toSorted()).toEqual(
      [...include, ...files, "tsconfig.build.json", "dev/build.ts", "deploy/image"]
        .map((path) => `!${path}`)
        .toSorted(),
    );
  });

  test("the image has every package that the built program imports", () => {
    const { include } = JSON.parse(read("tsconfig.build.json")) as { include: string[] };
    const imported = new Set(include.flatMap(packagesOf));
    expect(imported).toContain("@temporalio/worker");
    for (const name of imported) expect(Object.keys(dependencies), name).toContain(name);
  });
});

/** The packages that a room's sources import, without type imports. */
function packagesOf(room: string): string[] {
  return sourcesOf(room).flatMap((path) =>
    [...read(path).matchAll(/^(import|export)(?! type) (?:[^;]*? from )?"([^."][^"]*)";/gms)]
      .map(([, , target = ""]) => target)
      .filter((target) => !target.startsWith("node:"))
      .map((target) => /^(@[^/]+\/)?[^/]+/.exec(target)?.[0] ?? target),
  );
}

function sourcesOf(room: string): string[] {
  return readdirSync(join(root, room), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => join(room, path));
}

describe("networks and privileges", () => {
  test("only the gateway is published, and two web pages on the loopback address", () => {
    const published = services.flatMap(([name, { ports = [] }]) =>
      ports.map((port) => [name, port]),
    );
    expect(published).toEqual([
      ["gateway", "${GATEWAY_PORT:-3000}:3000"],
      ["temporal-ui", "127.0.0.1:${TEMPORAL_UI_PORT:-8080}:8080"],
      ["mailpit", "127.0.0.1:${MAILPIT_PORT:-8025}:8025"],
    ]);
    expect(text).not.toMatch(/network_mode|privileged|docker\.sock/);
  });

  test("only Temporal reaches the database", () => {
    expect(compose.networks["database"]?.internal).toBe(true);
    const inside = services.filter(([, { networks }]) => networks.includes("database"));
    expect(inside.map(([name]) => name)).toEqual(["postgres", "temporal-schema", "temporal"]);
    expect(serviceOf("postgres").networks).toEqual(["database"]);
  });

  test("containers have a read-only root, no capabilities and read-only mounts", () => {
    for (const [name, service] of services) {
      expect(service.read_only, name).toBe(true);
      expect(service.cap_drop, name).toEqual(["ALL"]);
      expect(service.security_opt, name).toEqual(["no-new-privileges:true"]);
      expect(service.init, name).toBe(true);
      for (const volume of service.volumes ?? [])
        expect(volume, name).toMatch(/^\.\/deploy[/\w]*:\/[/\w]+:ro$|^postgres:/);
    }
  });
});

describe("start", () => {
  const conditionOf = (name: string, on: string): string | undefined =>
    serviceOf(name).depends_on?.[on]?.condition;

  test("set-up jobs run in order before the gateway and the worker", () => {
    expect(conditionOf("temporal-schema", "postgres")).toBe("service_healthy");
    const done = "service_completed_successfully";
    expect(conditionOf("temporal", "temporal-schema")).toBe(done);
    expect(conditionOf("temporal-namespace", "temporal")).toBe("service_healthy");
    expect(conditionOf("temporal-search-attributes", "temporal-namespace")).toBe(done);
    expect(conditionOf("gateway", "temporal-search-attributes")).toBe(done);
    expect(conditionOf("worker", "temporal-search-attributes")).toBe(done);
  });

  test("dependencies wait for a finished job or a health check", () => {
    for (const [name, { depends_on: waits = {} }] of services) {
      for (const [other, { condition }] of Object.entries(waits)) {
        const { restart, healthcheck } = serviceOf(other);
        if (condition === "service_healthy") expect(healthcheck, `${name}, ${other}`).toBeDefined();
        else expect(restart, `${name}, ${other}`).toBe("no");
      }
    }
  });

  test("jobs run once, and services restart until they are stopped", () => {
    for (const [name, { restart, entrypoint }] of services) {
      expect(restart, name).toBe(entrypoint === undefined ? "unless-stopped" : "no");
    }
  });
});

describe("stop", () => {
  test("stopping the worker waits for the slowest charge", () => {
    const of = (timeout: string): unknown =>
      readWorkerConfig({
        DODO_PAYMENTS_API_KEY: "key",
        LINK_SIGNING_KEYS: Buffer.alloc(32).toString("base64"),
        SMTP_URL: "smtp://mailpit:1025",
        EMAIL_FROM: "billing@example.com",
        DODO_PAYMENTS_TIMEOUT: timeout,
      });
    expect(() => of("300s")).not.toThrow();
    expect(() => of("301s")).toThrow(/DODO_PAYMENTS_TIMEOUT/);
    // One request, 15 s for the rest of a charge and 10 s for the process. @source worker/run.ts
    expect(secondsOf(serviceOf("worker").stop_grace_period)).toBeGreaterThan(300 + 15 + 10);
  });

  test("stopping the gateway waits for its last answers", () => {
    const deadlineMs = /SHUTDOWN_DEADLINE_MS = ([\d_]+)/.exec(read("server/main.ts"))?.[1];
    const deadline = Number(deadlineMs?.replaceAll("_", "")) / 1_000;
    expect(secondsOf(serviceOf("gateway").stop_grace_period)).toBeGreaterThan(deadline);
  });

  test("the database is on a named volume, which outlives the containers", () => {
    expect(Object.keys(compose.volumes)).toEqual(["postgres"]);
    expect(serviceOf("postgres").volumes).toEqual(["postgres:/var/lib/postgresql/data"]);
  });
});

describe("Temporal server", () => {
  type Values = readonly { value: unknown; constraints?: { taskQueueName?: string } }[];
  const dynamic = parse(read("deploy/temporal/dynamic-config.yaml")) as Record<string, Values>;

  test("the Temporal server has 512 history shards, a number that can never change", () => {
    expect(serviceOf("temporal").environment).toMatchObject({ NUM_HISTORY_SHARDS: 512 });
  });

  test("the Temporal server has fairness, and one partition for each queue that calls Dodo", () => {
    const { environment, volumes } = serviceOf("temporal");
    expect(volumes).toEqual(["./deploy/temporal:/etc/temporal/reprise:ro"]);
    expect(environment).toMatchObject({
      DYNAMIC_CONFIG_FILE_PATH: "/etc/temporal/reprise/dynamic-config.yaml",
    });
    const queue = String(CONTAINER_VALUES["TEMPORAL_TASK_QUEUE"]);
    const onePartition = [chargeQueueOf(queue), dodoQueueOf(queue)].map((taskQueueName) => ({
      value: 1,
      constraints: { taskQueueName },
    }));
    expect(dynamic).toEqual({
      "matching.enableFairness": [{ value: true }],
      "matching.numTaskqueueReadPartitions": onePartition,
      "matching.numTaskqueueWritePartitions": onePartition,
      "limit.maxIDLength": [{ value: 255 }],
    });
  });
});
