// Owns the thread that unpacks compressed members: by the system's programs where there are, else by packaged decoders.

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { JobsumError, toProblem } from '../../kernel/index.ts';
import { Ring } from './ring.ts';
import { byPackage, type Format } from './unpack-packaged.ts';

export interface UnpackOrder {
  readonly id: number;
  readonly file: string;
  readonly memory: SharedArrayBuffer;
  readonly maxBytes: number;
  /** Never start a program. */
  readonly packagedOnly: boolean;
}

/** Nobody reads on what is unpacked by this number: its ring says so too, but a program may be at work that writes nothing. */
export interface UnpackStop {
  readonly stop: number;
}

const MAGIC: readonly (readonly [Format, readonly number[]])[] = [
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['gzip', [0x1f, 0x8b]],
  ['compress', [0x1f, 0x9d]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
];

const PROGRAMS: Readonly<Record<Format, readonly [string, ...string[]]>> = {
  xz: ['xz', '-dcq', '--'],
  lzma: ['xz', '-dcq', '--format=lzma', '--'],
  bzip2: ['bzip2', '-dcq', '--'],
  gzip: ['gzip', '-dcq', '--'],
  compress: ['gzip', '-dcq', '--'],
  zstd: ['zstd', '-dcq', '--'],
};

/** By content; lzma-alone has no magic, only a usual beginning. */
function formatOf(file: string): Format {
  const fd = openSync(file, 'r');
  const head = Buffer.alloc(6);
  try {
    readSync(fd, head, 0, 6, 0);
  } finally {
    closeSync(fd);
  }
  const known = MAGIC.find(([, bytes]) => bytes.every((b, i) => head[i] === b));
  if (known) return known[0];
  if (file.endsWith('.lzma') && head[0] === 0x5d) return 'lzma';
  throw new JobsumError('E_ARCHIVE_UNPACK', 'the file is not compressed as its name says', {
    file,
    found: `bytes ${head.toString('hex')}`,
  });
}

/** Output of a program; an error at the end if it failed. */
async function* byProgram(file: string, format: Format, started: (child: ChildProcess) => void) {
  const [program, ...args] = PROGRAMS[format];
  const child = spawn(program, [...args, file], { stdio: ['ignore', 'pipe', 'pipe'] });
  started(child);
  let complaint = '';
  child.stderr.on('data', (text: Buffer) => {
    if (complaint.length < 500) complaint += text.toString('utf8');
  });
  const done = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  // Kept from being unhandled while the output is read.
  done.catch(() => undefined);
  for await (const chunk of child.stdout) yield chunk as Buffer;
  const code = await done;
  if (code !== 0) {
    const found = complaint.trim().slice(0, 200) || `${program} ended with ${code}`;
    throw new JobsumError('E_ARCHIVE_UNPACK', 'the compressed file is damaged', { file, found });
  }
}

/** What is being unpacked, by number. */
const atWork = new Map<number, { readonly ring: Ring; stop(): void }>();

async function unpack(order: UnpackOrder): Promise<void> {
  const ring = new Ring(order.memory);
  const { file, maxBytes } = order;
  let child: ChildProcess | undefined;
  atWork.set(order.id, { ring, stop: () => child?.kill('SIGKILL') });
  let total = 0;
  const drain = async (chunks: AsyncIterable<Uint8Array>): Promise<void> => {
    for await (const chunk of chunks) {
      total += chunk.length;
      if (total > maxBytes) {
        throw new JobsumError('E_ARCHIVE_LIMIT', 'the file unpacks to more than is allowed', {
          file,
          expected: `at most ${maxBytes} bytes`,
        });
      }
      if (!(await ring.write(chunk))) return;
    }
  };
  try {
    const format = formatOf(file);
    const system = !order.packagedOnly && format !== 'gzip';
    try {
      const chunks = system
        ? byProgram(file, format, (c) => {
            child = c;
          })
        : byPackage(file, format);
      await drain(chunks);
    } catch (error) {
      // The program is not installed.
      if (!system || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      await drain(byPackage(file, format));
    }
    ring.end();
  } catch (error) {
    ring.end(toProblem(error));
  } finally {
    child?.kill('SIGKILL');
    atWork.delete(order.id);
  }
}

parentPort?.on('message', (message: UnpackOrder | UnpackStop) => {
  if ('stop' in message) atWork.get(message.stop)?.stop();
  else void unpack(message);
});

// A defect of a decoder, outside of what is awaited: readers are waiting, and would for ever if this thread just died.
if (parentPort) {
  process.on('uncaughtException', (error) => {
    for (const { ring } of atWork.values()) ring.end(toProblem(error));
  });
}
