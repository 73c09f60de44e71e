// Owns going on behind damage: finding the next plausible record of a file, and what was passed over.

import { JobsumError, type Problem, toProblem } from '../../kernel/index.ts';
import type { FileStream } from '../files/stream.ts';
import * as L from '../wasm/layout.gen.ts';
import type { Wasm } from '../wasm/wasm.ts';
import { EARLIEST, LATEST } from './findings.ts';
import { timeHere } from './index-file.ts';

/** Bytes passed over, and why they were. */
export interface Gap {
  readonly volume: number;
  /** File offsets: of the damaged record, and of the record that reading went on with (or the end of the file). */
  readonly from: number;
  readonly to: number;
}

/** Records earlier than the label's start do occur, but not much earlier. */
const DAY = 86_400_000_000_000n;

/** Reading on behind damage whatever lies there: under `salvage`. */
export class Salvager {
  readonly #wasm: Wasm;
  readonly #reader: number;
  readonly #label: { readonly version: number; readonly startNs: bigint };
  readonly #problems: Problem[];
  readonly #gaps: Gap[];
  /** Something was lost before the next record. */
  afterGap = false;
  /** Time of the last record that was given. */
  lastNs = EARLIEST;

  /** `label`: of the metadata. What is met goes to `problems` and `gaps`. */
  constructor(
    wasm: Wasm,
    reader: number,
    label: { readonly version: number; readonly startNs: bigint },
    problems: Problem[],
    gaps: Gap[],
  ) {
    this.#wasm = wasm;
    this.#reader = reader;
    this.#label = label;
    this.#problems = problems;
    this.#gaps = gaps;
  }

  /** Goes to the next plausible record of this volume; false: there is none. */
  resume(stream: FileStream, problem: Problem): boolean {
    const from = stream.offset;
    const latest = this.#wasm.i64(this.#reader + L.Reader.lastNs);
    const after = [latest, this.lastNs, this.#label.startNs - DAY].reduce((a, b) => (b > a ? b : a));
    let found = false;
    try {
      found = problem.code !== 'E_ARCHIVE_UNPACK' && resync(this.#wasm, this.#reader, stream, after);
    } catch (error) {
      this.#problems.push(toProblem(error));
    }
    const to = found ? stream.offset : stream.offset + stream.unread;
    this.#gaps.push({ volume: stream.source.volume, from, to });
    this.afterGap = true;
    this.#problems.push({ ...problem, message: `${problem.message}; ${to - from} bytes were passed over` });
    return found;
  }

  /** A volume whose label is damaged may hold good records: of the kind that the metadata's label names. */
  resumeWithoutLabel(stream: FileStream, problem: Problem): boolean {
    if (!/LABEL|VERSION|FEATURE/.test(problem.code)) return false;
    this.#wasm.view.setInt32(this.#reader + L.Reader.version, this.#label.version, true);
    const problems = this.#problems.length;
    if (this.resume(stream, problem)) return true;
    this.#problems.length = problems;
    return false;
  }
}

/**
 * Moves the stream to the first of some places at which a record starts, in order: the place, and the time of the record there; null:
 * none is one. It is where the framing can be relied on again behind damage, without a search.
 */
export function goOn(
  wasm: Wasm,
  reader: number,
  stream: FileStream,
  places: Iterable<number>,
): { readonly to: number; readonly nextNs: bigint } | null {
  for (const to of places) {
    stream.seek(to);
    const nextNs = timeHere(wasm, reader, stream);
    if (nextNs !== null && nextNs !== LATEST) return { to, nextNs };
  }
  return null;
}

/** Moves the reader to the next plausible record behind the one it stands at. False: there is none in this file. */
export function resync(wasm: Wasm, reader: number, stream: FileStream, afterNs: bigint): boolean {
  const meta = stream.source.volume === -1;
  const step = (): void => {
    wasm.view.setUint32(reader + L.Reader.position, wasm.u32(reader + L.Reader.position) + 1, true);
  };
  if (stream.unread === 0 && !stream.fill()) return false;
  step();
  let last = false;
  for (;;) {
    const status = wasm.x.resync(reader, afterNs, meta, last);
    if (status === L.S_RECORD) return true;
    if (status === L.S_GROW) {
      try {
        stream.grow(2 * wasm.i32(reader + L.Reader.length));
      } catch (error) {
        // Its other length word differs, or it reaches beyond the file: no record.
        if (!(error instanceof JobsumError) || error.code === 'E_IO') throw error;
        step();
        continue;
      }
    }
    if (last) return false;
    last = !stream.fill();
  }
}
