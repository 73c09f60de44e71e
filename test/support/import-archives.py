# Owns archives written by PCP's own import library: every type at its limits, units of every sign, many instances, churn.
# usage: import-archives.py DIRECTORY

import os
import sys

import cpmapi as c
from pcp import pmi
from pcp.pmapi import pmUnits

os.chdir(sys.argv[1])
TYPES = {
    "i32": (c.PM_TYPE_32, ("-2147483648", "0", "2147483647")),
    "u32": (c.PM_TYPE_U32, ("4294967295", "0", "7")),
    "i64": (c.PM_TYPE_64, ("-9223372036854775808", "-1", "9223372036854775807")),
    "u64": (c.PM_TYPE_U64, ("18446744073709551615", "0", "1")),
    "float": (c.PM_TYPE_FLOAT, ("1.5", "-0.0", "3.4e38")),
    "double": (c.PM_TYPE_DOUBLE, ("1e308", "-1e-300", "0.1")),
    "string": (c.PM_TYPE_STRING, ("", "a", 'ÄÖ "x" \\')),
}
NAMES = {5: "five with space", 2: "two", 9: 'ü "q" \\ tab\t', 0: "zero"}


def begin(name, version, host="import.example.org", zone="AEST-10"):
    log = pmi.pmiLogImport(name)
    if version == 3:
        log.pmiSetVersion(3)
    log.pmiSetHostname(host)
    log.pmiSetTimezone(zone)
    return log


def types(version):
    log = begin(f"types{version}", version)
    domain = log.pmiInDom(245, 1)
    for i, (name, (code, _)) in enumerate(TYPES.items()):
        log.pmiAddMetric("one." + name, log.pmiID(245, 0, i), code, c.PM_INDOM_NULL, c.PM_SEM_INSTANT, pmUnits(0, 0, 0, 0, 0, 0))
        log.pmiAddMetric("many." + name, log.pmiID(245, 1, i), code, domain, c.PM_SEM_DISCRETE, pmUnits(1, -1, 0, 2, 3, 0))
    for number, name in NAMES.items():
        log.pmiAddInstance(domain, name, number)
    for r in range(8):
        for name, (_, values) in TYPES.items():
            if r % 3 != 2:
                log.pmiPutValue("one." + name, "", values[r % 3])
            for i, instance in enumerate(NAMES.values()):
                if (r + i) % 3:
                    log.pmiPutValue("many." + name, instance, values[(r + i) % 3])
        if r == 4:
            log.pmiAddInstance(domain, "late", 77)
        if r >= 4:
            log.pmiPutValue("many.u64", "late", "5")
        log.pmiWrite(1700000000 + 10 * r, 123456)
        if r == 5:
            log.pmiPutMark()


def units(version):
    log = begin(f"units{version}", version, "h" * 63, "UTC")
    domain = log.pmiInDom(60, 4194303)
    dims = [(a, b, n) for a in (-8, -1, 0, 7) for b in (-8, 0, 7) for n in (-8, 0, 7)]
    for k, (a, b, n) in enumerate(dims):
        u = pmUnits(a, b, n, 8 if a else 0, 5 if b else 0, -8 if n else 0)
        log.pmiAddMetric(f"u.m{k}", log.pmiID(60, k // 5, k), c.PM_TYPE_DOUBLE, c.PM_INDOM_NULL, c.PM_SEM_INSTANT, u)
    log.pmiAddMetric("big", log.pmiID(60, 4095, 1023), c.PM_TYPE_U64, domain, c.PM_SEM_COUNTER, pmUnits(1, 0, 0, 0, 0, 0))
    for i in range(2000):
        log.pmiAddInstance(domain, f"i{i}", 2147483647 - i)
    for r in range(3):
        for k in range(len(dims)):
            log.pmiPutValue(f"u.m{k}", "", str(r * k / 7))
        for i in range(0, 2000, 1 + r):
            log.pmiPutValue("big", f"i{i}", str(2**63 + i))
        log.pmiWrite(1600000000 + r, 0)


def churn(version):
    log = begin(f"churn{version}", version, zone="EST5EDT")
    domain = log.pmiInDom(3, 9)
    log.pmiAddMetric("x", log.pmiID(3, 9, 1), c.PM_TYPE_STRING, domain, c.PM_SEM_DISCRETE, pmUnits(0, 0, 0, 0, 0, 0))
    log.pmiAddMetric("y", log.pmiID(3, 9, 2), c.PM_TYPE_64, domain, c.PM_SEM_INSTANT, pmUnits(0, 0, 1, 0, 0, 0))
    for r in range(100):
        log.pmiAddInstance(domain, f"{r:06} cmd{r}", r)
        for i in range(max(0, r - 10), r + 1):
            log.pmiPutValue("x", f"{i:06} cmd{i}", f"v{r + i}")
            log.pmiPutValue("y", f"{i:06} cmd{i}", str(r - i))
        log.pmiWrite(1500000000 + 30 * r, (37 * r) % 1000000)


for v in (2, 3):
    types(v)
    units(v)
    churn(v)
