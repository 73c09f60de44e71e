// Owns the worker's side of indexing: a share of a tree is walked, or a lot of archives opened.

import { type FoundArchive, type Probed, probeAll, type Walked, type WalkOrder, walk } from '../archives/index.ts';
import { type Bounds, probeArchive, setBounds } from '../decode/index.ts';

export type ScanOrder =
  | { readonly walk: WalkOrder }
  | {
      readonly root: string;
      readonly open: readonly Pick<FoundArchive, 'base' | 'members'>[];
      readonly bounds: Bounds;
    };

export default function work(order: ScanOrder): Walked | Probed[] {
  if ('walk' in order) return walk(order.walk);
  setBounds(order.bounds);
  return probeAll(order.root, order.open, probeArchive);
}
