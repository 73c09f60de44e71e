// Owns single values in the spelling of the canonical dump (one exact text for each value).

import { NS } from '../../kernel/index.ts';
import { pmidText } from './metric.ts';

export const TYPE_NAMES: Readonly<Record<number, string>> = {
  [-1]: 'nosupport',
  0: '32',
  1: 'u32',
  2: '64',
  3: 'u64',
  4: 'float',
  5: 'double',
  6: 'string',
  7: 'aggregate',
  8: 'aggregate_static',
  9: 'event',
  10: 'highres_event',
  255: 'unknown',
};

export const SEMANTICS_NAMES: Readonly<Record<number, string>> = { 1: 'counter', 3: 'instant', 4: 'discrete' };

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function base64(bytes: Buffer): string {
  return `{"b64":"${bytes.toString('base64')}"}`;
}

/** A JSON string of the bytes before the first NUL; base64 if they are not UTF-8. */
export function textJson(bytes: Buffer): string {
  const nul = bytes.indexOf(0);
  const text = nul < 0 ? bytes : bytes.subarray(0, nul);
  try {
    return quote(utf8.decode(text));
  } catch {
    return base64(Buffer.from(text));
  }
}

/** JSON.stringify, except that lone surrogates cannot occur and DEL and above are written raw. */
export function quote(text: string): string {
  return JSON.stringify(text);
}

export function numberJson(x: number): string {
  if (Number.isNaN(x)) return '"NaN"';
  if (!Number.isFinite(x)) return x > 0 ? '"Infinity"' : '"-Infinity"';
  return Object.is(x, -0) ? '"-0"' : String(x);
}

/** `"SEC.NNNNNNNNN"` with quotes; sub-second fields out of range are written as they are. */
export function stampJson(seconds: bigint | number, nanoseconds: bigint | number): string {
  const digits = String(nanoseconds);
  // Records may hold negative fractions: nine places with their sign, as other dumps have them.
  const fraction = digits.startsWith('-') ? `-${digits.slice(1).padStart(8, '0')}` : digits.padStart(9, '0');
  return `"${seconds}.${fraction}"`;
}

/** The same of nanoseconds since the epoch. */
export function instantJson(ns: bigint): string {
  const fraction = ((ns % NS) + NS) % NS;
  return stampJson((ns - fraction) / NS, fraction);
}

/** Time stamp of a record or label at `at`, as it is stored; of damaged sub-seconds libpcp keeps 32 bits. */
export function storedStamp(view: DataView, at: number, version: 2 | 3): string {
  if (version === 2) return stampJson(view.getInt32(at), Math.imul(view.getInt32(at + 4), 1000));
  const seconds = (BigInt(view.getInt32(at + 4)) << 32n) | BigInt(view.getUint32(at));
  return stampJson(seconds, view.getInt32(at + 8));
}

/** By which PCP orders records: seconds first, then what is stored beside them, be it more than a second or less than none. */
export function storedOrder(view: DataView, at: number, version: 2 | 3): bigint {
  if (version === 2) return (BigInt(view.getInt32(at)) << 32n) + BigInt(Math.imul(view.getInt32(at + 4), 1000));
  const seconds = (BigInt(view.getInt32(at + 4)) << 32n) | BigInt(view.getUint32(at));
  return (seconds << 32n) + BigInt(view.getInt32(at + 8));
}

/** A value kept in place of an index: types of 32 bits only. */
export function inSituJson(type: number | null, view: DataView, at: number): string {
  if (type === 0) return String(view.getInt32(at));
  if (type === 1) return String(view.getUint32(at));
  if (type === 4) return numberJson(view.getFloat32(at));
  return `{"insitu":"${view.getUint32(at).toString(16).padStart(8, '0')}"}`;
}

/** The payload of a value block, by the metric's type. Too short for it: base64. */
export function blockJson(type: number | null, body: Buffer): string {
  if (type === null || type === 0 || type === 1) return base64(body);
  return payloadJson(type, body);
}

function payloadJson(type: number, body: Buffer): string {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const has = (n: number): boolean => body.length >= n;
  if (type === 6) return textJson(body);
  if (type === 3 && has(8)) return `"${view.getBigUint64(0)}"`;
  if (type === 2 && has(8)) return `"${view.getBigInt64(0)}"`;
  if (type === 5 && has(8)) return numberJson(view.getFloat64(0));
  if (type === 4 && has(4)) return numberJson(view.getFloat32(0));
  if (type === 0 && has(4)) return String(view.getInt32(0));
  if (type === 1 && has(4)) return String(view.getUint32(0));
  if (type === 9 || type === 10) return eventsJson(view, body, type === 10) ?? base64(body);
  return base64(body);
}

/** An event array (archive-format.md §5.6); undefined if it is cut off. */
function eventsJson(view: DataView, body: Buffer, wide: boolean): string | undefined {
  const records: string[] = [];
  const head = wide ? 24 : 16;
  let at = 4;
  if (body.length < 4) return undefined;
  const count = view.getInt32(0);
  if (count < 0) return undefined;
  for (let i = 0; i < count; i++) {
    if (at + head > body.length) return undefined;
    const when = wide
      ? stampJson(view.getBigInt64(at), view.getBigInt64(at + 8))
      : stampJson(view.getInt32(at), view.getInt32(at + 4) * 1000);
    const flags = view.getUint32(at + head - 8);
    const n = view.getInt32(at + head - 4);
    at += head;
    if (flags & 0x80000000) {
      records.push(`{"t":${when},"flags":${flags},"missed":${n}}`);
      continue;
    }
    const params: string[] = [];
    for (let k = 0; k < n; k++) {
      if (at + 8 > body.length) return undefined;
      const word = view.getUint32(at + 4);
      const length = word & 0xffffff;
      const type = word >>> 24;
      if (length < 4 || at + 4 + length > body.length) return undefined;
      const value = payloadJson(type, body.subarray(at + 8, at + 4 + length));
      params.push(`["${pmidText(view.getUint32(at))}","${TYPE_NAMES[type] ?? type}",${value}]`);
      at += 4 + ((length + 3) & ~3);
    }
    records.push(`{"t":${when},"flags":${flags},"p":[${params.join(',')}]}`);
  }
  return `{"events":[${records.join(',')}]}`;
}
