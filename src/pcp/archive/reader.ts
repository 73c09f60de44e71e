// Owns one open archive: label, metadata, index, and the data volumes one after the other as one stream.

import { JobsumError, type Problem, toProblem } from '../../kernel/index.ts';
import { type FileSet, findFiles } from '../files/fileset.ts';
import { SHORTEST } from '../files/from-behind.ts';
import { limits } from '../files/limits.ts';
import { FileStream } from '../files/stream.ts';
import { labelFault, recordFault, recordOffset, unsoundness } from '../wasm/fault.ts';
import * as L from '../wasm/layout.gen.ts';
import type { Wasm } from '../wasm/wasm.ts';
import type { Annotations } from './annotations.ts';
import { RecordClock } from './clock.ts';
import { type Dated, Findings, LATEST } from './findings.ts';
import { dropIndex, indexEntries, jumpTo, readIndex, timeHere } from './index-file.ts';
import { acceptedLabel, labelConflicts, versionConflict } from './label.ts';
import { lastLook, lookOn, nextStart } from './look-on.ts';
import { readMetadata } from './metadata.ts';
import type { ArchiveLabel, Metric } from './metric.ts';
import { MetricTable } from './metric-table.ts';
import { type Missing, missingVolumes } from './missing-volumes.ts';
import type { OpenOptions } from './open-options.ts';
import { type Gap, goOn, Salvager } from './salvage.ts';

/** How far a scan came: `until` (a later record waits, at nextNs), `done` (all windows over), `end` (no more data). */
export type ScanEnd = 'until' | 'done' | 'end';

export class ArchiveReader {
  readonly files: FileSet;
  readonly address: number;
  readonly label: ArchiveLabel;
  readonly missing: readonly Missing[];
  readonly #table: MetricTable;
  readonly #findings = new Findings();
  /** Damage and oddities met so far; reading stopped at those of class archive that concern data, unless it reads on. */
  readonly problems: Problem[] = this.#findings.problems;
  /** Of a reader that reads on: which times count, and where records may start behind a damaged one. */
  clock: RecordClock | null = null;
  /** What is wrong inside the record that `next` gave, of which only the sound value sets are to be used. */
  unsound: Problem | null = null;
  /** What is odd and costs nothing: for `archive check`. */
  readonly notes: Problem[] = [];
  /** What was passed over under `salvage`. */
  readonly gaps: Gap[] = [];
  readonly annotations: Annotations | null;
  #salvager: Salvager | null = null;
  readonly #wasm: Wasm;
  #stream: FileStream | null = null;
  #volume = 0;
  #dataLabel: ArchiveLabel | null = null;
  readonly #metaLabel: ArchiveLabel;
  #bytes = 0;
  #ended = false;

  /** @throws JobsumError E_ARCHIVE_* when nothing of the archive can be used. */
  constructor(wasm: Wasm, path: string, options: OpenOptions = {}) {
    this.#wasm = wasm;
    this.files = findFiles(path);
    this.annotations = options.annotations ? { labels: [], texts: [] } : null;
    this.address = wasm.need(wasm.x.openReader(limits.windowBytes) >>> 0);
    this.#table = new MetricTable(wasm, this.address, options);
    try {
      this.#metaLabel = this.#readMeta(options.salvage === true);
      if (options.salvage) this.#salvager = new Salvager(wasm, this.address, this.#metaLabel, this.problems, this.gaps);
      const index = this.#readIndex();
      this.#openVolume(0);
      this.label = this.#dataLabel!;
      const meta = { label: this.#metaLabel, file: this.files.meta };
      const indexed = index && { label: index, file: this.files.index! };
      const { problems, otherIndex } = labelConflicts(this.label, meta, indexed);
      this.problems.push(...problems);
      if (otherIndex) wasm.view.setInt32(this.address + L.Reader.indexCount, 0, true);
      const entries = indexEntries(wasm, this.address);
      this.missing = missingVolumes(this.files, entries, this.label.version);
      for (const { problem, fromNs, toNs } of this.missing) this.#findings.lose(problem, fromNs, toNs);
      if (!options.readOn) return;
      const archive = { files: this.files, entries, anyTime: options.readOn === 'damage' };
      this.clock = new RecordClock(wasm, this.address, archive, this.label, this.#findings);
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

  /** Under `salvage`: something was lost before the record that `next` gave. */
  get afterGap(): boolean {
    return this.#salvager?.afterGap ?? false;
  }

  get bytesRead(): number {
    return this.#bytes + (this.#stream?.bytesRead ?? 0);
  }

  /** Where the archive begins, whatever its label says. */
  get startNs(): bigint {
    return this.clock?.startNs ?? this.label.startNs;
  }

  /** Volume number and file offset of the record the reader stands at. */
  get place(): { readonly volume: number; readonly offset: number } {
    return { volume: this.files.volumes[this.#volume]?.number ?? 0, offset: recordOffset(this.#wasm, this.address) };
  }

  /** Time of the record that scan stopped before. */
  get nextNs(): bigint {
    return this.#wasm.i64(this.address + L.Reader.ns);
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

  #readMeta(salvage: boolean): ArchiveLabel {
    const stream = this.#open(this.files.meta, -1);
    const label = acceptedLabel(this.#wasm, this.address);
    readMetadata(this.#wasm, this.address, stream, {
      table: this.#table,
      annotations: this.annotations,
      salvage,
      onProblem: (p) => this.#findings.meet(p),
      onNote: (message, found, offset) => this.#note(message, stream, found, offset),
    });
    return label;
  }

  /** The index is only a help: whatever is wrong with it is reported and reading starts at the beginning. Its label. */
  #readIndex(): ArchiveLabel | null {
    if (!this.files.index) return null;
    try {
      const stream = this.#open(this.files.index, -2);
      const label = acceptedLabel(this.#wasm, this.address);
      const problem = readIndex(this.#wasm, this.address, stream);
      if (problem) this.problems.push(problem);
      return label;
    } catch (error) {
      this.problems.push({ ...toProblem(error), code: 'E_ARCHIVE_INDEX' });
      return null;
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
        const isEmpty = stream.unread === 0 && !stream.fill();
        if (k === 0 && isEmpty)
          throw new JobsumError('E_ARCHIVE_EMPTY', 'the volume holds a label and nothing else', { file: volume.path });
        if (odd) this.problems.push(odd.toProblem());
        if (isEmpty) this.#note('the volume holds a label and nothing else', stream);
        return true;
      } catch (error) {
        const problem = toProblem(error);
        if (this.#stream && this.#salvager?.resumeWithoutLabel(this.#stream, problem)) {
          this.#dataLabel ??= this.#metaLabel;
          return true;
        }
        if (k === 0) throw error;
        this.problems.push(problem);
      }
    }
    this.#closeStream();
    this.#ended = true;
    return false;
  }

  #note(message: string, { source, offset: here }: FileStream, found?: string, offset = here): void {
    const place = { file: source.file, volume: source.volume, offset };
    this.notes.push({ code: 'E_ARCHIVE_RECORD', message, ...place, ...(found === undefined ? {} : { found }) });
  }

  /** Records a data problem and ends reading, as PCP does: later volumes are not reached. Who reads on goes on, if there is a way. */
  #stop(error: unknown): void {
    const problem = toProblem(error);
    if (this.#salvager && this.#stream && problem.code !== 'E_IO') {
      if (!this.#salvager.resume(this.#stream, problem)) this.#openVolume(this.#volume + 1);
      return;
    }
    if (this.clock && problem.code !== 'E_IO' && this.#goOn(problem)) return;
    this.#findings.lose(problem, this.#wasm.i64(this.address + L.Reader.lastNs), LATEST);
    this.#closeStream();
    this.#ended = true;
  }

  /** Goes on behind a damaged frame where the index has the next record, or with the next volume. Names what lies between. */
  #goOn(problem: Problem): boolean {
    const stream = this.#stream!;
    const { offset: from, size } = stream;
    const lastNs = this.#wasm.i64(this.address + L.Reader.lastNs);
    const places = problem.code === 'E_ARCHIVE_UNPACK' ? [] : this.clock!.behind(this.#volume, from);
    const here = goOn(this.#wasm, this.address, stream, places);
    if (!here && !this.#openVolume(this.#volume + 1)) return false;
    const nextNs = here?.nextNs ?? timeHere(this.#wasm, this.address, this.#stream!) ?? LATEST;
    const to = here?.to ?? size;
    this.gaps.push({ volume: stream.source.volume, from, to });
    const passed = Number.isFinite(to) ? `${to - from} bytes were passed over` : 'reading goes on with the next volume';
    this.#findings.lose({ ...problem, message: `${problem.message}; ${passed}` }, lastNs, nextNs);
    return true;
  }

  /** Names what is damaged inside the record that the reader stands at. */
  passOver(problem: Problem): void {
    this.#findings.pass(problem, this.nextNs);
  }

  /** All problems, each with the times that it concerns. */
  dated(): Dated[] {
    return [...this.#findings.dated(), ...(this.clock?.problems() ?? [])];
  }

  /** Runs `step` until it gives a status other than a wish for bytes; null at the end of the data. */
  #advance(step: () => number): number | null {
    while (!this.#ended) {
      const status = step();
      const stream = this.#stream!;
      if (this.clock?.settles(status, this.#volume, stream.source)) continue;
      if (status > L.S_MORE && status !== L.S_GROW) return status;
      try {
        if (status < 0) throw recordFault(this.#wasm, this.address, status, stream.source);
        if (status === L.S_GROW) stream.makeRoom();
        else if (!stream.fill()) {
          const have = stream.strayBytes();
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
      const startNs = status === L.S_DONE ? LATEST : nextStart(this.#wasm, this.address);
      this.#lookOn(startNs);
      if (status === L.S_DONE) return 'done';
      // S_GAP: nobody wants the records before the next window.
      this.#wasm.view.setInt32(this.address + L.Reader.ignoresGaps, 1, true);
      this.seek(startNs);
    }
  }

  /** Whether something behind what was read may change what of it counts: asked of a time, up to which that is known otherwise. */
  #lookOn(untilNs: bigint): void {
    const stream = this.#stream;
    if (!this.clock || !stream) return;
    const end = lastLook(this.clock.behind(this.#volume, stream.offset));
    lookOn(this.clock, () => {
      if (this.#stream === stream && stream.offset >= end) return false;
      return this.#advance(() => this.#wasm.x.nextHead(this.address, untilNs)) === L.S_RECORD;
    });
  }

  /** The next record whole and checked, its place in the reader struct; null at the end. For dumps. */
  next(): boolean {
    if (this.#salvager) this.#salvager.afterGap = false;
    const more = this.#advance(() => this.#wasm.x.nextRecord(this.address)) !== null;
    if (more && this.#salvager) this.#salvager.lastNs = this.nextNs;
    this.unsound = more ? unsoundness(this.#wasm, this.address, this.#stream!.source) : null;
    return more;
  }

  /** Jumps forward by the index to a place before which nothing is at or after `ns`, if there is one and what lies there shows that. */
  seek(ns: bigint): void {
    const wasm = this.#wasm;
    if (this.#ended || !this.#stream) return;
    const here = { volume: this.#volume, offset: this.#stream.offset };
    const jump = jumpTo(wasm, this.address, ns, here, this.files);
    if (!jump) return;
    const { volume: target, offset, packed } = jump;
    const problems = this.problems.length;
    const there =
      (target === here.volume || (this.#openVolume(target) && this.#volume === target)) && offset <= this.#stream.size;
    if (there) {
      if (!packed) this.#stream.seek(offset);
      const next = timeHere(wasm, this.address, this.#stream);
      // The entry may be of the record before: the next one starts here, or none does.
      const before = next === null || next < ns ? next : this.#stream.timeBefore(packed ? 0 : offset);
      if (before !== null && before < ns) {
        this.clock?.jumped(jump.ns, next!);
        return;
      }
    }
    this.#goBack(here, problems);
    // At the beginning of a volume nothing lies before that could be looked at: the entry may be right.
    if (there && (packed || offset <= SHORTEST[this.label.version]!.label)) return;
    if (!this.clock?.isWrong) this.#findings.pass(dropIndex(wasm, this.address, this.files.index), ns);
  }

  #goBack(here: { volume: number; offset: number }, problems: number): void {
    this.problems.length = problems;
    this.#ended = false;
    if (this.#volume !== here.volume || !this.#stream) this.#openVolume(here.volume);
    this.#stream?.seek(here.offset);
  }
}
