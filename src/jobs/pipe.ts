// Owns reading a named pipe that nobody may be writing to: opened without waiting, as an open that waits cannot be broken off.

import { closeSync, constants, openSync, readSync } from 'node:fs';
import { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const CHUNK = 64 * 1024;
const LOOK_MS = 50;

/** What is there first; null: a writer has come and has not written yet. Undefined: nobody has come. */
function look(fd: number): Buffer | null | undefined {
  const chunk = Buffer.alloc(CHUNK);
  try {
    const n = readSync(fd, chunk, 0, CHUNK, null);
    return n > 0 ? chunk.subarray(0, n) : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return null;
    throw error;
  }
}

/** Bytes of a named pipe, from when somebody writes to it until nobody does, or until it is to stop. */
export async function* pipeBytes(path: string, signal?: AbortSignal): AsyncGenerator<Buffer> {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  let socket: Socket | null = null;
  try {
    let first = look(fd);
    for (; first === undefined; first = look(fd)) await pause(LOOK_MS, undefined, { signal });
    if (first) yield first;
    socket = new Socket({ fd, readable: true, writable: false, ...(signal ? { signal } : {}) });
    yield* socket as AsyncIterable<Buffer>;
  } finally {
    if (socket) socket.destroy();
    else closeSync(fd);
  }
}
