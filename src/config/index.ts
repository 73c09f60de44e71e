// Owns the public surface of config/: re-exports only.

export { type ChosenResource, chosenResources, loadSite, type Site } from './choose.ts';
export { findConfig, firstFault, loadConfig } from './load.ts';
export { maskUri, secret } from './secrets.ts';
export type {
  Config,
  ConfigProblem,
  LimitSettings,
  LoadedConfig,
  MongoSettings,
  MysqlSettings,
  OutputSettings,
  ResourceSettings,
  SourceSettings,
  TlsSettings,
} from './settings.ts';
export { showConfig } from './show.ts';
