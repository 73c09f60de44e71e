// Generated from assembly/layout and assembly/status.ts by assembly/generate-layout.mjs: do not edit.

export const Arena = {
  block: 0,
  current: 4,
  end: 8,
  SIZE: 12,
} as const;

export const Reader = {
  fileOffset: 0,
  expected: 8,
  found: 16,
  ns: 24,
  lastNs: 32,
  time: 40,
  startNs: 48,
  limitNs: 56,
  version: 64,
  buffer: 68,
  capacity: 72,
  position: 76,
  end: 80,
  why: 84,
  record: 88,
  length: 92,
  setCount: 96,
  sets: 100,
  setsEnd: 104,
  settled: 108,
  unsound: 112,
  metaKind: 116,
  descPmid: 120,
  descType: 124,
  descIndom: 128,
  descSemantics: 132,
  descUnits: 136,
  descNameCount: 140,
  descNames: 144,
  described: 148,
  describedMask: 152,
  describedCount: 156,
  wantedCount: 160,
  domains: 164,
  domainCount: 168,
  domainCapacity: 172,
  members: 176,
  index: 180,
  indexCount: 184,
  indexCapacity: 188,
  plans: 192,
  windows: 196,
  windowCount: 200,
  firstOpen: 204,
  seen: 208,
  undescribed: 212,
  ignoresGaps: 216,
  readsOn: 220,
  delivered: 224,
  scanned: 228,
  planHits: 232,
  planMisses: 236,
  steadyRecords: 240,
  backwards: 244,
  foreign: 248,
  pid: 252,
  volume: 256,
  features: 260,
  host: 264,
  timezone: 268,
  zoneinfo: 272,
  stringRoom: 276,
  id: 280,
  arena: 284,
  SIZE: 296,
} as const;

export const Undescribed = {
  count: 0,
  pmid: 4,
  ns: 8,
  SIZE: 16,
} as const;

export const Described = {
  pmid: 0,
  metric: 4,
  SIZE: 8,
} as const;

export const IndexEntry = {
  ns: 0,
  meta: 8,
  data: 16,
  volume: 24,
  SIZE: 32,
} as const;

export const Domain = {
  validFrom: 0,
  validTo: 8,
  word: 16,
  versions: 20,
  count: 24,
  capacity: 28,
  current: 32,
  most: 36,
  SIZE: 40,
} as const;

export const Version = {
  ns: 0,
  stamp: 8,
  fileOffset: 16,
  count: 24,
  ids: 28,
  names: 32,
  kind: 36,
  twins: 40,
  changeCount: 44,
  changedIds: 48,
  changedNames: 52,
  SIZE: 56,
} as const;

export const Text = {
  bytes: 0,
  length: 4,
  hash: 8,
  mark: 12,
  SIZE: 16,
} as const;

export const Metric = {
  scale: 0,
  slot: 8,
  type: 12,
  domain: 16,
  pmid: 20,
  next: 24,
  counter: 28,
  SIZE: 32,
} as const;

export const Slot = {
  scale: 0,
  seq: 8,
  count: 12,
  members: 16,
  type: 20,
  want: 24,
  values: 28,
  raw: 32,
  strings: 36,
  capacity: 40,
  pairs: 44,
  pairCount: 48,
  blocks: 52,
  generation: 56,
  bad: 60,
  domain: 64,
  scaled: 68,
  plan: 72,
  version: 76,
  owner: 80,
  home: 84,
  homeRaw: 88,
  mark: 92,
  keys: 96,
  keyed: 100,
  keyedBy: 104,
  counter: 108,
  agent: 112,
  corrected: 116,
  SIZE: 120,
} as const;

export const Consumer = {
  floor: 0,
  flags: 8,
  metricCount: 12,
  slots: 16,
  norms: 20,
  reducerCount: 24,
  reducers: 28,
  records: 32,
  accepted: 36,
  skipped: 40,
  stop: 44,
  stopCode: 48,
  plain: 52,
  plainRoll: 56,
  labelMetric: 60,
  labels: 64,
  labelCount: 68,
  labelKeys: 72,
  window: 76,
  align: 80,
  match: 84,
  SIZE: 88,
} as const;

export const Instances = {
  count: 0,
  capacity: 4,
  keys: 8,
  SIZE: 12,
} as const;

export const Places = {
  generation: 0,
  count: 4,
  known: 8,
  at: 12,
  capacity: 16,
  plain: 20,
  SIZE: 24,
} as const;

export const Norm = {
  range: 0,
  sums: 8,
  last: 12,
  capacity: 16,
  out: 20,
  outCapacity: 24,
  ids: 28,
  places: 40,
  SIZE: 64,
} as const;

export const Alignment = {
  master: 12,
  seen: 16,
  capacity: 20,
  fixed: 24,
  records: 28,
  plains: 32,
  rows: 36,
  ids: 0,
  SIZE: 40,
} as const;

export const ColumnRow = {
  values: 24,
  mask: 28,
  capacity: 32,
  last: 36,
  lastCount: 40,
  lastCapacity: 44,
  places: 0,
  SIZE: 48,
} as const;

export const Match = {
  count: 0,
  found: 4,
  names: 8,
  SIZE: 8,
} as const;

export const Found = {
  generation: 0,
  at: 4,
  SIZE: 8,
} as const;

export const Lane = {
  scale: 0,
  fold: 8,
  rowCount: 12,
  arena: 16,
  rows: 24,
  SIZE: 24,
} as const;

export const LaneRow = {
  weight: 0,
  metric: 8,
  pick: 12,
  order: 16,
  SIZE: 24,
} as const;

export const Order = {
  count: 12,
  keys: 16,
  generation: 20,
  state: 24,
  at: 28,
  values: 32,
  capacity: 36,
  now: 40,
  base: 44,
  ids: 0,
  SIZE: 48,
} as const;

export const Counter = {
  before: 0,
  restartNs: 8,
  shift: 16,
  slot: 24,
  met: 28,
  known: 32,
  last: 36,
  capacity: 40,
  offsets: 44,
  exactOffsets: 48,
  out: 52,
  outRaw: 56,
  outCapacity: 60,
  bits: 64,
  how: 68,
  reader: 72,
  marks: 76,
  away: 80,
  ranOn: 84,
  passed: 88,
  restarts: 92,
  restartId: 96,
  restartName: 100,
  restartDomain: 104,
  match: 108,
  flags: 112,
  pending: 116,
  counted: 120,
  shiftGeneration: 124,
  shiftCount: 128,
  flagged: 132,
  paces: 136,
  ids: 140,
  places: 152,
  SIZE: 176,
} as const;

export const Agent = {
  earliest: 0,
  latest: 8,
  restarted: 16,
  wentOn: 20,
  away: 24,
  noted: 28,
  SIZE: 32,
} as const;

export const Evidence = {
  begin: 0,
  end: 8,
  agent: 16,
  count: 20,
  away: 24,
  SIZE: 32,
} as const;

export const Moment = {
  ns: 0,
  agent: 8,
  SIZE: 16,
} as const;

export const Plan = {
  validFrom: 0,
  validTo: 8,
  length: 16,
  setCount: 20,
  entries: 24,
  fullCount: 28,
  capacity: 32,
  wanted: 36,
  wantedCount: 40,
  generation: 44,
  setsEnd: 48,
  firstWord: 52,
  word: 56,
  undescribedCount: 60,
  undescribed: 64,
  taken: 68,
  since: 72,
  wait: 76,
  steady: 80,
  steadyGeneration: 84,
  offsets: 88,
  images: 92,
  wholeCount: 96,
  headCount: 100,
  idCount: 104,
  values: 108,
  width: 112,
  runs: 116,
  runCount: 120,
  slots: 124,
  slotCount: 128,
  rest: 132,
  restCount: 136,
  room: 140,
  roomSize: 144,
  SIZE: 148,
} as const;

export const PlanEntry = {
  at: 0,
  head: 4,
  bareHead: 4,
  SIZE: 20,
} as const;

export const Wanted = {
  slot: 0,
  at: 4,
  metric: 8,
  SIZE: 12,
} as const;

export const Run = {
  type: 0,
  count: 4,
  at: 8,
  values: 12,
  raw: 16,
  keep: 20,
  SIZE: 24,
} as const;

export const Reducer = {
  kind: 0,
  flags: 4,
  lane: 8,
  lane2: 12,
  SIZE: 16,
} as const;

export const FirstLast = {
  kind: 0,
  flags: 4,
  lane: 8,
  lane2: 12,
  firstTime: 16,
  lastTime: 24,
  calls: 32,
  firstOutcome: 36,
  firstCode: 40,
  lastOutcome: 44,
  lastCode: 48,
  rows: 52,
  SIZE: 56,
} as const;

export const FirstLastRow = {
  first: 0,
  firstCount: 4,
  last: 8,
  lastCount: 12,
  capacity: 16,
  exact: 20,
  ids: 24,
  keys: 28,
  generation: 32,
  firstIds: 36,
  firstKeys: 40,
  SIZE: 44,
} as const;

export const Roll = {
  kind: 0,
  flags: 4,
  lane: 8,
  lane2: 12,
  count: 16,
  seen: 20,
  width: 24,
  mean: 28,
  min: 32,
  max: 36,
  pending: 40,
  direct: 44,
  chunks: 48,
  SIZE: 52,
} as const;

export const RollColumn = {
  count: 0,
  mean: 8,
  min: 16,
  max: 24,
  SIZE: 32,
} as const;

export const Integrate = {
  kind: 0,
  flags: 4,
  lane: 8,
  lane2: 12,
  before: 16,
  elapsed: 24,
  seen: 32,
  width: 36,
  totals: 40,
  times: 44,
  capacity: 48,
  SIZE: 52,
} as const;

export const Subsample = {
  kind: 0,
  flags: 4,
  lane: 8,
  lane2: 12,
  window: 16,
  leadout: 24,
  walltime: 32,
  count: 40,
  width: 44,
  hasLead: 48,
  times: 52,
  values: 56,
  rows: 60,
  capacity: 64,
  SIZE: 68,
} as const;

export const Latch = {
  kind: 0,
  flags: 4,
  lane: 8,
  lane2: 12,
  value: 16,
  set: 24,
  SIZE: 28,
} as const;

export const Tally = {
  kind: 0,
  flags: 4,
  lane: 8,
  lane2: 12,
  metricCount: 16,
  metrics: 20,
  where: 24,
  equals: 28,
  table: 32,
  mask: 36,
  entries: 40,
  count: 44,
  capacity: 48,
  overflow: 52,
  SIZE: 56,
} as const;

export const TallyEntry = {
  key: 0,
  instance: 24,
  count: 28,
  first: 32,
  last: 36,
  strings: 8,
  SIZE: 40,
} as const;

export const WrapSum = {
  kind: 0,
  flags: 4,
  lane: 8,
  lane2: 12,
  range: 16,
  total: 24,
  records: 32,
  width: 36,
  capacity: 40,
  before: 44,
  sums: 48,
  has: 52,
  SIZE: 56,
} as const;

export const FullSeries = {
  kind: 0,
  flags: 4,
  lane: 8,
  lane2: 12,
  last: 16,
  count: 24,
  capacity: 28,
  records: 32,
  stride: 36,
  times: 40,
  values: 44,
  source: 48,
  SIZE: 52,
} as const;

export const Duty = {
  kind: 0,
  flags: 4,
  lane: 8,
  lane2: 12,
  most: 16,
  width: 24,
  capacity: 28,
  before: 32,
  above: 36,
  below: 40,
  counts: 44,
  has: 48,
  SIZE: 52,
} as const;

export const Sections = {
  kind: 0,
  flags: 4,
  lane: 8,
  lane2: 12,
  start: 16,
  end: 24,
  step: 32,
  marker: 40,
  time: 48,
  limit: 56,
  records: 64,
  count: 68,
  gap: 72,
  atStart: 80,
  last: 96,
  times: 112,
  rates: 240,
  SIZE: 112,
} as const;

export const Window = {
  start: 0,
  end: 8,
  walltime: 16,
  firstNs: 24,
  lastNs: 32,
  intervalNs: 40,
  gapNs: 48,
  sampleNs: 56,
  markNs: 64,
  awayNs: 72,
  upNs: 80,
  uptime: 88,
  consumers: 96,
  consumerCount: 100,
  plains: 104,
  plainCount: 108,
  sets: 112,
  setCount: 116,
  formed: 120,
  rooms: 124,
  records: 128,
  marks: 132,
  gaps: 136,
  steps: 140,
  counters: 144,
  counterCount: 148,
  counterCapacity: 152,
  correctedCount: 156,
  reader: 160,
  marksBefore: 164,
  run: 168,
  runSeq: 172,
  mixed: 176,
  uptimeSlot: 180,
  boottimeSlot: 184,
  upKnown: 188,
  upReader: 192,
  upMarks: 196,
  evidence: 200,
  evidenceCount: 204,
  evidenceCapacity: 208,
  moments: 212,
  momentCount: 216,
  ranOn: 220,
  arena: 224,
  SIZE: 236,
} as const;

export const StepBucket = {
  sumNs: 0,
  count: 8,
  SIZE: 16,
} as const;

export const Plain = {
  slot: 0,
  roll: 4,
  consumer: 8,
  hits: 12,
  set: 16,
  generation: 20,
  SIZE: 24,
} as const;

export const GroupSet = {
  steady: 0,
  plan: 4,
  hits: 8,
  groups: 12,
  groupCount: 16,
  members: 20,
  memberCount: 24,
  alone: 28,
  states: 32,
  width: 36,
  SIZE: 40,
} as const;

export const Group = {
  at: 0,
  bytes: 4,
  count: 8,
  SIZE: 12,
} as const;

export const SETTLED_TIME = 1;
export const SETTLED_SETS = 2;
export const SEEN_FRESH = 1;
export const SEEN_COPY = 2;
export const NOBODY = 1;
export const WANT_VALS = 1;
export const WANT_RAW = 2;
export const WANT_STRS = 4;
export const WANT_KEYS = 8;
export const MAX_METRICS = 64;
export const FIRST_LAST_ONLY = 1;
export const UNCHECKED = 2;
export const EMPTY_SKIPS = 4;
export const EMPTY_STOPS = 8;
export const EMPTY_IGNORED = 512;
export const RECTANGULAR = 16;
export const FLOOR = 32;
export const FLOOR_SKIPS = 128;
export const RECTANGULAR_SKIPS = 256;
export const STEADY = 64;
export const COUNTERS = 1024;
export const UNNAMED_COUNT = 2048;
export const STOP_NONE = 0;
export const STOP_SKIP = 1;
export const STOP_NODATA = 2;
export const STOP_EMPTY = 3;
export const STOP_FLOOR = 4;
export const STOP_RAGGED = 5;
export const STOP_SHAPE = 6;
export const STOP_ERROR = 7;
export const STOP_CONVERSION = 8;
export const STOP_MEMORY = 9;
export const STOP_DECREASE = 10;
export const MAX_COLUMNS = 8192;
export const MAX_MATCHES = 16;
export const FOLD_FIRST = 0;
export const FOLD_SUM = 1;
export const FOLD_MEAN = 2;
export const FOLD_EACH = 3;
export const FOLD_COUNT = 4;
export const FOLD_TOTAL = 5;
export const FOLD_MATCH = 6;
export const FOLD_RATIO = 7;
export const AWAY_MARK = 1;
export const AWAY_READER = 2;
export const WATCH_COUNTS = 1;
export const WATCH_TOTAL = 2;
export const FLAG_PENDING = 1;
export const FLAG_COUNTED = 2;
export const FLAG_BEFORE = 4;
export const FLAG_NOW = 8;
export const AGENTS = 512;
export const KERNEL = 60;
export const BOOT = -1;
export const RAN_ON = -2;
export const WRAP = -3;
export const MAX_EVIDENCE = 4096;
export const PLAN_SLOTS = 32;
export const KIND_FIRSTLAST = 0;
export const KIND_ROLL = 1;
export const KIND_INTEGRATE = 2;
export const KIND_SUBSAMPLE = 3;
export const KIND_LATCH = 4;
export const KIND_TALLY = 5;
export const KIND_WRAPSUM = 6;
export const KIND_FULLSERIES = 7;
export const KIND_DUTY = 8;
export const KIND_SECTIONS = 9;
export const SKIP_FIRST = 1;
export const DROP_LAST = 2;
export const MONOTONIC = 4;
export const EVEN = 8;
export const EACH = 16;
export const CHUNK_COLUMNS = 128;
export const MAX_SAMPLES = 100;
export const LEAD = 10;
export const TALLY_METRICS = 4;
export const MAX_TALLY = 262144;
export const MAX_POINTS = 4096;
export const HEAD_POINTS = 4;
export const TAIL_POINTS = 4;
export const MAX_SECTIONS = 16;
export const STEP_BUCKETS = 152;
export const MAX_SETS = 8;
export const S_MORE = 0;
export const S_DESC = 1;
export const S_UNTIL = 2;
export const S_DONE = 3;
export const S_GAP = 4;
export const S_RECORD = 5;
export const S_OTHER = 6;
export const S_LENGTH = -1;
export const S_TRAILER = -2;
export const S_INSIDE = -3;
export const S_TYPE = -4;
export const S_MEMORY = -5;
export const S_MAGIC = -6;
export const S_VERSION = -7;
export const S_VOLUME = -8;
export const S_FEATURE = -9;
export const S_GROW = 7;
export const S_ODD = 8;
export const S_SETS = 9;
export const WHY_NONE = 0;
export const WHY_NUMPMID = 1;
export const WHY_SET = 2;
export const WHY_VALFMT = 3;
export const WHY_BLOCK = 4;
export const WHY_FILL = 5;
export const WHY_NAME = 6;
export const WHY_COUNT = 7;
export const WHY_INSTANCE = 8;
export const WHY_OFFSET = 9;
