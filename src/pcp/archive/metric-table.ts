// Owns the metrics of an archive as the decoder meets their descriptors: by name, by pmID, and which are wanted.

import type { Problem } from '../../kernel/index.ts';
import { differInUnits } from '../files/units.ts';
import { recordOffset } from '../wasm/fault.ts';
import * as L from '../wasm/layout.gen.ts';
import { outOfMemory, type Wasm } from '../wasm/wasm.ts';
import { COUNTER, type Metric, pmidText } from './metric.ts';
import type { OpenOptions } from './open-options.ts';

const NOT_ASCII = /[\u0080-\u00ff]/;

class NamedMetric implements Metric {
  readonly name: string;
  readonly #key: string;
  readonly pmid: number;
  readonly type: number;
  readonly indom: number;
  readonly semantics: number;
  readonly units: number;

  constructor(name: string, key: string, desc: Omit<Metric, 'name' | 'nameBytes'>) {
    this.name = name;
    this.#key = key;
    this.pmid = desc.pmid;
    this.type = desc.type;
    this.indom = desc.indom;
    this.semantics = desc.semantics;
    this.units = desc.units;
  }

  get nameBytes(): Buffer {
    return Buffer.from(this.#key, 'latin1');
  }
}

export class MetricTable {
  readonly metrics: Metric[] = [];
  readonly descriptors = new Map<number, Metric>();
  /** Under their further names, those that have some. */
  readonly #more = new Map<number, Metric[]>();
  readonly #taken = new Set<string>();
  readonly #wasm: Wasm;
  readonly #reader: number;
  readonly #options: Pick<OpenOptions, 'slotOf' | 'factorOf'>;

  constructor(wasm: Wasm, reader: number, options: Pick<OpenOptions, 'slotOf' | 'factorOf'>) {
    this.#wasm = wasm;
    this.#reader = reader;
    this.#options = options;
  }

  /** Takes the descriptor the reader stands at; a contradiction to an earlier one is the problem, and the earlier one stays. */
  add(file: string): Problem | null {
    const wasm = this.#wasm;
    const r = this.#reader;
    const pmid = wasm.u32(r + L.Reader.descPmid);
    const desc = {
      pmid,
      type: wasm.i32(r + L.Reader.descType),
      indom: wasm.u32(r + L.Reader.descIndom),
      semantics: wasm.i32(r + L.Reader.descSemantics),
      units: wasm.u32(r + L.Reader.descUnits),
    };
    const before = this.descriptors.get(pmid);
    if (
      before &&
      (before.type !== desc.type ||
        before.indom !== desc.indom ||
        before.semantics !== desc.semantics ||
        differInUnits(before.units, desc.units))
    ) {
      return {
        code: 'E_ARCHIVE_CONFLICT',
        message: `metric ${before.name} (${pmidText(pmid)}) is described in two ways`,
        file,
        volume: -1,
        offset: recordOffset(wasm, r),
        record: 'metric descriptor',
      };
    }
    if (!before && this.#options.slotOf && wasm.x.describeMetric(r, pmid) === 0) throw outOfMemory();
    let at = wasm.u32(r + L.Reader.descNames);
    const count = wasm.i32(r + L.Reader.descNameCount);
    for (let i = 0; i < count; i++) {
      const length = wasm.view.getInt32(at, false);
      // One byte a character: exact, whatever the encoding. Nearly all names are ASCII and need no other form.
      const raw = Buffer.from(wasm.bytes.buffer, at + 4, length).toString('latin1');
      at += 4 + length;
      const nul = raw.indexOf('\0');
      const key = nul < 0 ? raw : raw.slice(0, nul);
      const name = NOT_ASCII.test(key) ? Buffer.from(key, 'latin1').toString('utf8') : key;
      const metric = new NamedMetric(name, key, desc);
      if (!this.descriptors.has(pmid)) this.descriptors.set(pmid, metric);
      // The first binding of a name keeps it.
      if (this.#taken.has(key)) continue;
      this.#taken.add(key);
      this.metrics.push(metric);
      if (this.descriptors.get(pmid) !== metric) {
        const more = this.#more.get(pmid);
        if (more) more.push(metric);
        else this.#more.set(pmid, [metric]);
      }
      const slot = this.#options.slotOf?.(name);
      if (slot === undefined) continue;
      const factor = this.#options.factorOf?.(name) ?? 1;
      if (wasm.x.wantMetric(r, pmid, desc.type, desc.indom, Number(desc.semantics === COUNTER), slot, factor) === 0)
        throw outOfMemory();
    }
    if (count === 0 && !this.descriptors.has(pmid))
      this.descriptors.set(pmid, new NamedMetric(`#${pmidText(pmid)}`, '', desc));
    return null;
  }

  /** A metric under each of its names, in the order of the metadata; under none of its own if it is only described. */
  named(pmid: number): readonly Metric[] {
    const first = this.descriptors.get(pmid);
    return first ? [first, ...(this.#more.get(pmid) ?? [])] : [];
  }
}
