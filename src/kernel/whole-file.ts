// Owns files that appear whole: written beside their place under another name, and renamed when they are complete.

import {
  closeSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { JobsumError } from './errors.ts';
import { processStart } from './process.ts';
import { ioError, writeWhole } from './write.ts';

/** An open descriptor of a process by name: what it leads to is not to be replaced, whatever it is. */
const DESCRIPTOR = /^\/(dev\/(stdin|stdout|stderr|fd\/\d+)|proc\/(self|thread-self|\d+)\/(task\/\d+\/)?fd\/\d+)$/;
const MAX_LINKS = 40;

export interface Target {
  /** Behind all symbolic links. */
  readonly path: string;
  /** `stream`: a device, a pipe or an open descriptor, which is written to and not replaced. */
  readonly kind: 'file' | 'stream';
}

/** Where that which is written to a path goes. A file need not be there. @throws JobsumError E_IO */
export function targetOf(path: string): Target {
  let at = path;
  try {
    for (let links = 0; links < MAX_LINKS; links++) {
      if (DESCRIPTOR.test(at)) return { path: at, kind: 'stream' };
      const stat = lstatSync(at, { throwIfNoEntry: false });
      if (!stat || stat.isFile()) return { path: at, kind: 'file' };
      if (stat.isDirectory()) throw new Error('a directory');
      if (!stat.isSymbolicLink()) return { path: at, kind: 'stream' };
      at = resolve(realpathSync(dirname(at)), readlinkSync(at));
    }
    throw new Error('symbolic links without end');
  } catch (cause) {
    throw ioError('nothing can be written there', path, cause);
  }
}

/** Of the name space of process numbers and the boot: several hosts may have one name. */
function place(): string {
  try {
    const space = readlinkSync('/proc/self/ns/pid').replace(/\D/g, '');
    return `${space}-${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').slice(0, 8)}`;
  } catch {
    // No /proc: nothing is known of other processes, and none is taken for dead.
    return '-';
  }
}

/** Names of unfinished files of this target by processes of hosts of this name begin so. Names may have 255 bytes in all. */
const beginning = (path: string): string => `.${basename(path).slice(0, 40)}.${hostname()}-`;

const PARTIAL = /^(\d*-[0-9a-f]*)\.(\d+)-(\d+)\.[0-9a-f]{16}\.partial$/;
/** Nobody writes to a file any more that has not been written to for so long. */
const ABANDONED_MS = 7 * 86_400_000;

/** A name beside the target that nobody can guess, and that says whose it is. */
export function partialName(path: string): string {
  const random = process.getBuiltinModule('node:crypto').randomBytes(8).toString('hex');
  const who = `${process.pid}-${processStart(process.pid) ?? ''}`;
  return join(dirname(path), `${beginning(path)}${place()}.${who}.${random}.partial`);
}

/**
 * Removes what processes that are dead had begun to write for this target. Of those of another boot, or of another host of this name,
 * nothing is known: what they began goes when it is old. What cannot be removed stays.
 */
export function removeAbandoned(path: string): void {
  if (processStart(process.pid) === null) return;
  const [start, here] = [beginning(path), place()];
  try {
    for (const name of readdirSync(dirname(path))) {
      const of = name.startsWith(start) ? PARTIAL.exec(name.slice(start.length)) : null;
      if (!of) continue;
      const file = join(dirname(path), name);
      const dead = of[1] === here ? processStart(Number(of[2])) !== of[3] : isOld(file);
      if (dead) rmSync(file, { force: true });
    }
  } catch {
    // A directory that may be written and not listed.
  }
}

function isOld(file: string): boolean {
  const stat = lstatSync(file, { throwIfNoEntry: false });
  // By the time that file systems go by: no run's own.
  return stat !== undefined && Date.now() - stat.mtimeMs > ABANDONED_MS;
}

/** To be ended by `keep` or `discard`. */
export class WholeFile {
  /** As asked for, for messages. */
  readonly #name: string;
  readonly #path: string;
  readonly #partial: string;
  readonly #fd: number;
  #open = true;

  /**
   * `mode`: exactly this one; absent: as the umask has it, and no wider than that of a file that is replaced.
   * @throws JobsumError E_IO
   */
  constructor(path: string, mode?: number) {
    this.#name = path;
    const target = targetOf(path);
    if (target.kind !== 'file') throw ioError('nothing can be written there', path, 'not a file');
    this.#path = target.path;
    removeAbandoned(this.#path);
    this.#partial = partialName(this.#path);
    try {
      this.#fd = openSync(this.#partial, 'wx', mode ?? 0o666);
    } catch (cause) {
      throw ioError('cannot make the file', path, cause);
    }
    try {
      const old = lstatSync(this.#path, { throwIfNoEntry: false });
      if (mode !== undefined) fchmodSync(this.#fd, mode);
      else if (old) fchmodSync(this.#fd, fstatSync(this.#fd).mode & old.mode & 0o777);
    } catch (cause) {
      this.discard();
      throw ioError('cannot make the file', path, cause);
    }
  }

  /** @throws JobsumError E_IO */
  write(data: string | Uint8Array): void {
    writeWhole(this.#fd, data, this.#name);
  }

  /** What was written is on the disk, though not under its name. @throws JobsumError E_IO */
  sync(): void {
    try {
      fsyncSync(this.#fd);
    } catch (cause) {
      throw ioError('cannot write', this.#name, cause);
    }
  }

  /** The file appears, in place of one that was there. After an error that one is still there. @throws JobsumError E_IO */
  keep(): void {
    try {
      this.sync();
      // Closed even where that fails.
      this.#open = false;
      closeSync(this.#fd);
      renameSync(this.#partial, this.#path);
    } catch (cause) {
      this.discard();
      rmSync(this.#partial, { force: true });
      throw cause instanceof JobsumError ? cause : ioError('cannot write', this.#name, cause);
    }
    syncDirectory(dirname(this.#path));
  }

  /** As if nothing had been written. Nothing happens once the file was kept. */
  discard(): void {
    if (!this.#open) return;
    this.#open = false;
    rmSync(this.#partial, { force: true });
    closeSync(this.#fd);
  }
}

/** New names are on the disk. Not every file system can say so: where it cannot, they are there as soon as it sees fit. */
export function syncDirectory(path: string): void {
  try {
    const fd = openSync(path, 'r');
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch {
    // As said above.
  }
}

/** Writes a file in one go. @throws JobsumError E_IO */
export function writeFileWhole(path: string, data: string | Uint8Array, mode?: number): void {
  const file = new WholeFile(path, mode);
  try {
    file.write(data);
    file.keep();
  } catch (error) {
    file.discard();
    throw error;
  }
}
