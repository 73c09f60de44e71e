// Owns MySQL option files (`defaultsfile`): what the group [client] says about a connection.

import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { JobsumError } from '../kernel/index.ts';
import type { MysqlSettings } from './settings.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  b: '\b',
  t: '\t',
  n: '\n',
  r: '\r',
  s: ' ',
  '\\': '\\',
  '"': '"',
  "'": "'",
};

function textOf(text: string): string {
  // A comment may follow a value, after a blank.
  const quoted = /^(["'])(.*)\1\s*(?:#.*)?$/.exec(text);
  return (quoted ? quoted[2]! : text.replace(/\s+#.*$/, '')).replace(/\\(.)/g, (all, c: string) => ESCAPES[c] ?? all);
}

/** Options of [client]; `-` and `_` in names are the same, later lines win. */
export function parseOptionFile(text: string): Map<string, string> {
  const options = new Map<string, string>();
  let group = '';
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim();
    if (line === '' || /^[#;!]/.test(line)) continue;
    const head = /^\[(.*)\]/.exec(line);
    if (head) group = head[1]!.trim();
    else if (group === 'client') {
      const m = /^([^=\s]+)\s*(?:=\s*(.*))?$/.exec(line);
      if (m) options.set(m[1]!.replaceAll('_', '-').replace(/^loose-/, ''), textOf(m[2] ?? ''));
    }
  }
  return options;
}

const isOn = (text: string): boolean => !/^(0|off|false)$/i.test(text);

/** @throws JobsumError E_CONFIG */
export function readOptionFile(path: string): MysqlSettings {
  const file = resolve(path.replace(/^~(?=\/|$)/, homedir()));
  const read = (name: string): string => {
    try {
      return readFileSync(name, 'utf8');
    } catch (cause) {
      const found = (cause as Error).message;
      throw new JobsumError('E_CONFIG', 'cannot read the defaults file', { file: name, found }, { cause });
    }
  };
  const o = parseOptionFile(read(file));
  const pem = (name: string): string | undefined => {
    const at = o.get(name);
    return at ? read(resolve(dirname(file), at)) : undefined;
  };
  const pems = { ca: pem('ssl-ca'), cert: pem('ssl-cert'), key: pem('ssl-key') };
  const wanted = o.has('ssl') ? isOn(o.get('ssl')!) : Object.values(pems).some((p) => p !== undefined);
  const given = Object.fromEntries(Object.entries(pems).filter(([, p]) => p !== undefined));
  const verify = o.get('ssl-verify-server-cert');
  const port = o.get('port');
  if (port !== undefined && !/^\d{1,5}$/.test(port))
    throw new JobsumError('E_CONFIG', 'bad port', { file, found: port });
  const connect = o.get('connect-timeout');
  if (connect !== undefined && !/^[1-9]\d{0,5}$/.test(connect))
    throw new JobsumError('E_CONFIG', 'bad connect-timeout', { file, expected: 'seconds', found: connect });
  return {
    ...(o.has('host') ? { host: o.get('host')! } : {}),
    ...(port !== undefined ? { port: Number(port) } : {}),
    ...(o.has('user') ? { user: o.get('user')! } : {}),
    ...(o.has('password') ? { password: o.get('password')! } : {}),
    ...(o.has('socket') ? { socket: o.get('socket')! } : {}),
    ...(connect !== undefined ? { connectSeconds: Number(connect) } : {}),
    // As the client library does: encrypted without a check of the name unless the check is asked for.
    ...(wanted ? { ssl: { ...given, verify: verify !== undefined && isOn(verify) } } : {}),
  };
}
