// Owns the configuration of compute nodes as text: pmlogger, its control file, hotproc, and Slurm's prolog and epilog.
// Facts: archive-index.md §6.

import { type MetricGroup, STANDARD, STATIC } from './metrics.ts';

export interface NodeSettings {
  /** Root of the archive tree as the nodes see it. */
  readonly archives: string;
  /** Directory of the pmlogger configurations on the nodes. */
  readonly config: string;
  /** Seconds between samples of the node's logger. */
  readonly interval: number;
}

/** A file of the collection side, and where it belongs on a node. */
export interface NodeFile {
  readonly name: string;
  readonly place: string;
  readonly mode: number;
  readonly text: string;
}

/** Seconds between the samples of a begin archive, and how many it has. */
const BEGIN_INTERVAL = 10;
const BEGIN_SAMPLES = 4;

function group(every: string, groups: readonly MetricGroup[]): string {
  const lines = groups.flatMap((g) => [`    # ${g.about}`, ...g.metrics.map((m) => `    ${m}`)]);
  return `log mandatory on ${every} {\n${lines.join('\n')}\n}\n`;
}

const ACCESS = '\n[access]\ndisallow .* : all;\ndisallow :* : all;\nallow local:* : enquire;\n';

/** Configuration of a node's own logger. */
function nodeConfig(interval: number): string {
  return [
    '# pmlogger configuration of compute nodes: what jobs are summarised from.\n# A metric that a node does not have is left out by pmlogger.\n',
    group('every 1 hour', STATIC),
    group(`every ${interval} seconds`, STANDARD),
    ACCESS,
  ].join('\n');
}

const jobConfig = (kind: string, every: string): string =>
  [
    `# pmlogger configuration of a job's ${kind} archive: everything in one sample.\n`,
    group(every, [...STATIC, ...STANDARD]),
    ACCESS,
  ].join('\n');

/** Layout HOST/FILE: the one that every version of PCP can write, since a control file knows the host but not the date. */
const control = (s: NodeSettings): string => `# pmlogger control of compute nodes: the only line of control.d.
$version=1.1
# A busy node answers late.
$PMCD_CONNECT_TIMEOUT=150
$PMCD_REQUEST_TIMEOUT=120
# Compressing would replace files while they are read.
$PCP_COMPRESSAFTER=never

#Host           P?  S?  directory                args
LOCALHOSTNAME   y   n   ${s.archives}/LOCALHOSTNAME   -r -T24h10m -c ${s.config}/jobsum.config
`;

/** Users that own daemons: their processes are recorded only if they burn CPU. */
const SYSTEM_USERS =
  'root rpc rpcuser dbus avahi munge ntp nagios postfix pcp libstoragemgmt chrony polkitd messagebus systemd-network systemd-resolve systemd-timesync _chrony _rpc'.split(
    ' ',
  );

const hotproc = (): string =>
  `#pmdahotproc\nVersion 1.0\n\n(${SYSTEM_USERS.map((u) => `uname != "${u}"`).join(' && ')}) || cpuburn > 0.1\n`;

/** What prolog and epilog share: where the archive goes, as whom, and that nothing of it ever harms the job. */
const script = (
  s: NodeSettings,
  { kind, samples, limit, run }: { kind: 'begin' | 'end'; samples: number; limit: number; run: string },
): string => `#!/bin/bash
# Slurm ${kind === 'begin' ? 'prolog: starts the begin' : 'epilog: writes the end'} archive of a job.
# Whatever goes wrong here, the exit code is 0: ${kind === 'begin' ? 'a prolog' : 'an epilog'} that fails takes the node out of service.

archives=${quoted(s.archives)}
config=${quoted(`${s.config}/jobsum-${kind}.config`)}
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
# Names and what jobs did are for the group of pcp, in which whoever summarises is.
umask 027

job=\${SLURM_JOB_ID:-}
[[ $job =~ ^[0-9]+$ && -r $config ]] || exit 0
# As the scheduler spells it: accounting has the same name.
node=\${SLURMD_NODENAME:-$(hostname -s)}
[[ $node =~ ^[A-Za-z0-9._-]+$ ]] || exit 0
. /etc/pcp.conf 2>/dev/null
pmlogger=$(command -v pmlogger || echo "\${PCP_BINADM_DIR:-/usr/lib/pcp/bin}/pmlogger")
[[ -x $pmlogger ]] || exit 0
export PMCD_CONNECT_TIMEOUT=\${PMCD_CONNECT_TIMEOUT:-10} PMCD_REQUEST_TIMEOUT=\${PMCD_REQUEST_TIMEOUT:-10}

as_pcp=()
if [[ $EUID -eq 0 ]] && id pcp >/dev/null 2>&1; then as_pcp=(runuser -u pcp --); fi
printf -v directory '%s/%s/%(%Y/%m/%d)T' "$archives" "$node" -1
printf -v name 'job-%s-${kind}-%(%Y%m%d.%H.%M.%S)T' "$job" -1
cd / || exit 0
log=\${PCP_LOG_DIR:-/var/log/pcp}/pmlogger/jobsum-${kind}.log
[[ -w \${log%/*} ]] || log=/dev/null
# A file system that hangs or is full, or a pmcd that does not answer, is waited for no longer than the limit.
archive=(timeout -k 5 ${limit} "\${as_pcp[@]}" bash -c 'mkdir -p "$1" && exec "$2" -c "$3" -l "$4" -s ${samples} "$1/$5"'
  jobsum "$directory" "$pmlogger" "$config" "$log" "$name")
${run}
exit 0
`;

const prolog = (s: NodeSettings): string =>
  script(s, {
    kind: 'begin',
    samples: BEGIN_SAMPLES,
    limit: BEGIN_SAMPLES * BEGIN_INTERVAL + 60,
    run: `# In the background, in a session of its own: when a prolog ends, slurmd kills its process group at once. The session is made in
# the foreground, and the background inside it, so that none of it is left in the group when this script ends.
setsid bash -c '"$@" &' jobsum "\${archive[@]}" </dev/null >/dev/null 2>&1`,
  });

const epilog = (s: NodeSettings): string =>
  script(s, {
    kind: 'end',
    samples: 1,
    limit: 30,
    run: `# The job's end waits for the sample.
"\${archive[@]}" </dev/null >/dev/null 2>&1`,
  });

/** For the shell. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Everything for a compute node. */
export function nodeFiles(s: NodeSettings): NodeFile[] {
  const pmlogger = (name: string, text: string): NodeFile => ({
    name,
    place: `${s.config}/${name}`,
    mode: 0o644,
    text,
  });
  return [
    pmlogger('jobsum.config', nodeConfig(s.interval)),
    pmlogger('jobsum-begin.config', jobConfig('begin', `every ${BEGIN_INTERVAL} seconds`)),
    pmlogger('jobsum-end.config', jobConfig('end', 'once')),
    { name: 'control', place: '/etc/pcp/pmlogger/control.d/local', mode: 0o644, text: control(s) },
    { name: 'hotproc.conf', place: '/var/lib/pcp/pmdas/proc/hotproc.conf', mode: 0o644, text: hotproc() },
    { name: 'prolog.sh', place: '/etc/slurm/prolog.d/jobsum.sh', mode: 0o755, text: prolog(s) },
    { name: 'epilog.sh', place: '/etc/slurm/epilog.d/jobsum.sh', mode: 0o755, text: epilog(s) },
  ];
}
