// Owns a pmcd with PCP's sample agent: event records, aggregates, instances that come and go, values that are errors.

import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from './mariadb.ts';
import { ended, readyForPmcd } from './pmcd.ts';

const PMCD = '/usr/lib/pcp/bin/pmcd';
const PMDAS = '/var/lib/pcp/pmdas';
const PATIENCE_MS = 30_000;

export interface SamplePmcd {
  /** Environment of its clients. */
  readonly env: NodeJS.ProcessEnv;
  /** Names of the agent's metrics. */
  readonly metrics: readonly string[];
  stop(): Promise<void>;
}

export async function samplePmcd(dir: string): Promise<SamplePmcd> {
  readyForPmcd();
  const agent = (name: string, domain: number): string =>
    `${name}\t${domain}\tdso\t${name}_init\t${PMDAS}/${name}/pmda_${name}.so\n`;
  writeFileSync(join(dir, 'pmcd.conf'), `${agent('pmcd', 2)}${agent('sample', 29)}[access]\nallow "*" : all;\n`);
  // The agent is not installed on this machine: its names go beside those that are.
  writeFileSync(join(dir, 'names'), ['domain.h', 'pmns'].map((f) => readFileSync(`${PMDAS}/sample/${f}`)).join('\n'));
  const names = execFileSync('/usr/lib/pcp/bin/pmcpp', [join(dir, 'names')], { encoding: 'utf8' });
  const root = readFileSync('/var/lib/pcp/pmns/root', 'utf8').replace('root {', 'root {\n\tsample');
  writeFileSync(join(dir, 'root'), `${root}\n${names}`);
  const port = await freePort();
  const args = ['-f', '-c', join(dir, 'pmcd.conf'), '-n', join(dir, 'root'), '-p', String(port)];
  const child = spawn(PMCD, [...args, '-s', join(dir, 'pmcd.socket'), '-l', join(dir, 'pmcd.log')], {
    cwd: dir,
    stdio: 'ignore',
  });
  const env = { ...process.env, PMCD_PORT: String(port), PMCD_SOCKET: join(dir, 'pmcd.socket') };
  for (const until = Date.now() + PATIENCE_MS; ; ) {
    try {
      const listed = execFileSync('pminfo', ['-h', 'localhost', 'sample'], { env, encoding: 'utf8', stdio: 'pipe' });
      const metrics = listed.split('\n').filter((name) => name !== '' && !name.includes('.bad.'));
      return { env, metrics, stop: () => ended(child) };
    } catch (error) {
      if (Date.now() > until || child.exitCode !== null) {
        await ended(child);
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
