// The documents of the `schema` collection: every series and every field of our documents has its explanation in them.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ANALYTICS } from '../../src/analytics/index.ts';
import { SCHEMA_DOCUMENTS, SUMMARY_DEFINITIONS, TIMESERIES_DEFINITIONS } from '../../src/document/index.ts';

const LEGACY_SERIES = 'clktks';

describe('the documents of the schema collection', () => {
  it('are found under the names that the portal asks for', () => {
    expect(SCHEMA_DOCUMENTS.map((d) => d._id)).toEqual(['summary-1.0.6', 'timeseries-4']);
    expect(SUMMARY_DEFINITIONS.summary_version).toBe('summary-1.0.6');
    expect(TIMESERIES_DEFINITIONS).toMatchObject({ type: 'timeseries', applies_to_version: 4 });
  });

  it('explain every series that an analytic makes: others are invisible in the portal', () => {
    const keys = ANALYTICS.filter((a) => a.section === 'timeseries').map((a) => a.key);
    expect(keys.filter((key) => !(key in TIMESERIES_DEFINITIONS.metrics))).toEqual([]);
    expect(Object.keys(TIMESERIES_DEFINITIONS.metrics)).toHaveLength(15);
    expect(TIMESERIES_DEFINITIONS.metrics[LEGACY_SERIES]).toMatchObject({
      units: 'insts/s',
      description: 'Clock Ticks',
    });
  });

  it('have leaves of one form, and nothing but text in them', () => {
    const odd: string[] = [];
    const walk = (node: object, path: string): void => {
      const keys = Object.keys(node).sort().join();
      if (keys === 'documentation,type,unit') {
        if (!/^(|instant|ratio)$/.test((node as { type: string }).type)) odd.push(path);
        if (Object.values(node).some((v) => typeof v !== 'string')) odd.push(path);
      } else for (const [key, child] of Object.entries(node)) walk(child as object, `${path}.${key}`);
    };
    walk(SUMMARY_DEFINITIONS.definitions, '');
    expect(odd).toEqual([]);
  });

  it('explain every statistic of a real document, devices through *', () => {
    const document = JSON.parse(
      readFileSync(new URL('../../fixtures/expected/1004.json', import.meta.url), 'utf8'),
    ) as Record<string, unknown>;
    const unexplained: string[] = [];
    const walk = (value: unknown, definition: unknown, path: string): void => {
      if (typeof value !== 'object' || value === null) return;
      if ('avg' in value) {
        if (typeof (definition as { documentation?: unknown })?.documentation !== 'string') unexplained.push(path);
        return;
      }
      for (const [key, child] of Object.entries(value)) {
        const known = definition as Record<string, unknown> | undefined;
        walk(child, known?.[key] ?? known?.['*'], `${path}.${key}`);
      }
    };
    for (const key of Object.keys(SUMMARY_DEFINITIONS.definitions))
      walk(document[key], (SUMMARY_DEFINITIONS.definitions as Record<string, unknown>)[key], key);
    expect(unexplained).toEqual([]);
  });
});
