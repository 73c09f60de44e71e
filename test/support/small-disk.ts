// Owns file systems of a given size: a tmpfs in a mount namespace of its own, which only root can make. It is gone with its last process.

import { execFileSync, spawnSync } from 'node:child_process';
import { afterAll } from 'vitest';
import { CLI, type Ran } from './cli.ts';
import { absent } from './programs.ts';

/** Whether there can be any; if not, prints what is skipped. Under CI that is an error. */
export function haveSmallDisks(what: string): boolean {
  if (process.platform !== 'linux') return absent(what, 'no tmpfs');
  const made = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', '-o', 'size=64k', 'none', '/mnt']);
  return made.status === 0 || absent(what, 'no tmpfs can be mounted (not root, or in a container without that right)');
}

/**
 * Runs a shell script in a file system of so many kilobytes, mounted on the directory `at`. In the script: `jobsum` is the program,
 * `roomy` makes the file system large; what is to be looked at later it copies out.
 */
export function onSmallDisk(kilobytes: number, at: string, script: string, env: NodeJS.ProcessEnv = {}): Ran {
  const whole = `
    mount -t tmpfs -o size=${kilobytes}k none "${at}" || exit 99
    cd "${at}" || exit 99
    jobsum() { "${process.execPath}" "${CLI}" "$@"; }
    roomy() { mount -o remount,size=256m "${at}"; }
    ${script}`;
  const { status, signal, stdout, stderr } = spawnSync('unshare', ['-m', 'sh', '-c', whole], {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', ...env },
    maxBuffer: 1 << 28,
  });
  return { code: status, signal, stdout, stderr };
}

/** A file system of so many kilobytes on a directory, for as long as the test file runs: for what happens in this process. */
export function mountSmallDisk(kilobytes: number, at: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'none', at]);
  afterAll(() => void execFileSync('umount', ['--lazy', at]));
}

/** A directory shown at another place, where nothing can be written, not by root either; for as long as the test file runs. */
export function mountReadOnly(directory: string, at: string): void {
  execFileSync('mount', ['--bind', directory, at]);
  afterAll(() => void execFileSync('umount', ['--lazy', at]));
  execFileSync('mount', ['-o', 'remount,bind,ro', at]);
}
