// Control groups as resource managers make them today: which one is the job's, what it used, whose processes are whose.

import { describe, expect, it } from 'vitest';
import { jobCgroup } from '../../src/analytics/shipped/job-cgroup.ts';
import { matcher, nameExpression } from '../../src/reduce/match.ts';
import { reportLines } from '../../src/view/index.ts';
import { jobOf, type Sample, START, STEP, summarize, times } from '../support/nodes.ts';

const acct = { id: '100', uid: 1000, user: 'u1' };
const N = 10;
const job = jobOf(1, (N - 1) * STEP, acct);

/** Groups with this much memory, in another order in each record. */
const memory = (groups: Readonly<Record<string, number>>, metric: string, more: Sample = {}): Sample[] =>
  times(N, (i) => {
    const entries = Object.entries(groups);
    return { [metric]: Object.fromEntries(i % 2 ? entries : entries.reverse()), ...more };
  });

const usageOf = (records: readonly Sample[], of = job): unknown =>
  (summarize(of, [records]).summary.process_memory as { usage?: { avg: { avg: number } } }).usage?.avg.avg;

describe("the job's control group", () => {
  const slurm = [
    ['/slurm/uid_1000/job_100', '/slurm/uid_1000/job_1001', '/slurm/uid_1001/job_100'],
    ['/slurm_n0/uid_1000/job_100', '/slurm_n0/uid_1000/job_1001', '/slurm_n1/uid_1000/job_100'],
    ['/slurm/n0/uid_1000/job_100', '/slurm/n0/uid_1000/job_1001', '/slurm/n1/uid_1000/job_100'],
    ['/slurm/n0.cluster/uid_1000/job_100', '/slurm/n0.cluster/uid_1000/job_10'],
    ['/slurm_n0.cluster/uid_1000/job_100', '/slurm_n0.cluster/uid_1000/job_10'],
    ['/system.slice/slurmstepd.scope/job_100', '/system.slice/slurmstepd.scope/job_1001', '/system.slice/job_100'],
    ['/system.slice/n0_slurmstepd.scope/job_100', '/system.slice/n1_slurmstepd.scope/job_100', '/x/job_100/job_1'],
    ['/kubepods/pod7/system.slice/slurmstepd.scope/job_100', '/kubepods/pod7'],
    ['/docker/0af/slurm/uid_1000/job_100', '/docker/0af/slurm/uid_1000/job_100/step_0'],
    ['/system.slice/n0_slurmstepd.scope/job_100', '/system.slice/a_slurmstepd.scope/job_100', '/job_100'],
    [
      '/kubepods.slice/kubepods-pod1\\x2d2.slice/cri-containerd-0af.scope/system.slice/slurmstepd.scope/job_100',
      '/kubepods.slice/kubepods-job_100.slice',
      '/kubepods.slice/kubepods-pod1\\x2d2.slice/cri-containerd-0af.scope/system.slice/slurmstepd.scope/job_1001',
    ],
  ];
  const pbs = [
    ['/torque/100.master.cluster', '/torque/1001.master.cluster', '/torque/1100'],
    ['/pbspro/100.pbs', '/pbspro/1001.pbs', '/pbspro/10.pbs'],
    ['/pbspro.service/jobid/100.pbs', '/pbspro.service/jobid/1001.pbs'],
    ['/pbs_jobs.service/jobid/100.pbs', '/pbs_jobs.service/jobid/1001.pbs', '/pbs_jobs.service'],
    ['/pbspro.slice/pbspro-100.pbs.slice', '/pbspro.slice/pbspro-1001.pbs.slice'],
    ['/pbs_jobs.slice/pbs_jobs-100.my\\x2dserver.slice', '/pbs_jobs.slice/pbs_jobs-1001.my\\x2dserver.slice'],
    ['/docker/0af/pbs_jobs.service/jobid/100.my-server', '/docker/0af/pbs_jobs.service/jobid/1100.my-server'],
  ];
  for (const [manager, lists] of Object.entries({ slurm, pbs })) {
    for (const [own, ...others] of lists) {
      it(`of ${manager} is ${own}`, () => {
        const groups = Object.fromEntries(
          [own!, ...others, `${own}/step_0`, `${own}/step_0/user`].map((g, i) => [g, i + 1]),
        );
        const of = jobOf(1, job.walltime, { ...acct, resource_manager: manager });
        expect(usageOf(memory(groups, 'cgroup.memory.current'), of)).toBe(1);
        const limit = { 'cgroup.memory.limit': Object.fromEntries(Object.keys(groups).map((g) => [g, 10])) };
        const { summary } = summarize(of, [memory(groups, 'cgroup.memory.usage', limit)]);
        expect(summary.process_memory).toMatchObject({ usage: { avg: { avg: 1 } }, usageratio: { max: { avg: 0.1 } } });
      });
    }
  }

  it('is that of the id with the server in accounting, too, and never a pattern of accounting', () => {
    const of = (id: string, uid = 1000) => jobCgroup(jobOf(1, 1, { id, uid, resource_manager: 'pbs' }));
    expect(of('100.pbs')!.own('/pbspro/100.pbs')).toBe(true);
    expect(of('100[7]')!.own('/pbspro/100[7].pbs')).toBe(true);
    expect(of('*')).toBeNull();
    expect(jobCgroup(jobOf(1, 1, { id: '1', uid: '*', resource_manager: 'slurm' } as never))).toBeNull();
  });

  it('of a node or an array whose name systemd escapes', () => {
    const pbs = (id: string) => jobCgroup(jobOf(1, 1, { id, resource_manager: 'pbs' }))!;
    expect(pbs('100[7].pbs').own('/pbspro.slice/pbspro-100\\x5b7\\x5d.pbs.slice')).toBe(true);
    expect(pbs('100[7].pbs').own('/pbspro.slice/pbspro-100\\x5b71\\x5d.pbs.slice')).toBe(false);
    const two = { '/system.slice/n\\x2d1_slurmstepd.scope/job_100': 3, '/system.slice/n_slurmstepd.scope/job_100': 4 };
    expect(usageOf(memory(two, 'cgroup.memory.current'), { ...job, nodes: ['n-1'] })).toBe(3);
  });

  it('has the values of the version that the node runs, where names of both are recorded', () => {
    const empty = { 'cgroup.memory.usage': {}, 'cgroup.memory.limit': {} };
    const groups = { '/system.slice/slurmstepd.scope/job_100': 7 };
    expect(usageOf(memory(groups, 'cgroup.memory.current', empty))).toBe(7);
    // In records of their own.
    const apart = memory(groups, 'cgroup.memory.current').flatMap((r): Sample[] => [empty, r]);
    const { summary, timeseries } = summarize(jobOf(1, 2 * N * STEP, acct), [apart]);
    expect(summary.process_memory).toMatchObject({ usage: { avg: { avg: 7 } } });
    expect((timeseries.process_mem_usage as { times: number[] }).times).toHaveLength(N);
    const old = { '/slurm/uid_1000/job_100': 5 };
    const limit = { 'cgroup.memory.limit': { '/slurm/uid_1000/job_100': 10 }, 'cgroup.memory.current': {} };
    expect(usageOf(memory(old, 'cgroup.memory.usage', limit))).toBe(5);
  });

  it('that is not there is an error that says what was looked for', () => {
    const { summary, errors } = summarize(job, [memory({ '/system.slice/other.scope': 1 }, 'cgroup.memory.current')]);
    expect(summary.process_memory).toEqual({ error: 1 });
    const [text] = errors.archive!;
    for (const name of ['/slurm_n0/uid_1000/job_100', '/slurmstepd.scope/job_100']) expect(text).toContain(name);
  });

  it('is the preferred name, then the shortest; a star does not reach over a slash', () => {
    const find = (names: string[], wanted: string[]): number => {
      const ids = Int32Array.from(names, (_, i) => i);
      const cell = {
        count: names.length,
        values: new Float64Array(names.length),
        ids,
        nameOf: (id: number) => names[id],
      };
      return matcher(
        [cell],
        wanted.map((name) => nameExpression(name)),
      )(0);
    };
    expect(find(['/x/a/b', '/a/b', '/c'], ['c', 'a/b'])).toBe(2);
    expect(find(['/x/a/b', '/a/b'], ['c', 'a/b'])).toBe(1);
    expect(find(['/x/ab/b', '/a/b/b'], ['a*/b'])).toBe(0);
    expect(find(['/a/x/b', '/axx/b.c'], ['a*/b'])).toBe(-1);
  });
});

describe('CPU time of the control group', () => {
  const V1 = '/slurm/uid_1000/job_100';
  const V2 = '/system.slice/slurmstepd.scope/job_100';
  const usage = (metric: string, group: string, perSecond: number, from = 0): Sample[] =>
    times(N, (i) => ({
      [metric]: { [group]: from + perSecond * i * STEP, [`${group}1`]: 7, [`${group}/step_0`]: perSecond * i * STEP },
      'hinv.ncpu': [8],
    }));
  const late = jobOf(1, (N - 1) * STEP + 10, acct);
  const begun = { ...late, start: START - 10 };

  it('is the same from both versions, without steps and other jobs', () => {
    for (const records of [
      usage('cgroup.cpuacct.usage', V1, 2e9, 2e10),
      usage('cgroup.cpu.stat.usage', V2, 2e6, 2e7),
    ]) {
      // Two cores from the job's begin, ten seconds before the first record.
      const { summary } = summarize(begun, [records]);
      const seconds = 2 * ((N - 1) * STEP + 10);
      expect(summary.process_cpu).toMatchObject({
        seconds: { avg: seconds, cnt: 1, total: seconds },
        cores: { avg: 2 },
      });
    }
  });

  it('is that in user and system mode where only they are recorded, or of the version that has the job', () => {
    const both = (of: string, group: string, user: number, system: number): Sample[] =>
      usage(`cgroup.${of}.user`, group, user, 10 * user).map((r, i) => ({
        ...r,
        ...usage(`cgroup.${of}.system`, group, system, 10 * system)[i],
      }));
    const seconds = (records: Sample[]) =>
      (summarize(begun, [records]).summary.process_cpu as { seconds: { total: number } }).seconds.total;
    const whole = 2 * ((N - 1) * STEP + 10);
    const v1 = both('cpuacct.stat', V1, 1.5e9, 5e8);
    expect(seconds(v1)).toBe(whole);
    expect(seconds(both('cpu.stat', V2, 1.5e6, 5e5))).toBe(whole);
    // Hybrid: names of both versions, of which one has the job, or both have.
    const other = usage('cgroup.cpu.stat.usage', '/user.slice', 9e6);
    expect(seconds(v1.map((r, i) => ({ ...r, ...other[i], 'cgroup.cpuacct.usage': {} })))).toBe(whole);
    const same = usage('cgroup.cpu.stat.usage', V2, 2e6, 2e7);
    expect(seconds(v1.map((r, i) => ({ ...r, ...same[i] })))).toBe(whole);
  });

  it('is all that the group had used when it vanished before the end of the job', () => {
    const gone = usage('cgroup.cpu.stat.usage', V2, 2e6, 2e7).map((r, i) =>
      i < 6 ? r : { 'cgroup.cpu.stat.usage': { '/user.slice': i }, 'hinv.ncpu': [8] },
    );
    expect(summarize(begun, [gone]).summary.process_cpu).toMatchObject({
      seconds: { total: 2 * (5 * STEP + 10) },
      cores: { avg: 2 },
    });
  });

  it('counts from the first value where that cannot be of the job alone', () => {
    const { summary } = summarize(begun, [usage('cgroup.cpu.stat.usage', V2, 2e6, 1e12)]);
    expect(summary.process_cpu).toMatchObject({ seconds: { avg: 2 * (N - 1) * STEP }, cores: { avg: 2 } });
  });

  it('is summed over nodes', () => {
    const two = { ...jobOf(2, (N - 1) * STEP, acct), start: START - 10 };
    const records = [usage('cgroup.cpu.stat.usage', V2, 1e6, 1e7), usage('cgroup.cpuacct.usage', V1, 3e9, 3e10)];
    expect(summarize(two, records).summary.process_cpu).toMatchObject({
      seconds: { total: 4 * ((N - 1) * STEP + 10) },
      cores: { min: 1, max: 3 },
    });
  });

  it('of no group of the job says what was looked for', () => {
    const { summary, errors } = summarize(job, [usage('cgroup.cpu.stat.usage', '/other/job_99', 1e6)]);
    expect(summary.process_cpu).toEqual({ error: 1 });
    expect(errors.archive!.join()).toContain(
      'process_cpu no control group of the job is recorded; looked for /slurm_n0/',
    );
  });
});

describe('processes', () => {
  const scope = ':/system.slice/slurmstepd.scope';
  const processes = (cgroups: readonly string[]): Sample[] =>
    times(3, () => {
      const by = (of: (i: number) => string) => Object.fromEntries(cgroups.map((_, i) => [`00${i} cmd${i}`, of(i)]));
      return {
        'proc.psinfo.cpusallowed': by((i) => `${i}`),
        'proc.id.uid_nm': by(() => 'u1'),
        'proc.psinfo.cgroups': by((i) => cgroups[i]!),
      };
    });

  it.each([
    [`${scope}/job_100/step_0/user/task_0`, `${scope}/job_1001/step_0/user`],
    [':/system.slice/n0_slurmstepd.scope/job_100/step_extern', ':/system.slice/n0_slurmstepd.scope/job_7'],
    ['cpuset:/slurm_n0/uid_1000/job_100/step_0;memory:/slurm_n0', 'cpuset:/slurm_n0/uid_1000/job_1001/step_0'],
    ['memory:/slurm/uid_1000/job_100/step_0;cpuset:/', 'memory:/slurm/uid_1000/job_10;cpuset:/'],
  ])("in %s are the job's, in %s of another job", (own, other) => {
    const { summary } = summarize(job, [processes([own, other, ':/user.slice/session-1.scope'])]);
    expect(summary.procDump).toMatchObject({
      constrained: ['cmd0'],
      unconstrained: ['cmd2'],
      cpusallowed: { node0: { cpu_list: '0' } },
    });
  });

  it("have the job's own cpuset where it is recorded", () => {
    const records = processes([`${scope}/job_100/step_0`]).map((r) => ({
      ...r,
      'cgroup.cpuset.cpus': {
        '/system.slice/slurmstepd.scope/job_1001': '9',
        '/system.slice/slurmstepd.scope/job_100': '2-4',
      },
    }));
    expect(summarize(job, [records]).summary.procDump).toMatchObject({ cpusallowed: { node0: { cpu_list: '2,3,4' } } });
  });
});

it('the report has what the group used', () => {
  const one = (avg: number) => ({ avg, cnt: 1 });
  const document = {
    process_cpu: { seconds: { ...one(5400), total: 5400 }, cores: one(1.5) },
    process_memory: { usage: { avg: one(2 ** 30), max: one(2 ** 31) }, limit: one(2 ** 32) },
  };
  const lines = reportLines(document, { width: 80, color: false, series: false }).join('\n');
  expect(lines).toMatch(
    /\nThe job's control group\n\s+cores in use\s+1\.50 .*\n\s+CPU time\s+1h30m .*\n\s+memory\s+1\.0 GiB .*\n\s+peak\s+2\.0 GiB .*\n\s+limit\s+4\.0 GiB/,
  );
});
