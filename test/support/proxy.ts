// Owns a TCP proxy in front of a test's server: connections through it can be reset, refused, and let through again.

import { connect, createServer, type Socket } from 'node:net';

export interface TcpProxy {
  readonly port: number;
  /** Resets (RST) all connections; new ones are let through. */
  reset(): void;
  /** New connections are reset, too, until `restore`. */
  cut(): void;
  restore(): void;
  close(): Promise<void>;
}

export async function proxyTo(port: number): Promise<TcpProxy> {
  const open = new Set<Socket>();
  let whole = true;
  const server = createServer((client) => {
    if (!whole) {
      client.resetAndDestroy();
      return;
    }
    const target = connect(port, '127.0.0.1');
    for (const [socket, other] of [
      [client, target],
      [target, client],
    ] as const) {
      open.add(socket);
      socket.pipe(other);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        open.delete(socket);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const reset = (): void => {
    for (const socket of open) socket.resetAndDestroy();
  };
  return {
    port: (server.address() as { port: number }).port,
    reset,
    cut: () => {
      whole = false;
      reset();
    },
    restore: () => {
      whole = true;
    },
    close: async () => {
      reset();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
