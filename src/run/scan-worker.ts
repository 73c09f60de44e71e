// Owns the worker's side of indexing: a share of a tree is walked, or a lot of archives opened.

import { type FoundArchive, type Probed, probeAll, scanShare } from '../archives/index.ts';
import { probeArchive } from '../decode/index.ts';

export type ScanOrder =
  | { readonly root: string; readonly at: string }
  | { readonly root: string; readonly open: readonly Pick<FoundArchive, 'base' | 'members'>[] };

export default function work(order: ScanOrder): FoundArchive[] | Probed[] {
  return 'at' in order ? scanShare(order.root, order.at) : probeAll(order.root, order.open, probeArchive);
}
