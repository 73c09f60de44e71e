// Owns the public surface of config/: re-exports only.

export type { MysqlSettings, TlsSettings } from './settings.ts';
