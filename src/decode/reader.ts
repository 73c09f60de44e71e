// Owns one open archive: label, metadata, index, and the data volumes one after the other as one stream.

import { JobsumError, type Problem, toProblem } from '../kernel/index.ts';
import { labelFault, recordFault, recordOffset, truncated } from './fault.ts';
import { type FileSet, findFiles } from './fileset.ts';
import * as L from './layout.gen.ts';
import type { ArchiveLabel, Metric } from './metric.ts';
import { MetricTable } from './metric-table.ts';
import { isPacked } from './source.ts';
import { FileStream } from './stream.ts';
import { storedStamp } from './values.ts';
import { outOfMemory, type Wasm } from './wasm.ts';

/** A window of 1 MiB with its block head: fits the caches, and a read call costs next to nothing beside it. */
const WINDOW_BYTES = 1024 * 1024 - 16;
/** 1–3 bytes behind the last record are a clean end, as for PCP (trap 9). */
const STRAY_BYTES = 3;
const EARLIEST = -(2n ** 63n);
/** A jump by the index must save at least this much reading. */
const WORTH_A_SEEK = 2 * 1024 * 1024;

export interface OpenOptions {
  /** Slot of a wanted metric, or undefined. Without it every metric is only listed. */
  readonly slotOf?: (name: string) => number | undefined;
}

/** How far a scan came: `until` (a later record waits, at nextNs), `done` (all windows over), `end` (no more data). */
export type ScanEnd = 'until' | 'done' | 'end';

export class ArchiveReader {
  readonly files: FileSet;
  readonly address: number;
  readonly label: ArchiveLabel;
  readonly #table: MetricTable;
  /** Damage and oddities met so far; reading stopped at those of class archive that concern data. */
  readonly problems: Problem[] = [];
  readonly #wasm: Wasm;
  #stream: FileStream | null = null;
  #volume = 0;
  /** Of the first volume. */
  #dataLabel: ArchiveLabel | null = null;
  /** Of the metadata. */
  #version = 0;
  #bytes = 0;
  #ended = false;

  /** @throws JobsumError E_ARCHIVE_* when nothing of the archive can be used. */
  constructor(wasm: Wasm, path: string, options: OpenOptions = {}) {
    this.#wasm = wasm;
    this.files = findFiles(path);
    this.address = wasm.need(wasm.x.openReader(WINDOW_BYTES) >>> 0);
    this.#table = new MetricTable(wasm, this.address, options.slotOf);
    try {
      const described = this.#readMeta();
      this.#readIndex();
      this.#openVolume(0);
      this.label = this.#dataLabel!;
      this.#compareLabels(described);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    this.#closeStream();
    this.#wasm.x.closeReader(this.address);
  }

  /** By name, in the order of the metadata. */
  get metrics(): readonly Metric[] {
    return this.#table.metrics;
  }

  /** Descriptor by pmID, those without a name included. */
  get descriptors(): ReadonlyMap<number, Metric> {
    return this.#table.descriptors;
  }

  /** Instance domain of a wanted slot. */
  get slotIndoms(): ReadonlyMap<number, number> {
    return this.#table.slotIndoms;
  }

  get bytesRead(): number {
    return this.#bytes + (this.#stream?.bytesRead ?? 0);
  }

  /** Volume number and file offset of the record the reader stands at. */
  get place(): { readonly volume: number; readonly offset: number } {
    const volume = this.files.volumes[this.#volume]?.number ?? 0;
    return { volume, offset: recordOffset(this.#wasm, this.address) };
  }

  /** Time of the record that scan stopped before. */
  get nextNs(): bigint {
    return this.#wasm.i64(this.address + L.R_NS);
  }

  #closeStream(): void {
    this.#bytes += this.#stream?.bytesRead ?? 0;
    this.#stream?.close();
    this.#stream = null;
  }

  /** Opens a file of the set and accepts its label. */
  #open(file: string, volume: number): FileStream {
    this.#closeStream();
    const stream = new FileStream(this.#wasm, this.address, { file, volume });
    this.#stream = stream;
    for (;;) {
      const status = this.#wasm.x.readLabel(this.address, volume);
      if (status === 1) return stream;
      if (status === L.S_MORE && stream.fill()) continue;
      throw labelFault(this.#wasm, this.address, status, stream.source, stream.unread);
    }
  }

  #text(address: number, limit: number): Buffer {
    const bytes = this.#wasm.bytes.subarray(address, address + limit);
    const end = bytes.indexOf(0);
    return Buffer.from(bytes.subarray(0, end < 0 ? limit : end));
  }

  #readLabel(): ArchiveLabel {
    const wasm = this.#wasm;
    const r = this.address;
    const limit = wasm.i32(r + L.R_STRMAX);
    const hostBytes = this.#text(wasm.u32(r + L.R_HOST), limit);
    const timezoneBytes = this.#text(wasm.u32(r + L.R_TZ), limit === 64 ? 40 : limit);
    return {
      version: wasm.i32(r + L.R_VERSION) as 2 | 3,
      pid: wasm.i32(r + L.R_PID),
      host: hostBytes.toString('utf8'),
      hostBytes,
      timezone: timezoneBytes.toString('utf8'),
      timezoneBytes,
      startText: storedStamp(wasm.view, wasm.u32(r + L.R_HOST) - (limit === 64 ? 12 : 24), limit === 64 ? 2 : 3),
      startNs: wasm.i64(r + L.R_START_NS),
    };
  }

  /** The label of the data counts; PCP refuses an archive whose metadata has another, which loses all that is good. */
  #compareLabels(meta: ArchiveLabel): void {
    const { host, pid } = this.label;
    if (meta.host === host && meta.pid === pid) return;
    this.problems.push({
      code: 'E_ARCHIVE_LABEL',
      message: 'the labels of data and metadata differ',
      file: this.files.meta,
      volume: -1,
      record: 'label',
      expected: `${host}, process ${pid}`,
      found: `${meta.host}, process ${meta.pid}`,
    });
  }

  #readMeta(): ArchiveLabel {
    const stream = this.#open(this.files.meta, -1);
    const label = this.#readLabel();
    this.#version = label.version;
    try {
      for (;;) {
        const status = this.#wasm.x.scanMeta(this.address, 0);
        if (status === L.S_DESC) {
          const conflict = this.#table.add(this.files.meta);
          if (conflict) this.problems.push(conflict);
        } else if (status === L.S_GROW) this.#growAndFill(stream);
        else if (status === L.S_MORE) {
          if (stream.fill()) continue;
          // Fewer than 8 bytes cannot be a record: a silent end, as for PCP.
          if (stream.unread < 8) break;
          throw truncated(stream.source, stream.offset, stream.unread, this.#wasm.i32(this.address + L.R_LEN));
        } else {
          const fault = recordFault(this.#wasm, this.address, status, stream.source);
          // Sound framing: only this record is lost. Otherwise nothing behind it can be found.
          if (status !== L.S_INSIDE && status !== L.S_TYPE) throw fault;
          this.problems.push(fault.toProblem());
        }
      }
    } catch (error) {
      if (!(error instanceof JobsumError) || error.code === 'E_IO') throw error;
      this.problems.push(error.toProblem());
    }
    if (this.#wasm.x.foldDeltas(this.address) === 0) throw outOfMemory();
    return label;
  }

  #growAndFill(stream: FileStream): void {
    stream.grow();
    stream.fill();
  }

  /** The index is only a help: whatever is wrong with it is reported and reading starts at the beginning. */
  #readIndex(): void {
    if (!this.files.index) return;
    try {
      const stream = this.#open(this.files.index, -2);
      do {
        if (this.#wasm.x.scanIndex(this.address) < 0) throw outOfMemory();
      } while (stream.fill());
      if (stream.unread > 0) {
        this.problems.push({
          code: 'E_ARCHIVE_INDEX',
          message: 'the temporal index ends inside an entry',
          file: this.files.index,
          offset: stream.offset,
        });
      }
    } catch (error) {
      const p = toProblem(error);
      this.problems.push({ ...p, code: 'E_ARCHIVE_INDEX' });
    }
  }

  /** Opens the i-th volume or, if it cannot be used, a later one. The first must be good; false: no more. */
  #openVolume(i: number): boolean {
    for (let k = i; k < this.files.volumes.length; k++) {
      const volume = this.files.volumes[k]!;
      try {
        const stream = this.#open(volume.path, volume.number);
        const version = this.#wasm.i32(this.address + L.R_VERSION);
        // Now, while it lies in the window.
        this.#dataLabel ??= this.#readLabel();
        if (k === 0 && version !== this.#version) {
          throw new JobsumError('E_ARCHIVE_LABEL', 'metadata and data are of different versions', {
            file: volume.path,
            volume: volume.number,
            expected: `version ${this.#version}`,
            found: `version ${version}`,
          });
        }
        if (k === 0 && stream.unread === 0 && !stream.fill()) {
          throw new JobsumError('E_ARCHIVE_EMPTY', 'the volume holds a label and nothing else', { file: volume.path });
        }
        this.#volume = k;
        if (version !== this.#version) {
          this.problems.push({
            code: 'E_ARCHIVE_VERSION',
            message: 'the volume is of another version than the metadata',
            file: volume.path,
            volume: volume.number,
            expected: `version ${this.#version}`,
            found: `version ${version}`,
          });
        }
        return true;
      } catch (error) {
        if (k === 0) throw error;
        this.problems.push(toProblem(error));
      }
    }
    this.#closeStream();
    this.#ended = true;
    return false;
  }

  /** Records a data problem and ends reading, as PCP does: later volumes are not reached. */
  #stop(error: unknown): void {
    this.problems.push(toProblem(error));
    this.#closeStream();
    this.#ended = true;
  }

  /** Runs `step` until it gives a status other than a wish for bytes; null at the end of the data. */
  #advance(step: () => number): number | null {
    while (!this.#ended) {
      const status = step();
      const stream = this.#stream!;
      if (status > L.S_MORE && status !== L.S_GROW) return status;
      try {
        if (status < 0) throw recordFault(this.#wasm, this.address, status, stream.source);
        if (status === L.S_GROW) this.#growAndFill(stream);
        else if (!stream.fill()) {
          const have = stream.unread;
          if (have > STRAY_BYTES) {
            throw truncated(stream.source, stream.offset, have, this.#wasm.i32(this.address + L.R_LEN));
          }
          this.#openVolume(this.#volume + 1);
        }
      } catch (error) {
        this.#stop(error);
      }
    }
    return null;
  }

  /** Delivers records up to `untilNs` (inclusive) to the windows attached to this reader. */
  scan(untilNs: bigint): ScanEnd {
    for (;;) {
      const status = this.#advance(() => this.#wasm.x.scanData(this.address, untilNs));
      if (status === null) return 'end';
      if (status === L.S_UNTIL) return 'until';
      if (status === L.S_DONE) return 'done';
      // S_GAP: nobody wants the records before the next window.
      this.#wasm.view.setInt32(this.address + L.R_NOGAP, 1, true);
      const low = this.#wasm.i32(this.address + L.R_LOW);
      const window = this.#wasm.u32(this.#wasm.u32(this.address + L.R_WINDOWS) + 4 * low);
      this.seek(this.#wasm.i64(window + L.W_START));
    }
  }

  /** The next record whole and checked, its place in the reader struct; null at the end. For dumps. */
  next(): boolean {
    return this.#advance(() => this.#wasm.x.nextRecord(this.address)) !== null;
  }

  /**
   * Jumps forward by the temporal index to a place before which nothing is at or after `ns`. Stays where it is if the index
   * does not help or does not lead to a record earlier than `ns`.
   */
  seek(ns: bigint): void {
    const wasm = this.#wasm;
    const entry = wasm.x.seekIndex(this.address, ns);
    if (entry < 0 || this.#ended || !this.#stream) return;
    const at = wasm.u32(this.address + L.R_INDEX) + entry * L.X_SIZE;
    const number = wasm.i32(at + L.X_VOL);
    const offset = Number(wasm.i64(at + L.X_DATA));
    const target = this.files.volumes.findIndex((v) => v.number === number);
    const here = { volume: this.#volume, offset: this.#stream.offset };
    const further = target > here.volume || (target === here.volume && offset > here.offset + WORTH_A_SEEK);
    // A compressed volume is unpacked from its beginning anyway: only whole volumes are passed over.
    const packed = further && isPacked(this.files.volumes[target]!.path);
    if (!further || (packed && target === here.volume)) return;
    const problems = this.problems.length;
    const there =
      (target === here.volume || (this.#openVolume(target) && this.#volume === target)) && offset <= this.#stream.size;
    if (there) {
      if (!packed) this.#stream.seek(offset);
      let status: number;
      do status = wasm.x.scanData(this.address, EARLIEST);
      while (status === L.S_MORE && this.#stream.fill());
      if (status === L.S_UNTIL && this.nextNs < ns) return;
    }
    this.#goBack(here, problems);
  }

  #goBack(here: { volume: number; offset: number }, problems: number): void {
    this.problems.length = problems;
    this.#ended = false;
    if (this.#volume !== here.volume || !this.#stream) this.#openVolume(here.volume);
    this.#stream?.seek(here.offset);
    this.problems.push({
      code: 'E_ARCHIVE_INDEX',
      message: 'the temporal index leads astray and was not used',
      ...(this.files.index ? { file: this.files.index } : {}),
    });
  }
}
