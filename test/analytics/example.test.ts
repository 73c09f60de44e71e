// The way to add an analytic that CONTRIBUTING shows: its code is that of example.ts, which works, and is short.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SHIPPED } from '../../src/analytics/index.ts';
import { jobOf, type Sample, summarize, times } from '../support/nodes.ts';
import { contextSwitches } from './example.ts';

const page = readFileSync(new URL('../../.github/CONTRIBUTING.md', import.meta.url), 'utf8');
const section = /^## Adding an analytic$(.*?)^1\. /ms.exec(page)![1]!;
const example = readFileSync(new URL('example.ts', import.meta.url), 'utf8');

describe('adding an analytic', () => {
  it('is shown in fewer than 40 lines, with the code of the example', () => {
    expect(section.trim().split('\n').length).toBeLessThan(40);
    expect(section).toContain(`\`\`\`ts\n${example.replaceAll('../../src/analytics/', './')}\`\`\``);
  });

  it('takes a declaration and a line in the registry', () => {
    const set = {
      ...SHIPPED,
      analytics: [...SHIPPED.analytics, contextSwitches],
    };
    const node = (rate: number) => times(5, (i): Sample => ({ 'kernel.all.pswitch': [1e6 + 30 * i * rate] }));
    const one = summarize({ ...jobOf(2, 120) }, [node(500), node(700)], set);
    expect(one.summary.pswitch).toMatchObject({ avg: 600, min: 500, max: 700, cnt: 2 });
    expect(one.errors).toEqual({});
  });
});
