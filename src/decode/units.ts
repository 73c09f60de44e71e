// Owns the units word of a metric: its six fields and the text PCP prints for them (pcp-archive-format.md §3.3).

const signed = (x: number): number => (x > 7 ? x - 16 : x);

export interface Units {
  readonly dimSpace: number;
  readonly dimTime: number;
  readonly dimCount: number;
  readonly scaleSpace: number;
  readonly scaleTime: number;
  readonly scaleCount: number;
}

export function unitsOf(word: number): Units {
  return {
    dimSpace: signed((word >>> 28) & 15),
    dimTime: signed((word >>> 24) & 15),
    dimCount: signed((word >>> 20) & 15),
    scaleSpace: signed((word >>> 16) & 15),
    scaleTime: signed((word >>> 12) & 15),
    scaleCount: signed((word >>> 8) & 15),
  };
}

const SPACE = ['byte', 'Kbyte', 'Mbyte', 'Gbyte', 'Tbyte', 'Pbyte', 'Ebyte', 'Zbyte', 'Ybyte'];
const TIME = ['nanosec', 'microsec', 'millisec', 'sec', 'min', 'hour'];

function power(name: string, exponent: number): string {
  return Math.abs(exponent) === 1 ? name : `${name}^${Math.abs(exponent)}`;
}

/** As PCP's tools print units: `Kbyte`, `byte / sec`, `count x 10^3`; empty for none. */
export function unitsText(word: number): string {
  const u = unitsOf(word);
  const count = u.scaleCount === 0 ? 'count' : u.scaleCount === 1 ? 'count x 10' : `count x 10^${u.scaleCount}`;
  // The text takes these two without sign, unlike the fields.
  const space = u.scaleSpace & 15;
  const time = u.scaleTime & 15;
  const parts: [string, number][] = [
    [SPACE[space] ?? `space-${space}`, u.dimSpace],
    [TIME[time] ?? `time-${time}`, u.dimTime],
    [count, u.dimCount],
  ];
  const above = parts.filter(([, d]) => d > 0).map(([name, d]) => power(name, d));
  const below = parts.filter(([, d]) => d < 0).map(([name, d]) => power(name, d));
  if (u.dimSpace === 0 && u.dimTime === 0 && u.dimCount === 0) {
    // A dimensionless value can still carry a power of ten.
    return u.scaleCount === 0 ? '' : u.scaleCount === 1 ? 'x 10' : `x 10^${u.scaleCount}`;
  }
  if (below.length === 0) return above.join(' ');
  return `${above.length > 0 ? `${above.join(' ')} ` : ''}/ ${below.join(' ')}`;
}
