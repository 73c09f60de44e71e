// Owns reading the metadata file through the decoder: descriptors, instance domains and, if asked for, label sets and help texts.

import { JobsumError, type Problem, toProblem } from '../../kernel/index.ts';
import type { FileStream } from '../files/stream.ts';
import { recordFault, recordOffset, truncated } from '../wasm/fault.ts';
import * as L from '../wasm/layout.gen.ts';
import type { Wasm } from '../wasm/wasm.ts';
import { type Annotations, readAnnotation, type Unread } from './annotations.ts';
import { MetadataRoom, TooMuchMetadata } from './metadata-room.ts';
import type { MetricTable } from './metric-table.ts';
import { resync } from './salvage.ts';

/** Fewer bytes than these at the end cannot be a record: a silent end, as for PCP. */
const MIN_RECORD = 8;
/** Type of records of help texts. */
const TEXT = 4;
const TRAILER = 4;
const EARLIEST = -(2n ** 63n);

export interface MetadataOptions {
  readonly table: MetricTable;
  /** Where label sets and help texts go; null: they are passed over. */
  readonly annotations: Annotations | null;
  /** Go on behind a record whose frame is damaged. */
  readonly salvage: boolean;
  readonly onProblem: (problem: Problem) => void;
  readonly onNote: (message: string, found: string, offset?: number) => void;
}

/** Reads from behind the label to the end. Damage is reported, never thrown. @throws JobsumError E_ARCHIVE_LIMIT, E_IO */
export function readMetadata(wasm: Wasm, reader: number, stream: FileStream, options: MetadataOptions): void {
  const { table, annotations, salvage, onProblem, onNote } = options;
  const { file } = stream.source;
  /** Label sets and help texts that cannot be read, by what is wrong: where the first begins and the last ends, and how many. */
  const unreadable = new Map<
    string,
    { readonly unread: Unread; readonly offset: number; end: number; count: number }
  >();
  const room = new MetadataRoom(wasm, reader, file);
  if (Number.isFinite(stream.size)) room.admit(stream.size);
  const step = (): boolean => {
    const status = wasm.x.scanMeta(reader, annotations ? 1 : 0);
    if (status === L.S_DESC) {
      room.described(wasm.i32(reader + L.Reader.descNameCount), wasm.i32(reader + L.Reader.length));
      const conflict = table.add(file);
      if (conflict) onProblem(conflict);
    } else if (status === L.S_OTHER) {
      const unread = readAnnotation(annotations!, recordBytes(wasm, reader), wasm.i32(reader + L.Reader.metaKind));
      if (unread === null) {
        const kind = wasm.i32(reader + L.Reader.metaKind) === TEXT ? 'text' : 'labels';
        room.annotated(kind, wasm.i32(reader + L.Reader.length));
        return true;
      }
      const offset = recordOffset(wasm, reader);
      const known = unreadable.get(unread.message) ?? { unread, offset, end: 0, count: 0 };
      const end = offset + wasm.i32(reader + L.Reader.length);
      unreadable.set(unread.message, { ...known, end, count: known.count + 1 });
    } else if (status === L.S_GROW) {
      stream.makeRoom((bytes) => room.afford(bytes));
    } else if (status === L.S_MEMORY) {
      throw room.exceeded();
    } else if (status === L.S_MORE) {
      room.read();
      room.admit(stream.bytesRead);
      if (stream.fill()) return true;
      if (stream.unread < MIN_RECORD) {
        if (stream.unread > 0) onNote('stray bytes behind the last record of the metadata', `${stream.unread} bytes`);
        return false;
      }
      throw truncated(stream.source, stream.offset, stream.unread, wasm.i32(reader + L.Reader.length));
    } else {
      const fault = recordFault(wasm, reader, status, stream.source);
      // Sound framing: only this record is lost. Otherwise what is behind it must be searched for.
      if (status !== L.S_INSIDE && status !== L.S_TYPE) throw fault;
      onProblem(fault.toProblem());
    }
    return true;
  };
  for (;;) {
    try {
      if (!step()) break;
    } catch (error) {
      if (!(error instanceof JobsumError) || error.code === 'E_IO' || error instanceof TooMuchMetadata) throw error;
      const from = stream.offset;
      const problem = error.toProblem();
      let found = false;
      try {
        found = salvage && error.code === 'E_ARCHIVE_META' && resync(wasm, reader, stream, EARLIEST);
      } catch (further) {
        // The search may come to where a compressed file is damaged.
        onProblem(toProblem(further));
      }
      if (!found) {
        onProblem(problem);
        break;
      }
      onProblem({ ...problem, message: `${problem.message}; ${stream.offset - from} bytes were passed over` });
    }
  }
  for (const { unread, offset, end, count } of unreadable.values()) {
    const { refused, found, record } = unread;
    const isLast = count === 1 && end === stream.offset && stream.unread < MIN_RECORD - TRAILER;
    const damaged = refused === 'always' || (refused === 'followed' && !isLast);
    const message = count === 1 ? unread.message : `${unread.message}, and ${count - 1} more such records`;
    if (damaged) onProblem({ code: 'E_ARCHIVE_META', message, file, volume: -1, offset, record, found });
    else onNote(message, found, offset);
  }
  if (table.descriptors.size === 0) {
    const message = 'the metadata describe no metric';
    onProblem({ code: 'E_ARCHIVE_META', message, file, volume: -1, record: 'metric descriptor' });
  }
  room.fold();
}

/** A copy of the record the reader stands at. */
function recordBytes(wasm: Wasm, reader: number): Buffer {
  const from = wasm.u32(reader + L.Reader.record);
  return Buffer.from(wasm.bytes.subarray(from, from + wasm.i32(reader + L.Reader.length)));
}
