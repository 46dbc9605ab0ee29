import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A TCP proxy that can be frozen: while it is, nothing arrives on either side. */
export type FreezingProxy = {
  /** `host:port` for clients. */
  readonly address: string;
  /** Stops passing data in both directions. */
  readonly freeze: () => void;
  /** Bytes that clients have sent since the freeze. */
  readonly heldBytes: () => number;
  /** Closes all connections and lets new ones through. */
  readonly thaw: () => void;
  readonly close: () => Promise<void>;
};

export async function startFreezingProxy(target: string): Promise<FreezingProxy> {
  const { hostname, port } = new URL(`tcp://${target}`);
  const pairs = new Set<readonly [Socket, Socket]>();
  let isFrozen = false;
  let held = 0;
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    const pair = [client, upstream] as const;
    pairs.add(pair);
    client.on("data", (chunk: Buffer) => {
      if (isFrozen) held += chunk.length;
      else upstream.write(chunk);
    });
    upstream.on("data", (chunk: Buffer) => {
      if (!isFrozen) client.write(chunk);
    });
    for (const [one, other] of [pair, [upstream, client] as const]) {
      one.on("error", () => other.destroy());
      one.on("close", () => {
        other.destroy();
        pairs.delete(pair);
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const closeAll = (): void => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
  };
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    freeze: () => {
      isFrozen = true;
      held = 0;
    },
    heldBytes: () => held,
    thaw: () => {
      closeAll();
      isFrozen = false;
    },
    close: async () => {
      closeAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
