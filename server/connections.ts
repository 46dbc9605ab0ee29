import type { FastifyInstance } from "fastify";
import type { Socket } from "node:net";

/**
 * Caps the open connections. One more closes the connection that has been silent for longest: a flood of idle or slow ones
 * closes its own connections, and never one whose request is being answered. A shutdown closes them too: Node waits for a connection
 * that has not sent a request yet.
 */
export function limitConnections(app: FastifyInstance, max: number): void {
  /** The one that was used least recently comes first. */
  const connections = new Set<Socket>();
  const answering = new Set<Socket>();
  let isClosing = false;
  const isSilent = (socket: Socket): boolean => !answering.has(socket);

  app.server.on("connection", (socket: Socket) => {
    if (isClosing) return socket.destroy();
    connections.add(socket);
    socket.once("close", () => {
      connections.delete(socket);
      answering.delete(socket);
    });
    if (connections.size <= max) return;
    for (const one of connections) {
      if (one !== socket && isSilent(one)) return one.destroy();
    }
    return socket.destroy();
  });
  // The body has been received.
  app.addHook("preValidation", ({ raw }, _reply, done) => {
    if (connections.has(raw.socket)) answering.add(raw.socket);
    done();
  });
  app.addHook("onResponse", ({ raw: { socket } }, _reply, done) => {
    answering.delete(socket);
    // Node closes the connections that are idle when a shutdown begins, and no others.
    if (isClosing && connections.has(socket)) socket.destroySoon();
    else if (connections.delete(socket) && !socket.destroyed) connections.add(socket);
    done();
  });
  app.addHook("preClose", async () => {
    isClosing = true;
    for (const socket of connections) if (isSilent(socket)) socket.destroy();
    await Promise.resolve();
  });
}
