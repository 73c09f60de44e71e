// Owns the settings of database connections: what they are once files, environment and secrets are resolved.

/** TLS of a MySQL or MariaDB connection: contents of the PEM files. */
export interface TlsSettings {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Check the server's certificate and name; default true. */
  readonly verify?: boolean;
}

/** A MySQL or MariaDB account. Everything is optional: the rest is the client's default (localhost, 3306, no password). */
export interface MysqlSettings {
  readonly host?: string;
  readonly port?: number;
  readonly user?: string;
  readonly password?: string;
  /** Path of a Unix socket; takes precedence over host and port. */
  readonly socket?: string;
  readonly ssl?: TlsSettings;
}
