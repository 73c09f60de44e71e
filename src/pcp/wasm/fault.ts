// Owns how a status of the decoder becomes an error with file, volume, offset, record kind, expected and found.

import { type ErrorCode, JobsumError, type Problem } from '../../kernel/index.ts';
import * as L from './layout.gen.ts';
import { outOfMemory, type Wasm } from './wasm.ts';

/** What is being read, for the messages. `volume`: -1 metadata, -2 index. */
export interface Source {
  readonly file: string;
  readonly volume: number;
}

const KINDS: Readonly<Record<number, string>> = {
  1: 'metric descriptor',
  2: 'instance domain (v2)',
  3: 'label set (v2)',
  4: 'help text',
  5: 'instance domain',
  6: 'instance domain delta',
  7: 'label set',
};

const WHY: Readonly<Record<number, { what: string; expected: string }>> = {
  [L.WHY_NONE]: { what: 'the record contradicts itself', expected: 'a consistent record' },
  [L.WHY_NUMPMID]: { what: 'impossible number of metrics in the record', expected: 'at most' },
  [L.WHY_SET]: { what: 'a value set reaches beyond the record', expected: 'at most' },
  [L.WHY_VALFMT]: { what: 'unknown value format', expected: '0 to' },
  [L.WHY_BLOCK]: { what: 'a value block lies outside the record', expected: 'within' },
  [L.WHY_FILL]: { what: 'value sets and blocks do not fill the record', expected: 'exactly' },
  [L.WHY_NAME]: { what: 'a metric name reaches beyond the record', expected: 'a name inside the record' },
  [L.WHY_COUNT]: { what: 'impossible number of elements', expected: 'as many as fit the record' },
  [L.WHY_INSTANCE]: { what: 'negative instance number', expected: '0 or more' },
  [L.WHY_OFFSET]: { what: 'an instance name lies outside the record', expected: 'an offset into the names' },
};

/** File offset of the record the reader stands at. */
export function recordOffset(wasm: Wasm, reader: number): number {
  return (
    Number(wasm.i64(reader + L.Reader.fileOffset)) +
    wasm.u32(reader + L.Reader.record) -
    wasm.u32(reader + L.Reader.buffer)
  );
}

/** The error for a negative status from a record of metadata or data. */
export function recordFault(wasm: Wasm, reader: number, status: number, source: Source): JobsumError {
  if (status === L.S_MEMORY) return outOfMemory();
  const meta = source.volume === -1;
  const at = {
    file: source.file,
    volume: source.volume,
    offset: recordOffset(wasm, reader),
    record: meta ? (KINDS[wasm.i32(reader + L.Reader.metaKind)] ?? 'metadata record') : 'data record',
  };
  const expected = wasm.i64(reader + L.Reader.expected);
  const found = String(wasm.i64(reader + L.Reader.found));
  const code = (c: ErrorCode): ErrorCode => (meta ? 'E_ARCHIVE_META' : c);
  switch (status) {
    case L.S_LENGTH:
      return new JobsumError(code('E_ARCHIVE_LENGTH'), 'impossible record length', {
        ...at,
        expected: `at least ${expected}`,
        found,
      });
    case L.S_TRAILER:
      return new JobsumError(
        code('E_ARCHIVE_TRAILER'),
        'the length at the end of the record differs from the one before it',
        {
          ...at,
          expected: String(expected),
          found,
        },
      );
    case L.S_TYPE:
      return new JobsumError('E_ARCHIVE_META', 'unknown type of metadata record', { ...at, expected: '1 to 7', found });
    default: {
      const why = WHY[wasm.i32(reader + L.Reader.why)] ?? WHY[L.WHY_NONE]!;
      const detail = meta ? { expected: why.expected } : { expected: `${why.expected} ${expected}`, found };
      return new JobsumError(code('E_ARCHIVE_RECORD'), why.what, { ...at, ...detail });
    }
  }
}

/** What is wrong inside the data record that was handed out, of which only the sound value sets are to be used; null: nothing. */
export function unsoundness(wasm: Wasm, reader: number, source: Source): Problem | null {
  if (wasm.i32(reader + L.Reader.unsound) === 0) return null;
  return recordFault(wasm, reader, L.S_INSIDE, source).toProblem();
}

/** The error for a file that ends inside a record. */
export function truncated(source: Source, offset: number, have: number, want: number): JobsumError {
  return new JobsumError(
    source.volume === -1 ? 'E_ARCHIVE_META' : 'E_ARCHIVE_TRUNCATED',
    'the file ends inside a record',
    {
      file: source.file,
      volume: source.volume,
      offset,
      record: source.volume === -1 ? 'metadata record' : 'data record',
      expected: want > 0 ? `${want} bytes` : 'a whole record',
      found: `${have} bytes`,
    },
  );
}

/** The error for a label that is not accepted. `have`: bytes in the file, for a short one. */
export function labelFault(wasm: Wasm, reader: number, status: number, source: Source, have: number): JobsumError {
  const at = { file: source.file, volume: source.volume, offset: 0, record: 'label' };
  const expected = wasm.i64(reader + L.Reader.expected);
  const found = wasm.i64(reader + L.Reader.found);
  switch (status) {
    case L.S_MORE:
      if (have < 8) return new JobsumError('E_ARCHIVE_EMPTY', 'the file is empty', { ...at, found: `${have} bytes` });
      return new JobsumError('E_ARCHIVE_LABEL', 'the file ends inside its label', { ...at, found: `${have} bytes` });
    case L.S_MAGIC:
      return new JobsumError('E_ARCHIVE_LABEL', 'not a PCP archive file', {
        ...at,
        expected: `magic 0x${expected.toString(16)}`,
        found: `0x${found.toString(16)}`,
      });
    case L.S_VERSION:
      return new JobsumError('E_ARCHIVE_VERSION', 'archive version not supported', {
        ...at,
        expected: 'version 2 or 3',
        found: `version ${found}`,
      });
    case L.S_FEATURE:
      return new JobsumError('E_ARCHIVE_FEATURE', 'unknown feature bits', { ...at, found: `0x${found.toString(16)}` });
    case L.S_VOLUME:
      return new JobsumError('E_ARCHIVE_LABEL', 'the label is that of another file of the archive', {
        ...at,
        expected: `volume ${expected}`,
        found: `volume ${found}`,
      });
    default:
      return new JobsumError('E_ARCHIVE_LABEL', 'the label has a wrong length', {
        ...at,
        expected: String(expected),
        found: String(found),
      });
  }
}
