// Owns the form of a time series in the document: all nodes, or the envelope of more than 64 (§1.11.3).

/** Key in the document, label, values. */
export interface Device {
  readonly key: string;
  readonly label: string;
  readonly values: readonly number[];
}

/** One node's part of a series. */
export interface HostSeries {
  readonly index: number;
  readonly all: readonly number[];
  /** Asked only of the nodes that the document names: those of a job of thousands would not fit into memory together. */
  readonly devices?: () => readonly Device[];
}

const MAX_HOSTS = 64;

interface HostForm {
  all: readonly number[];
  dev?: Record<string, readonly number[]>;
  names?: Record<string, string>;
}

function hostForm(host: HostSeries): HostForm {
  if (!host.devices) return { all: host.all };
  const devices = host.devices();
  return {
    all: host.all,
    dev: Object.fromEntries(devices.map((d) => [d.key, d.values])),
    names: Object.fromEntries(devices.map((d) => [d.key, d.label])),
  };
}

/** Ascending, NaN last, equal values by node: the reference's order of equals is arbitrary, ours is not. */
function ranked(hosts: readonly HostSeries[], k: number): HostSeries[] {
  return [...hosts].sort((a, b) => {
    const x = a.all[k]!;
    const y = b.all[k]!;
    if (Number.isNaN(x) || Number.isNaN(y))
      return Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || a.index - b.index;
    return x - y || a.index - b.index;
  });
}

/** `times` and every host's values are equally long. */
export function seriesForm(times: readonly number[], hosts: readonly HostSeries[]): Record<string, unknown> {
  if (hosts.length <= MAX_HOSTS) {
    return { times, hosts: Object.fromEntries(hosts.map((h) => [String(h.index), hostForm(h)])) };
  }
  const named = new Set<HostSeries>();
  const lists = { min: [] as [number, number][], max: [] as [number, number][], med: [] as [number, number][] };
  times.forEach((_, k) => {
    const order = ranked(hosts, k);
    const take = (list: [number, number][], at: number): void => {
      const host = order[at]!;
      named.add(host);
      list.push([host.all[k]!, host.index]);
    };
    take(lists.min, 0);
    take(lists.max, order.length - 1);
    take(lists.med, Math.floor(order.length / 2));
  });
  const kept = hosts.filter((h) => named.has(h));
  return { times, hosts: Object.fromEntries(kept.map((h) => [String(h.index), hostForm(h)])), ...lists };
}
