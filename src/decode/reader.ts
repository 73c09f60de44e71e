// Owns one open archive: label, metadata, index, and the data volumes one after the other as one stream.

import { JobsumError, type Problem, toProblem } from '../kernel/index.ts';
import type { Annotations } from './annotations.ts';
import { Clock } from './clock.ts';
import { labelFault, recordFault, recordOffset, truncated, unsoundness } from './fault.ts';
import { type FileSet, findFiles } from './fileset.ts';
import { type Dated, EARLIEST, Findings } from './findings.ts';
import { SHORTEST } from './from-behind.ts';
import { dropIndex, indexEntry, readIndex, timeHere } from './index-file.ts';
import { acceptedLabel, indexConflict, labelConflict, versionConflict } from './label.ts';
import * as L from './layout.gen.ts';
import { limits, STRAY_BYTES } from './limits.ts';
import { readMetadata } from './metadata.ts';
import type { ArchiveLabel, Metric } from './metric.ts';
import { MetricTable } from './metric-table.ts';
import type { OpenOptions } from './open-options.ts';
import { type Gap, resync } from './salvage.ts';
import { isPacked } from './source.ts';
import { FileStream } from './stream.ts';
import type { Wasm } from './wasm.ts';

/** Records earlier than the label's start do occur, but not much earlier. */
const DAY = 86_400_000_000_000n;
/** A jump by the index must save at least this much reading. */
const WORTH_A_SEEK = 2 * 1024 * 1024;

/** How far a scan came: `until` (a later record waits, at nextNs), `done` (all windows over), `end` (no more data). */
export type ScanEnd = 'until' | 'done' | 'end';

export class ArchiveReader {
  readonly files: FileSet;
  readonly address: number;
  readonly label: ArchiveLabel;
  readonly #table: MetricTable;
  readonly #findings = new Findings();
  /** Damage and oddities met so far; reading stopped at those of class archive that concern data, unless it reads on. */
  readonly problems: Problem[] = this.#findings.problems;
  #clock: Clock | null = null;
  /** What is wrong inside the record that `next` gave, of which only the sound value sets are to be used. */
  unsound: Problem | null = null;
  /** What is odd and costs nothing: for `archive check`. */
  readonly notes: Problem[] = [];
  /** What was passed over under `salvage`. */
  readonly gaps: Gap[] = [];
  /** Under `salvage`: something was lost before the record that `next` gave. */
  afterGap = false;
  readonly annotations: Annotations | null;
  readonly #salvage: boolean;
  readonly #wasm: Wasm;
  #stream: FileStream | null = null;
  #volume = 0;
  /** Of the first volume. */
  #dataLabel: ArchiveLabel | null = null;
  readonly #metaLabel: ArchiveLabel;
  #bytes = 0;
  #ended = false;
  /** Time of the last record that `next` gave, kept for finding the next one behind damage. */
  #lastNs = EARLIEST;

  /** @throws JobsumError E_ARCHIVE_* when nothing of the archive can be used. */
  constructor(wasm: Wasm, path: string, options: OpenOptions = {}) {
    this.#wasm = wasm;
    this.files = findFiles(path);
    this.#salvage = options.salvage === true;
    this.annotations = options.annotations ? { labels: [], texts: [] } : null;
    this.address = wasm.need(wasm.x.openReader(limits.windowBytes) >>> 0);
    this.#table = new MetricTable(wasm, this.address, options);
    try {
      this.#metaLabel = this.#readMeta();
      this.#readIndex();
      this.#openVolume(0);
      this.label = this.#dataLabel!;
      const conflict = labelConflict(this.label, this.#metaLabel, this.files.meta);
      if (conflict) this.problems.push(conflict);
      if (options.readOn) this.#clock = new Clock(wasm, this.address, this.files, this.label, this.#findings);
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

  /** A metric under each of its names; under none of its own if it is only described. */
  named(pmid: number): readonly Metric[] {
    return this.#table.named(pmid);
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

  #readMeta(): ArchiveLabel {
    const stream = this.#open(this.files.meta, -1);
    const label = acceptedLabel(this.#wasm, this.address);
    readMetadata(this.#wasm, this.address, stream, {
      table: this.#table,
      annotations: this.annotations,
      salvage: this.#salvage,
      onProblem: (p) => this.problems.push(p),
      onNote: (message, found) => this.#note(message, stream, found),
    });
    return label;
  }

  /** The index is only a help: whatever is wrong with it is reported and reading starts at the beginning. */
  #readIndex(): void {
    if (!this.files.index) return;
    try {
      const stream = this.#open(this.files.index, -2);
      const other = indexConflict(acceptedLabel(this.#wasm, this.address), this.#metaLabel, this.files.index);
      const problem = other ?? readIndex(this.#wasm, this.address, stream);
      if (problem) this.problems.push(problem);
    } catch (error) {
      const p = toProblem(error);
      this.problems.push({ ...p, code: 'E_ARCHIVE_INDEX' });
    }
  }

  /** Opens the i-th volume or, if it cannot be used, a later one. The first must be good; false: no more. */
  #openVolume(i: number): boolean {
    for (let k = i; k < this.files.volumes.length; k++) {
      this.#volume = k;
      const volume = this.files.volumes[k]!;
      try {
        const stream = this.#open(volume.path, volume.number);
        // Now, while it lies in the window.
        const label = acceptedLabel(this.#wasm, this.address);
        this.#dataLabel ??= label;
        const { host, pid } = this.#dataLabel;
        if (label.host !== host || label.pid !== pid) {
          this.#note(`the label is of ${label.host}, process ${label.pid}`, stream, `${host}, process ${pid}`);
        }
        const odd = versionConflict(label.version, this.#metaLabel.version, stream.source);
        if (k === 0 && odd) throw odd;
        if (k === 0 && stream.unread === 0 && !stream.fill()) {
          throw new JobsumError('E_ARCHIVE_EMPTY', 'the volume holds a label and nothing else', { file: volume.path });
        }
        if (odd) this.problems.push(odd.toProblem());
        if (k > 0 && stream.unread === 0 && !stream.fill())
          this.#note('the volume holds a label and nothing else', stream);
        return true;
      } catch (error) {
        const problem = toProblem(error);
        if (this.#resumeWithoutLabel(problem)) return true;
        if (k === 0) throw error;
        this.problems.push(problem);
      }
    }
    this.#closeStream();
    this.#ended = true;
    return false;
  }

  #note(message: string, { source, offset }: FileStream, found?: string): void {
    const place = { file: source.file, volume: source.volume, offset };
    this.notes.push({ code: 'E_ARCHIVE_RECORD', message, ...place, ...(found === undefined ? {} : { found }) });
  }

  /** A volume whose label is damaged may hold good records: of the kind that the metadata's label names. */
  #resumeWithoutLabel(problem: Problem): boolean {
    if (!this.#salvage || !this.#stream || !/LABEL|VERSION|FEATURE/.test(problem.code)) return false;
    this.#wasm.view.setInt32(this.address + L.R_VERSION, this.#metaLabel.version, true);
    const problems = this.problems.length;
    if (this.#resume(problem)) {
      this.#dataLabel ??= this.#metaLabel;
      return true;
    }
    this.problems.length = problems;
    return false;
  }

  /** Goes to the next plausible record of this volume; false: there is none. */
  #resume(problem: Problem): boolean {
    const stream = this.#stream!;
    const from = stream.offset;
    const latest = this.#wasm.i64(this.address + L.R_LAST_NS);
    const start = this.#metaLabel.startNs - DAY;
    const after = [latest, this.#lastNs, start].reduce((a, b) => (b > a ? b : a));
    let found = false;
    try {
      found = problem.code !== 'E_ARCHIVE_UNPACK' && resync(this.#wasm, this.address, stream, after);
    } catch (error) {
      this.problems.push(toProblem(error));
    }
    const to = found ? stream.offset : stream.offset + stream.unread;
    this.gaps.push({ volume: stream.source.volume, from, to });
    this.afterGap = true;
    this.problems.push({ ...problem, message: `${problem.message}; ${to - from} bytes were passed over` });
    return found;
  }

  /** Records a data problem and ends reading, as PCP does: later volumes are not reached. */
  #stop(error: unknown): void {
    const problem = toProblem(error);
    if (this.#salvage && this.#stream && problem.code !== 'E_IO') {
      if (!this.#resume(problem)) this.#openVolume(this.#volume + 1);
      return;
    }
    this.#findings.stop(problem, this.#wasm.i64(this.address + L.R_LAST_NS));
    this.#closeStream();
    this.#ended = true;
  }

  /** Names what is damaged inside the record that the reader stands at. */
  passOver(problem: Problem): void {
    this.#findings.pass(problem, this.nextNs);
  }

  /** All problems, each with the times that it concerns. */
  dated(): Dated[] {
    return [...this.#findings.dated(), ...(this.#clock?.problems() ?? [])];
  }

  /** Runs `step` until it gives a status other than a wish for bytes; null at the end of the data. */
  #advance(step: () => number): number | null {
    while (!this.#ended) {
      const status = step();
      const stream = this.#stream!;
      if (this.#clock?.settles(status, this.#volume, stream.source)) continue;
      if (status > L.S_MORE && status !== L.S_GROW) return status;
      try {
        if (status < 0) throw recordFault(this.#wasm, this.address, status, stream.source);
        if (status === L.S_GROW) stream.makeRoom();
        else if (!stream.fill()) {
          const have = stream.unread;
          if (have > STRAY_BYTES) {
            throw truncated(stream.source, stream.offset, have, this.#wasm.i32(this.address + L.R_LEN));
          }
          if (have > 0) this.#note('stray bytes behind the last record', stream, `${have} bytes`);
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
    this.afterGap = false;
    const more = this.#advance(() => this.#wasm.x.nextRecord(this.address)) !== null;
    if (more && this.#salvage) this.#lastNs = this.nextNs;
    this.unsound = more ? unsoundness(this.#wasm, this.address, this.#stream!.source) : null;
    return more;
  }

  /**
   * Jumps forward by the temporal index to a place before which nothing is at or after `ns`. Stays where it is if the index
   * does not help, or if what lies at and before the place does not show that.
   */
  seek(ns: bigint): void {
    const wasm = this.#wasm;
    const entry = wasm.x.seekIndex(this.address, ns);
    if (entry < 0 || this.#ended || !this.#stream) return;
    const { volume, data } = indexEntry(wasm, this.address, entry);
    const offset = Number(data);
    const target = this.files.volumes.findIndex((v) => v.number === volume);
    const here = { volume: this.#volume, offset: this.#stream.offset };
    const further = target > here.volume || (target === here.volume && offset > here.offset + WORTH_A_SEEK);
    // A compressed volume is unpacked from its beginning anyway: only whole volumes are passed over.
    const packed = further && isPacked(this.files.volumes[target]!.path);
    if (!further || (packed && target === here.volume)) return;
    const problems = this.problems.length;
    const { version } = this.#dataLabel!;
    const there =
      (target === here.volume || (this.#openVolume(target) && this.#volume === target)) && offset <= this.#stream.size;
    if (there) {
      if (!packed) this.#stream.seek(offset);
      const next = timeHere(wasm, this.address, this.#stream);
      // The entry may be of the record before: the next one starts here, or none does.
      const before = next === null || next < ns ? next : this.#stream.timeBefore(packed ? 0 : offset, version);
      if (before !== null && before < ns) {
        this.#clock?.jumped();
        return;
      }
    }
    this.#goBack(here, problems);
    // At the beginning of a volume nothing lies before that could be looked at: the entry may be right.
    if (there && (packed || offset <= SHORTEST[version]!.label)) return;
    this.problems.push(dropIndex(wasm, this.address, this.files.index));
  }

  #goBack(here: { volume: number; offset: number }, problems: number): void {
    this.problems.length = problems;
    this.#ended = false;
    if (this.#volume !== here.volume || !this.#stream) this.#openVolume(here.volume);
    this.#stream?.seek(here.offset);
  }
}
