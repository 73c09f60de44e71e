// Owns the worker's side of indexing: a share of a tree is walked, or a lot of archives opened.

import { type FoundArchive, type Probed, probeAll, scanShare } from '../archives/index.ts';
import { limits, probeArchive } from '../decode/index.ts';

export type ScanOrder =
  | { readonly root: string; readonly at: string }
  | {
      readonly root: string;
      readonly open: readonly Pick<FoundArchive, 'base' | 'members'>[];
      readonly maxVolumeBytes: number;
    };

export default function work(order: ScanOrder): FoundArchive[] | Probed[] {
  if ('at' in order) return scanShare(order.root, order.at);
  limits.maxVolumeBytes = order.maxVolumeBytes;
  return probeAll(order.root, order.open, probeArchive);
}
