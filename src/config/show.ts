// Owns a configuration as it may be shown: resolved, without its secrets.

import { maskUri } from './secrets.ts';
import type { Config } from './settings.ts';

const MASK = '***';

/** Plain data for `config show`. */
export function showConfig(config: Config): Record<string, unknown> {
  const { warehouse, output, resources } = config;
  return {
    ...config,
    warehouse: warehouse && {
      ...warehouse,
      ...(warehouse.password === undefined ? {} : { password: MASK }),
      ...(warehouse.ssl?.key === undefined ? {} : { ssl: { ...warehouse.ssl, key: MASK } }),
    },
    output: output?.kind === 'mongodb' ? { ...output, uri: maskUri(output.uri) } : output,
    resources: resources.map((r) => ({
      ...r,
      prometheus: r.prometheus?.password === undefined ? r.prometheus : { ...r.prometheus, password: MASK },
    })),
  };
}
