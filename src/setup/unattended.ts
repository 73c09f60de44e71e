// Owns what starts jobsum at night, as text: a systemd service with its timer, and a crontab.

export interface Unattended {
  /** The program and what it runs, each a list of words: one after the other. */
  readonly program: readonly string[];
  readonly commands: readonly (readonly string[])[];
  readonly user: string;
  /** Directories that are written besides jobsum's own. */
  readonly writes?: readonly string[];
  /** Hour and minute, local time. */
  readonly at: { readonly hour: number; readonly minute: number };
}

/** Words that need no quoting in units, shells and crontabs alike: others are refused, not quoted three ways. */
export const PLAIN_WORD = /^[A-Za-z0-9_./:=@+,-]+$/;

const two = (n: number): string => String(n).padStart(2, '0');

/** `jobsum.service` and `jobsum.timer`. */
export function systemdUnits({ program, commands, user, at, writes = [] }: Unattended): {
  service: string;
  timer: string;
} {
  const last = commands.length - 1;
  // A step before the last that found something to complain of does not keep the last from its work: its own log and figures tell.
  const starts = commands.map((words, i) => `ExecStart=${i < last ? '-' : ''}${[...program, ...words].join(' ')}`);
  const service = `# jobsum.service: one run. Start it by hand with: systemctl start jobsum
[Unit]
Description=Job performance summaries
Wants=network-online.target
After=network-online.target mariadb.service mysqld.service mongod.service

[Service]
Type=oneshot
User=${user}
${starts.join('\n')}
# 1: a whole run that has met something new worth a look: the unit shows as failed until the next, its journal says what.
# 75: another run is at work, and does it. Jobs that wait for their data are no failure: 0.
SuccessExitStatus=75
# SIGTERM finishes what is in hand.
TimeoutStartSec=20h
TimeoutStopSec=5min
StateDirectory=jobsum
WorkingDirectory=/var/lib/jobsum
# Passwords, if they are not in the configuration's own files:
#LoadCredential=jobsum-warehouse-password:/etc/jobsum/warehouse.password
#LoadCredential=jobsum-mongodb-password:/etc/jobsum/mongodb.password
Nice=10
IOSchedulingClass=best-effort
IOSchedulingPriority=7
UMask=0027
NoNewPrivileges=yes
PrivateTmp=yes
ProtectSystem=strict
ProtectHome=read-only
ProtectKernelTunables=yes
ProtectControlGroups=yes
RestrictSUIDSGID=yes
# Where it writes besides /var/lib/jobsum: documents and figures in files.
${writes.length > 0 ? writes.map((path) => `ReadWritePaths=-${path}`).join('\n') : '#ReadWritePaths=/var/lib/prometheus/node-exporter'}
`;
  const timer = `# jobsum.timer: every night. Enable it with: systemctl enable --now jobsum.timer
[Unit]
Description=Job performance summaries every night

[Timer]
OnCalendar=*-*-* ${two(at.hour)}:${two(at.minute)}:00
RandomizedDelaySec=10min
# A night that the machine was off is made up for.
Persistent=yes

[Install]
WantedBy=timers.target
`;
  return { service, timer };
}

/** A file for /etc/cron.d. Cron mails what is printed: with --quiet that is what is new and worth a look. */
export function crontab({ program, commands, user, at }: Unattended): string {
  const last = commands.length - 1;
  const line = commands.map((words, i) => [...program, ...words].join(' ') + (i < last ? ';' : '')).join(' ');
  return `# /etc/cron.d/jobsum: runs exclude each other by themselves, a second one ends with 75.
# The user needs a directory of its own, once: install -d -o ${user} -m 750 /var/lib/jobsum
SHELL=/bin/sh
PATH=/usr/local/bin:/usr/bin:/bin
MAILTO=root
${at.minute} ${at.hour} * * * ${user} cd /var/lib/jobsum && { ${line}; }
`;
}
