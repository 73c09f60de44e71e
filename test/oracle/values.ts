// Owns the spelling of values in the canonical dump (tools/CANONICAL_DUMP.md, Scalars).

import { isUtf8 } from 'node:buffer';
import { untilNul } from './bytes.ts';
import { eventsText } from './events.ts';
import type { Pair } from './record.ts';

export function base64Text(raw: Buffer): string {
  return `{"b64":"${raw.toString('base64')}"}`;
}

export function bytesText(raw: Buffer): string {
  return isUtf8(raw) ? stringText(raw.toString('utf8')) : base64Text(raw);
}

function stringText(text: string): string {
  // JSON.stringify escapes nothing else in well-formed text.
  return JSON.stringify(text);
}

export function numberText(x: number): string {
  if (Number.isNaN(x)) return '"NaN"';
  if (!Number.isFinite(x)) return x > 0 ? '"Infinity"' : '"-Infinity"';
  return Object.is(x, -0) ? '"-0"' : String(x);
}

/** A value of a type held in bytes, big-endian; too few bytes for the type are shown raw. */
export function blockText(type: number, body: Buffer): string {
  const wide = body.length >= 8;
  const narrow = body.length >= 4;
  if (type === 6) return bytesText(untilNul(body));
  if (type === 3 && wide) return `"${body.readBigUInt64BE(0)}"`;
  if (type === 2 && wide) return `"${body.readBigInt64BE(0)}"`;
  if (type === 5 && wide) return numberText(body.readDoubleBE(0));
  if (type === 4 && narrow) return numberText(body.readFloatBE(0));
  if (type === 0 && narrow) return String(body.readInt32BE(0));
  if (type === 1 && narrow) return String(body.readUInt32BE(0));
  if (type === 9 || type === 10) return eventsText(body, type === 10) ?? base64Text(body);
  return base64Text(body);
}

/** One value; `type` undefined: the metric has no descriptor. */
export function pairText(type: number | undefined, pair: Pair): string {
  if (pair.block !== undefined) {
    return type === undefined || type === 0 || type === 1
      ? base64Text(pair.block.body)
      : blockText(type, pair.block.body);
  }
  if (type === 1) return String(pair.word);
  if (type === 0) return String(pair.word | 0);
  if (type === 4) {
    const raw = Buffer.alloc(4);
    raw.writeUInt32BE(pair.word);
    return numberText(raw.readFloatBE(0));
  }
  return `{"insitu":"${pair.word.toString(16).padStart(8, '0')}"}`;
}
