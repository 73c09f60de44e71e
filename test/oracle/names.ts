// Owns the spelling of codes: identifiers, types, semantics, units and libpcp's error symbols.

export function pmidText(pmid: number): string {
  return `${(pmid >>> 22) & 0x1ff}.${(pmid >>> 10) & 0xfff}.${pmid & 0x3ff}`;
}

export function indomText(indom: number): string {
  return `${(indom >>> 22) & 0x1ff}.${indom & 0x3fffff}`;
}

export const TYPE_NAMES: ReadonlyMap<number, string> = new Map([
  [0, '32'],
  [1, 'u32'],
  [2, '64'],
  [3, 'u64'],
  [4, 'float'],
  [5, 'double'],
  [6, 'string'],
  [7, 'aggregate'],
  [8, 'aggregate_static'],
  [9, 'event'],
  [10, 'highres_event'],
  [-1, 'nosupport'],
  [255, 'unknown'],
]);

export const SEMANTICS: ReadonlyMap<number, string> = new Map([
  [1, 'counter'],
  [3, 'instant'],
  [4, 'discrete'],
]);

const signed4 = (x: number): number => (x > 7 ? x - 16 : x);

/**
 * dimSpace, dimTime, dimCount, scaleSpace, scaleTime, scaleCount. The dumps show scaleTime signed (golden bozo-disk:
 * hinv.cpu.clock has -6), although the format has it unsigned.
 */
export function unitFields(word: number): [number, number, number, number, number, number] {
  const field = (shift: number): number => (word >>> shift) & 0xf;
  return [
    signed4(field(28)),
    signed4(field(24)),
    signed4(field(20)),
    signed4(field(16)),
    signed4(field(12)),
    signed4(field(8)),
  ];
}

const SPACES = ['byte', 'Kbyte', 'Mbyte', 'Gbyte', 'Tbyte', 'Pbyte', 'Ebyte', 'Zbyte', 'Ybyte'];
const TIMES = ['nanosec', 'microsec', 'millisec', 'sec', 'min', 'hour'];

/** As pmUnitsStr writes them. */
export function unitsText(word: number): string {
  const [space, time, count, signedSpace, signedTime, scaleCount] = unitFields(word);
  const scaleSpace = signedSpace & 0xf;
  const scaleTime = signedTime & 0xf;
  const times10 = scaleCount === 0 ? '' : scaleCount === 1 ? ' x 10' : ` x 10^${scaleCount}`;
  if (space === 0 && time === 0 && count === 0) return times10.trim();
  const parts: (readonly [string, number])[] = [
    [SPACES[scaleSpace] ?? `space-${scaleSpace}`, space],
    [TIMES[scaleTime] ?? `time-${scaleTime}`, time],
    [`count${times10}`, count],
  ];
  const side = (sign: 1 | -1): string =>
    parts
      .filter(([, dim]) => dim * sign > 0)
      .map(([name, dim]) => (dim * sign > 1 ? `${name}^${dim * sign}` : name))
      .join(' ');
  const [over, under] = [side(1), side(-1)];
  return under === '' ? over : `${over === '' ? '' : `${over} `}/ ${under}`;
}

/** Codes are -12345 - n; the names are those of pcp's public header. */
const PM_ERRORS: Readonly<Record<number, string>> = {
  0: 'GENERIC',
  1: 'PMNS',
  2: 'NOPMNS',
  3: 'DUPPMNS',
  4: 'TEXT',
  5: 'APPVERSION',
  6: 'VALUE',
  8: 'TIMEOUT',
  9: 'NODATA',
  10: 'RESET',
  12: 'NAME',
  13: 'PMID',
  14: 'INDOM',
  15: 'INST',
  16: 'UNIT',
  17: 'CONV',
  18: 'TRUNC',
  19: 'SIGN',
  20: 'PROFILE',
  21: 'IPC',
  23: 'EOF',
  24: 'NOTHOST',
  25: 'EOL',
  26: 'MODE',
  27: 'LABEL',
  28: 'LOGREC',
  29: 'NOTARCHIVE',
  30: 'LOGFILE',
  31: 'NOCONTEXT',
  32: 'PROFILESPEC',
  33: 'PMID_LOG',
  34: 'INDOM_LOG',
  35: 'INST_LOG',
  36: 'NOPROFILE',
  41: 'NOAGENT',
  42: 'PERMISSION',
  43: 'CONNLIMIT',
  44: 'AGAIN',
  45: 'ISCONN',
  46: 'NOTCONN',
  47: 'NEEDPORT',
  49: 'NONLEAF',
  52: 'TYPE',
  53: 'THREAD',
  54: 'NOCONTAINER',
  55: 'BADSTORE',
  56: 'LOGOVERLAP',
  57: 'LOGHOST',
  59: 'LOGCHANGETYPE',
  60: 'LOGCHANGESEM',
  61: 'LOGCHANGEINDOM',
  62: 'LOGCHANGEUNITS',
  63: 'NEEDCLIENTCERT',
  64: 'BADDERIVE',
  65: 'NOLABELS',
  66: 'PMDAFENCED',
  67: 'RECTYPE',
  68: 'FEATURE',
  69: 'TLS',
  97: 'BOTCH',
  98: 'TOOSMALL',
  99: 'TOOBIG',
  100: 'FAULT',
  1048: 'PMDAREADY',
  1049: 'PMDANOTREADY',
  8999: 'NYI',
};

export function pmErrorName(code: number): string {
  const name = PM_ERRORS[-12345 - code];
  return name === undefined ? `errno:${-code}` : `PM_ERR_${name}`;
}
