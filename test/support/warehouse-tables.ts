// Owns the tables of a test warehouse as SQL: accounting.md §8, reduced to the columns that are read, and keys.

/** Schema 9; without `gpu_count` it is schema 8. */
export const TABLES = `
CREATE TABLE modw.resourcefact (
  id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name VARCHAR(200) NOT NULL DEFAULT '',
  code VARCHAR(64) NOT NULL,
  shared_jobs INT(1) NOT NULL DEFAULT 0,
  timezone VARCHAR(30) NOT NULL DEFAULT 'UTC');

CREATE TABLE modw.hosts (
  id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  resource_id INT NOT NULL,
  hostname VARCHAR(255) NOT NULL,
  UNIQUE KEY resource_id (resource_id, hostname));

CREATE TABLE modw.systemaccount (
  id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  person_id INT NOT NULL DEFAULT 0,
  resource_id INT NOT NULL,
  username VARCHAR(255) NOT NULL);

CREATE TABLE modw.account (
  id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  charge_number VARCHAR(200) NOT NULL,
  granttype_id INT NOT NULL DEFAULT 0);

CREATE TABLE modw.job_records (
  job_record_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  resource_id INT NOT NULL,
  account_id INT NOT NULL,
  queue VARCHAR(255) NULL,
  submit_time_ts INT NULL,
  start_time_ts INT NOT NULL,
  end_time_ts INT NULL);

CREATE TABLE modw.job_tasks (
  job_record_id BIGINT UNSIGNED NOT NULL,
  job_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  job_id_origin_id BIGINT UNSIGNED NOT NULL,
  creation_time DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  local_jobid INT NOT NULL,
  local_job_array_index INT NOT NULL DEFAULT -1,
  local_job_id_raw INT NULL,
  resource_id INT NOT NULL,
  systemaccount_id INT NOT NULL,
  name VARCHAR(256) NULL,
  submit_time_ts INT NOT NULL,
  start_time_ts INT NOT NULL,
  end_time_ts INT NOT NULL,
  eligible_time_ts INT NULL,
  node_count INT NOT NULL DEFAULT -1,
  processor_count INT NOT NULL DEFAULT -1,
  gpu_count INT NOT NULL DEFAULT 0,
  wallduration INT NOT NULL DEFAULT 0,
  group_name VARCHAR(255) NULL,
  gid_number INT UNSIGNED NULL,
  uid_number INT UNSIGNED NULL,
  exit_code VARCHAR(32) NULL,
  exit_state VARCHAR(32) NULL,
  cpu_req INT UNSIGNED NULL,
  mem_req VARCHAR(32) NULL,
  timelimit INT UNSIGNED NULL,
  is_deleted TINYINT(1) NOT NULL DEFAULT 0,
  PRIMARY KEY (job_id, creation_time),
  KEY jobid (job_id),
  KEY index_supremm_lookup (local_job_id_raw, resource_id));

CREATE TABLE modw.jobhosts (
  job_id INT NOT NULL,
  host_id INT NOT NULL,
  order_id INT NOT NULL,
  PRIMARY KEY (job_id, host_id));

CREATE TABLE mod_shredder.shredded_job (
  shredded_job_id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  source_format ENUM('pbs','sge','slurm','lsf') NOT NULL);

CREATE TABLE modw_supremm.archive_paths (
  id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  filename VARCHAR(255) NOT NULL,
  UNIQUE KEY filename (filename));

CREATE TABLE modw_supremm.archives_nodelevel (
  archive_id INT NOT NULL PRIMARY KEY,
  host_id INT NOT NULL,
  start_time_ts INT NOT NULL,
  end_time_ts INT NOT NULL,
  KEY hosttimes (host_id, start_time_ts, end_time_ts));

CREATE TABLE modw_supremm.archives_joblevel (
  archive_id INT NOT NULL PRIMARY KEY,
  host_id INT NOT NULL,
  local_jobid INT NOT NULL DEFAULT -1,
  local_job_array_index INT NOT NULL DEFAULT -1,
  local_job_id_raw INT NOT NULL,
  start_time_ts INT NOT NULL,
  end_time_ts INT NOT NULL,
  KEY hostjobs (host_id, local_job_id_raw));

CREATE TABLE modw_supremm.process (
  jobid INT NOT NULL PRIMARY KEY,
  process_version INT NOT NULL DEFAULT 0,
  process_timestamp TIMESTAMP NULL DEFAULT NULL,
  process_time DOUBLE DEFAULT 0,
  KEY proc (process_version));

CREATE TABLE modw_supremm.job_scripts (
  tg_job_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
  resource_id INT NOT NULL,
  start_date DATE NOT NULL,
  script TEXT NOT NULL,
  KEY res_start_date (resource_id, start_date));`;

/** Schema 7 has these in place of job_tasks, job_records and job_scripts. */
export const TABLES_7 = `
CREATE TABLE modw.jobfact (
  job_id INT NOT NULL PRIMARY KEY,
  resource_id INT NOT NULL,
  local_jobid INT NOT NULL,
  local_job_array_index INT NOT NULL DEFAULT -1,
  local_job_id_raw INT NULL,
  systemaccount_id INT NOT NULL,
  account_id INT NOT NULL,
  queue_id VARCHAR(255) NOT NULL,
  name VARCHAR(255) NULL,
  submit_time_ts INT NULL, start_time_ts INT NOT NULL, end_time_ts INT NOT NULL, eligible_time_ts INT NULL,
  nodecount INT NOT NULL, processors INT NOT NULL,
  group_name VARCHAR(255) NULL, gid_number INT UNSIGNED NULL, uid_number INT UNSIGNED NULL,
  exit_code VARCHAR(32) NULL, exit_state VARCHAR(32) NULL,
  cpu_req INT UNSIGNED NULL, mem_req VARCHAR(32) NULL, timelimit INT UNSIGNED NULL);
CREATE TABLE modw_supremm.batchscripts (
  resource_id INT NOT NULL, local_job_id VARCHAR(64) NOT NULL, script TEXT NOT NULL,
  updated TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (resource_id, local_job_id));`;
