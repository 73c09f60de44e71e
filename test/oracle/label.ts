// Owns label records of all three file kinds (archive-format.md §2.3).

import { type Bytes, type Stamp, untilNul } from './bytes.ts';
import { Damage } from './damage.ts';

export interface Label {
  readonly version: 2 | 3;
  readonly length: number;
  readonly pid: number;
  readonly start: Stamp;
  readonly volume: number;
  readonly host: Buffer;
  readonly timezone: Buffer;
}

const MAGIC = 0x50052600;
const SIZE = { 2: 132, 3: 808 } as const;
/** Feature bit 31 is for QA and always accepted. */
const KNOWN_FEATURES = 0x80000000;

export function readLabel(bytes: Bytes, file: string, volume: number): Label {
  const bad = (message: string, offset: number, expected: string, found: string): Damage =>
    new Damage('E_ARCHIVE_LABEL', 'PM_ERR_LABEL', message, { file, volume, offset, record: 'label', expected, found });
  if (bytes.length < 8) {
    throw new Damage('E_ARCHIVE_EMPTY', 'PM_ERR_NODATA', 'the file is empty', { file, volume, record: 'label' });
  }
  const magic = bytes.u32(4);
  const version = magic & 0xff;
  if (magic >>> 8 !== MAGIC >>> 8) throw bad('not a PCP archive', 4, '50052602', magic.toString(16));
  if (version !== 2 && version !== 3) {
    throw new Damage('E_ARCHIVE_VERSION', 'PM_ERR_LABEL', 'unknown version', {
      file,
      volume,
      offset: 4,
      found: `${version}`,
    });
  }
  const length = SIZE[version];
  if (bytes.u32(0) !== length) throw bad('wrong label length', 0, `${length}`, `${bytes.u32(0)}`);
  if (bytes.length < length) throw bad('label cut off', 0, `${length} bytes`, `${bytes.length}`);
  if (bytes.u32(length - 4) !== length) {
    throw bad('label trailer differs', length - 4, `${length}`, `${bytes.u32(length - 4)}`);
  }
  const at =
    version === 2
      ? { volume: 20, host: 24, zone: 88, zoneEnd: 128 }
      : { volume: 24, host: 36, zone: 292, zoneEnd: 548 };
  const stored = bytes.i32(at.volume);
  if (stored !== volume) throw bad('label of another file', at.volume, `volume ${volume}`, `${stored}`);
  if (version === 3 && (bytes.u32(28) & ~KNOWN_FEATURES) !== 0) {
    const found = bytes.u32(28).toString(16);
    throw new Damage('E_ARCHIVE_FEATURE', 'PM_ERR_FEATURE', 'unknown feature', { file, volume, offset: 28, found });
  }
  return {
    version,
    length,
    pid: bytes.i32(8),
    start: version === 2 ? bytes.stamp2(12) : bytes.stamp3(12),
    volume: stored,
    host: untilNul(bytes.slice(at.host, at.zone - 1)),
    timezone: untilNul(bytes.slice(at.zone, at.zoneEnd - 1)),
  };
}
