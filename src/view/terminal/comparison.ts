// Owns comparisons as text: what differs between two documents, and between two stores of them.

import type { Comparison, StoresComparison } from '../../document/index.ts';
import { clean } from '../../kernel/clean.ts';
import { counted } from '../../kernel/index.ts';
import { table } from './text.ts';

const LONGEST = 100;
/** Ids of documents of one store alone. */
const MAX_IDS = 20;

function value(x: unknown): string {
  if (x === undefined) return '(absent)';
  const text = JSON.stringify(x);
  return clean(text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 3)}...`);
}

const because = (why: string): string => (why ? ` (${why})` : '');

/** `max`: most differences; 0: all. */
export function comparisonLines({ compared, differences }: Comparison, max: number): string[] {
  const shown = max === 0 ? differences : differences.slice(0, max);
  const rest = differences.length - shown.length;
  return [
    ...shown.map((d) => `${clean(d.path)}: golden ${value(d.golden)}, ours ${value(d.ours)}${because(d.why)}`),
    ...(rest > 0 ? [`... and ${rest} more`] : []),
    `${counted(compared, 'value')} compared, ${counted(differences.length, 'difference')}`,
  ];
}

function onlyIn(store: string, ids: readonly string[], total: number): string[] {
  if (total === 0) return [];
  const shown = ids.slice(0, MAX_IDS).map((id) => `  ${clean(id)}`);
  const rest = total > shown.length ? [`  ... and ${total - shown.length} more`] : [];
  return [`${counted(total, 'document')} only in ${clean(store)}:`, ...shown, ...rest, ''];
}

/** `max`: most paths; 0: all. */
export function storesLines(
  c: StoresComparison,
  { golden, ours, max }: { golden: string; ours: string; max: number },
): string[] {
  const shown = max === 0 ? c.paths : c.paths.slice(0, max);
  const further = c.paths.length - shown.length;
  const paths = shown.map((p) => [
    clean(p.path),
    String(p.documents),
    String(p.values),
    `${clean(p.example.id)}: golden ${value(p.example.golden)}, ours ${value(p.example.ours)}${because(p.example.why)}`,
  ]);
  return [
    ...onlyIn(golden, c.missingIds, c.missing),
    ...onlyIn(ours, c.surplusIds, c.surplus),
    ...(paths.length > 0 ? table([['PATH', 'DOCUMENTS', 'VALUES', 'FIRST'], ...paths], [1, 2]) : []),
    ...(further > 0 ? [`... and ${counted(further, 'path')} more`] : []),
    ...(c.otherValues > 0 ? [`... and ${counted(c.otherValues, 'value')} at paths that are not kept`] : []),
    ...(paths.length > 0 ? [''] : []),
    ...(c.causes.length > 0
      ? [
          'On purpose:',
          ...c.causes.map((d) => `  ${counted(d.documents, 'document')}: ${clean(d.what)} (${clean(d.why)})`),
          '',
        ]
      : []),
    `${counted(c.compared, 'document')} and ${counted(c.values, 'value')} compared, ${counted(c.differing, 'document')} different`,
  ];
}
