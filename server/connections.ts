import type { FastifyInstance } from "fastify";
import { Socket } from "node:net";

/**
 * Caps the open connections: `max` that have had an answer, and as many that have not. One more closes the connection of its kind
 * that has been silent for longest, so a flood of connections closes its own, and never one whose request is being answered or
 * that was of use lately. A shutdown closes them too: Node waits for a connection that has not sent a request yet.
 */
export function limitConnections(app: FastifyInstance, max: number): void {
  const answering = new Set<Socket>();
  const isSilent = (socket: Socket): boolean => !answering.has(socket);
  const unanswered = createPool(max, isSilent);
  const answered = createPool(max, isSilent);
  let isClosing = false;

  app.server.on("connection", (socket: Socket) => {
    if (isClosing) return socket.destroy();
    socket.once("close", () => {
      unanswered.delete(socket);
      answered.delete(socket);
      answering.delete(socket);
    });
    return unanswered.add(socket);
  });
  // The body has been received.
  app.addHook("preValidation", ({ raw }, _reply, done) => {
    if (!raw.socket.destroyed) answering.add(raw.socket);
    done();
  });
  app.addHook("onResponse", ({ raw: { socket } }, _reply, done) => {
    // `app.inject` has none.
    if (!(socket instanceof Socket)) return done();
    answering.delete(socket);
    unanswered.delete(socket);
    // Node closes the connections that are idle when a shutdown begins, and no others.
    if (isClosing) socket.destroySoon();
    else if (!socket.destroyed) answered.add(socket);
    return done();
  });
  app.addHook("preClose", async () => {
    isClosing = true;
    unanswered.close();
    answered.close();
    await Promise.resolve();
  });
}

type Pool = {
  /** As the one that was used last. */
  readonly add: (socket: Socket) => void;
  readonly delete: (socket: Socket) => void;
  /** Closes all that are silent. */
  readonly close: () => void;
};

function createPool(max: number, isSilent: (socket: Socket) => boolean): Pool {
  /** The one that was used least recently comes first. */
  const sockets = new Set<Socket>();
  return {
    add: (socket) => {
      sockets.delete(socket);
      sockets.add(socket);
      if (sockets.size <= max) return;
      for (const one of sockets) if (one !== socket && isSilent(one)) return void one.destroy();
      socket.destroy();
    },
    delete: (socket) => void sockets.delete(socket),
    close: () => {
      for (const socket of sockets) if (isSilent(socket)) socket.destroy();
    },
  };
}
