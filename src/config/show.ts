// Owns a configuration as it may be shown: resolved, without its secrets.

import { maskUri } from './secrets.ts';
import type { Config, TlsSettings } from './settings.ts';

const MASK = '***';

const masked = <T extends { readonly password?: string; readonly ssl?: TlsSettings }>(account: T): T => ({
  ...account,
  ...(account.password === undefined ? {} : { password: MASK }),
  ...(account.ssl?.key === undefined ? {} : { ssl: { ...account.ssl, key: MASK } }),
});

/** Plain data for `config show`. */
export function showConfig(config: Config): Record<string, unknown> {
  const { warehouse, output, resources } = config;
  return {
    ...config,
    warehouse: warehouse && masked(warehouse),
    output: output?.kind === 'mongodb' ? { ...masked(output), uri: maskUri(output.uri) } : output,
    resources: resources.map((r) => ({ ...r, prometheus: r.prometheus && masked(r.prometheus) })),
  };
}
