// Owns the worker's side of indexing: a share of a tree is walked, or a lot of archives opened.

import { type Bounds, setBounds } from '../pcp/index.ts';
import { type FoundArchive, type Walked, type WalkOrder, walk } from './scan.ts';
import { type Probed, probeAll } from './scanner.ts';

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
  return probeAll(order.root, order.open);
}
