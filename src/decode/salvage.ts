// Owns going on behind damage: finding the next plausible record of a file, and what was passed over.

import { JobsumError } from '../kernel/index.ts';
import * as L from './layout.gen.ts';
import type { FileStream } from './stream.ts';
import type { Wasm } from './wasm.ts';

/** Bytes passed over, and why they were. */
export interface Gap {
  readonly volume: number;
  /** File offsets: of the damaged record, and of the record that reading went on with (or the end of the file). */
  readonly from: number;
  readonly to: number;
}

/** Moves the reader to the next plausible record behind the one it stands at. False: there is none in this file. */
export function resync(wasm: Wasm, reader: number, stream: FileStream, afterNs: bigint): boolean {
  const meta = stream.source.volume === -1;
  const step = (): void => {
    wasm.view.setUint32(reader + L.R_POS, wasm.u32(reader + L.R_POS) + 1, true);
  };
  if (stream.unread === 0 && !stream.fill()) return false;
  step();
  let last = false;
  for (;;) {
    const status = wasm.x.resync(reader, afterNs, meta, last);
    if (status === L.S_RECORD) return true;
    if (status === L.S_GROW) {
      try {
        stream.grow(2 * wasm.i32(reader + L.R_LEN));
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
