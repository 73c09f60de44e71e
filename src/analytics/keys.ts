// Owns the keys that instances have in a document: no two of them the same, whatever the names are and what a key can hold of them.

import type { Instances } from '../reduce/index.ts';

/** Between a name and the number that tells it from another of the same name. No name has a NUL in it. */
const WITH_NUMBER = '\0';

/** Name of the i-th instance; those of no domain or unknown to it are their numbers. */
export function instanceName(instances: { ids: readonly number[]; names: readonly string[] }, i: number): string {
  return instances.names[i] ?? String(instances.ids[i] ?? i);
}

/**
 * What tells the instances of a metric in a record apart, and is the same in another metric, record and node: the name, with the number
 * where several have the name. The one value of a metric without domain is the same whatever its number.
 */
export function distinct(instances: Instances): string[] {
  const names = instances.ids.map((_, i) => (instances.names.length === 0 ? '' : instanceName(instances, i)));
  const bearers = new Map<string, number>();
  for (const name of names) bearers.set(name, (bearers.get(name) ?? 0) + 1);
  return names.map((name, i) => (bearers.get(name) === 1 ? name : `${name}${WITH_NUMBER}${instances.ids[i]}`));
}

/**
 * Keys of devices (`distinct`), by these: what `keyOf` makes of the name. Where that is the same for several, one keeps it, the one that
 * is called so if there is one; the others get -2, -3 and so on, in the order of their names.
 */
export function documentKeys(
  devices: Iterable<string>,
  keyOf: (name: string) => string = (name) => name,
): ReadonlyMap<string, string> {
  const all = [...new Set(devices)].sort();
  const itself = (device: string): boolean => !device.includes(WITH_NUMBER) && keyOf(device) === device;
  const keys = new Map(all.filter(itself).map((device) => [device, device]));
  const taken = new Set(keys.values());
  const last = new Map<string, number>();
  for (const device of all) {
    if (keys.has(device)) continue;
    const wanted = keyOf(deviceName(device));
    let key = wanted;
    for (let n = last.get(wanted) ?? 2; taken.has(key); n++) {
      key = `${wanted}-${n}`;
      last.set(wanted, n + 1);
    }
    taken.add(key);
    keys.set(device, key);
  }
  return keys;
}

export const deviceName = (device: string): string => device.split(WITH_NUMBER)[0]!;

/** The name, with the number if the name is not enough. */
export function deviceText(device: string): string {
  const [name, number] = device.split(WITH_NUMBER);
  return number === undefined ? name! : `${name} (instance ${number})`;
}

/** Keys of columns: the numbers that the instances had first. A number that another had before gives way to one that none has. */
export function numberKeys(ids: readonly number[]): string[] {
  const taken = new Set<number>();
  let free = ids.reduce((a, b) => Math.max(a, b), -1) + 1;
  return ids.map((id) => {
    const number = taken.has(id) ? free++ : id;
    taken.add(number);
    return String(number);
  });
}
