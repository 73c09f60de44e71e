// Owns the packaged decoders of compressed files, for where the system has no program.

import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { createRequire } from 'node:module';
import { PassThrough, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { XzReadableStream } from 'xz-decompress';
import { JobsumError, packageFile } from '../../kernel/index.ts';
import { unpackLzma } from './unpack-lzma.ts';
import { unpackLzw } from './unpack-lzw.ts';
import { unpackZstd } from './unpack-zstd.ts';

const XZ_PACKAGE = 'xz-decompress';

/** How a file is compressed. */
export type Format = 'xz' | 'lzma' | 'bzip2' | 'gzip' | 'compress' | 'zstd';

/** The content of a file. @throws JobsumError E_ARCHIVE_UNPACK, behind what could be unpacked */
export async function* byPackage(file: string, format: Format): AsyncGenerator<Uint8Array> {
  try {
    if (format === 'lzma' || format === 'compress') yield* byOwn(file, format);
    else yield* byStream(createReadStream(file, { fd: openSync(file, 'r'), highWaterMark: 256 * 1024 }), format);
  } catch (error) {
    if (error instanceof JobsumError) throw error;
    const found = String((error as Error)?.message ?? error).slice(0, 200);
    throw new JobsumError('E_ARCHIVE_UNPACK', 'the compressed file is damaged', { file, found });
  }
}

/** Whatever becomes of the file, which is open, is an error of the iteration: nothing is left for the thread to die of. */
async function* byStream(packed: Readable, format: Exclude<Format, 'lzma' | 'compress'>): AsyncGenerator<Uint8Array> {
  try {
    switch (format) {
      case 'gzip':
        yield* gunzipped(packed);
        return;
      case 'xz': {
        const Decoder = idle.pop() ?? xzDecoder();
        yield* sayWhy(new Decoder(Readable.toWeb(packed) as ReadableStream<Uint8Array>));
        idle.push(Decoder);
        return;
      }
      case 'bzip2':
        yield* bunzipped(packed);
        return;
      case 'zstd':
        yield* unpackZstd(packed);
    }
  } finally {
    packed.on('error', () => undefined).destroy();
  }
}

type XzDecoder = typeof XzReadableStream;

/** Those whose last stream came to its end. */
const idle: XzDecoder[] = [];

/**
 * The package once more, for one stream at a time. Streams of one copy wait for each other: without end for one whose reader waits
 * for this one, or stopped early.
 */
function xzDecoder(): XzDecoder {
  const load = createRequire(packageFile('package.json'));
  delete load.cache[load.resolve(XZ_PACKAGE)];
  return (load(XZ_PACKAGE) as { XzReadableStream: XzDecoder }).XzReadableStream;
}

/** What comes out of zlib until something is wrong, and then the error. */
async function* gunzipped(packed: Readable): AsyncGenerator<Uint8Array> {
  const unpacked = new PassThrough();
  let fault: Error | undefined;
  const fail = (error: Error): void => {
    fault ??= error;
    // A stream drops what nobody has taken yet when it fails: this one has it already.
    unpacked.end();
  };
  const decoder = createGunzip();
  packed.on('error', fail).pipe(decoder).on('error', fail).pipe(unpacked);
  try {
    for await (const chunk of unpacked) yield chunk as Buffer;
  } finally {
    decoder.destroy();
  }
  if (fault) throw fault;
}

/** bzip2 itself passes over whatever is not its own behind a whole stream. */
const BEHIND_THE_END = /^No magic number found$/;

/** The decoder is a stream of the old kind: it cannot be iterated, and does not hand on errors. */
async function* bunzipped(packed: Readable): AsyncGenerator<Uint8Array> {
  const { default: unbzip2 } = await import('unbzip2-stream');
  const decoder = unbzip2() as ReturnType<typeof unbzip2> & { queue(chunk: null): void };
  const unpacked = new PassThrough();
  let fault: Error | undefined;
  const fail = (error: Error): void => {
    fault ??= error;
    // Ends it behind what it holds still.
    decoder.queue(null);
  };
  decoder.on('error', fail).on('end', () => unpacked.end());
  decoder.on('data', (chunk: Buffer) => {
    if (unpacked.write(chunk)) return;
    decoder.pause();
    unpacked.once('drain', () => decoder.resume());
  });
  packed.on('error', fail).pipe(decoder);
  for await (const chunk of unpacked) yield chunk as Buffer;
  if (fault && !BEHIND_THE_END.test(fault.message)) throw fault;
}

/** What the packaged xz does not know, as numbers of its errors: more than 64 MiB of dictionary; SHA-256, other filters than LZMA2. */
const XZ_UNKNOWN = /error code (4|6)$/;

async function* sayWhy(unpacked: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* unpacked as unknown as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (!XZ_UNKNOWN.test(String((error as Error).message))) throw error;
    throw new Error('only xz itself unpacks its kind: install it');
  }
}

/** By our own decoders, which take the file byte by byte. */
function* byOwn(file: string, format: 'lzma' | 'compress'): Generator<Uint8Array> {
  const fd = openSync(file, 'r');
  const buffer = Buffer.alloc(256 * 1024);
  let at = 0;
  let end = 0;
  const next = (): number => {
    if (at === end) {
      end = readSync(fd, buffer);
      at = 0;
      if (end === 0) return -1;
    }
    return buffer[at++]!;
  };
  try {
    yield* format === 'lzma' ? unpackLzma(next) : unpackLzw(next);
  } finally {
    closeSync(fd);
  }
}
